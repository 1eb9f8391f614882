/* Times the same requests in every way, one way after the other. */
#include "demo_measure.h"

#include <stdlib.h>
#include <string.h>

#include "demo_report.h"

enum { SAMPLE = 4000, DRAWS = 4 * SAMPLE };

/* A way to get at a file. False when it did not work. */
typedef bool (*way)(brisk_cache *cache, const struct file *file, struct buffer *into);

static bool by_pin(brisk_cache *cache, const struct file *file, struct buffer *into) {
  (void)into;
  brisk_value *value = NULL;
  const bool found =
      brisk_cache_get(cache, file->path, strlen(file->path), &value, NULL) == BRISK_OK;
  brisk_value_unref(value);
  return found;
}

static bool by_copy(brisk_cache *cache, const struct file *file, struct buffer *into) {
  return brisk_cache_read(cache, file->path, strlen(file->path), into->data, into->capacity,
                          &into->size, NULL) == BRISK_OK;
}

static bool by_file(brisk_cache *cache, const struct file *file, struct buffer *into) {
  (void)cache;
  return file_read(file->path, into);
}

static int ascending(const void *a, const void *b) {
  const uint64_t left = *(const uint64_t *)a;
  const uint64_t right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

struct sample {
  const struct service *service;
  size_t *ranks;
  size_t count;
  uint64_t *times; /* room for as many */
  struct buffer value, content;
};

/* Every way goes over the whole sample by itself, so that none finds what another left near. */
static struct cost time_all(struct sample *sample, brisk_cache *cache, way get) {
  uint64_t sum = 0;
  size_t good = 0;
  for (size_t i = 0; i < sample->count; ++i) {
    const struct file *file = &sample->service->files->all[sample->ranks[i]];
    const uint64_t start = now_ns();
    if (!get(cache, file, &sample->value)) continue;
    sum += sample->times[good++] = now_ns() - start;
  }
  if (good == 0) return (struct cost){0};
  qsort(sample->times, good, sizeof *sample->times, ascending);
  return (struct cost){sample->times[good / 2], sum / good};
}

/* Keeps the requests whose file is there and in the cache, compares the two, and puts a copy into
 * `raw`. Leaves the files in the page cache. Returns how many differ. */
static size_t draw(struct sample *sample, brisk_cache *raw) {
  const struct service *service = sample->service;
  struct buffer *value = &sample->value;
  struct buffer *content = &sample->content;
  uint64_t random = UINT64_C(0xdeadbeef);
  size_t different = 0;
  for (int i = 0; i < DRAWS && sample->count < SAMPLE; ++i) {
    const size_t rank = zipf_draw(service->zipf, &random);
    const struct file *file = &service->files->all[rank];
    if (expires(rank) || !by_copy(service->cache, file, value)) continue;
    if (!by_file(NULL, file, content)) continue;
    if (brisk_cache_put(raw, file->path, strlen(file->path), content->data, content->size, 0,
                        NULL) != BRISK_OK) {
      continue;
    }
    sample->ranks[sample->count++] = rank;
    different +=
        value->size != content->size || memcmp(value->data, content->data, value->size) != 0;
  }
  return different;
}

/* A cache with room for the sample as it is. */
static brisk_cache *make_raw(const struct service *service) {
  brisk_error *error = NULL;
  brisk_cache *raw = NULL;
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.capacity_bytes = (UINT64_C(1) << 20) + service->files->bytes * 2;
  options.compression = BRISK_COMPRESSION_OFF;
  if (brisk_cache_new(NULL, &options, &raw, &error) < 0) {
    complain("cannot make a second cache: %s", brisk_error_message(error));
  }
  brisk_error_unref(error);
  return raw;
}

bool measure(const struct service *service, struct measured *measured) {
  brisk_cache *raw = make_raw(service);
  if (raw == NULL) return false;
  struct sample sample = {.service = service,
                          .ranks = malloc(SAMPLE * sizeof *sample.ranks),
                          .times = malloc(SAMPLE * sizeof *sample.times)};
  /* One byte more than any file has, so that reading one needs no second look at its end. */
  const size_t room = (size_t)service->files->largest + 1;
  const bool good = sample.ranks != NULL && sample.times != NULL &&
                    buffer_reserve(&sample.value, room) && buffer_reserve(&sample.content, room);
  if (good) {
    measured->different = draw(&sample, raw);
    measured->sample = sample.count;
    measured->file = time_all(&sample, NULL, by_file);
    measured->copy = time_all(&sample, service->cache, by_copy);
    measured->pin = time_all(&sample, service->cache, by_pin);
    measured->raw_copy = time_all(&sample, raw, by_copy);
    measured->raw_pin = time_all(&sample, raw, by_pin);
  } else {
    complain("out of memory");
  }
  free(sample.ranks);
  free(sample.times);
  free(sample.value.data);
  free(sample.content.data);
  brisk_cache_unref(raw);
  return good;
}
