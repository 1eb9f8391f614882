/* The threads of the service, the loader they share, and the requests they make. */
#define _XOPEN_SOURCE 700
#include "demo_serve.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "demo_report.h"

#define SKEW 0.99
#define SHORT_LIFE_NS UINT64_C(1000000000)
#define TIMEOUT_NS UINT64_C(5000000000)

enum {
  SHORT_LIVED_EVERY = 8, /* one file in so many expires */
  MISSING_EVERY = 10000, /* one request in so many asks for a file that is not there */
  PROGRESS_MS = 100,
};

/* splitmix64: any state will do, and threads with different ones go different ways. */
uint64_t random_next(uint64_t *random) {
  uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

bool zipf_make(struct zipf *zipf, size_t count) {
  zipf->count = count;
  zipf->up_to = malloc(count * sizeof *zipf->up_to);
  if (zipf->up_to == NULL) return false;
  double sum = 0;
  for (size_t i = 0; i < count; ++i) zipf->up_to[i] = sum += pow((double)(i + 1), -SKEW);
  for (size_t i = 0; i < count; ++i) zipf->up_to[i] /= sum;
  return true;
}

void zipf_free(struct zipf *zipf) { free(zipf->up_to); }

size_t zipf_draw(const struct zipf *zipf, uint64_t *random) {
  const double point = (double)(random_next(random) >> 11) * 0x1p-53;
  size_t low = 0;
  size_t high = zipf->count - 1;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (zipf->up_to[middle] > point) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

bool expires(size_t rank) { return rank % SHORT_LIVED_EVERY == SHORT_LIVED_EVERY - 1; }

/* One thread of the service, and the loader's memory while it leads a load. */
struct worker {
  const struct service *service;
  const atomic_bool *stop;
  pthread_t thread;
  uint64_t random;
  uint64_t ttl_ns;       /* of the file that is being asked for */
  struct buffer path;    /* its path, as text for open */
  struct buffer content; /* and its content, for the cache to copy */
  _Atomic uint64_t requests;
  uint64_t bytes, failures, refusals, timeouts;
  char failure[512];
  char broken[512]; /* why this thread gave up; empty: it did not */
};

/* Ends the load with a message that names the path. */
static brisk_status fail_load(brisk_lease *lease, const char *path, int why) {
  char message[400];
  snprintf(message, sizeof message, "cannot read \"%s\": %s", path, strerror(why));
  return brisk_lease_fail(lease, message, strlen(message), NULL);
}

/* The loader: runs on the thread whose request found nothing, while others wait for the same file.
 */
static brisk_status load_file(void *user, brisk_lease *lease, const void *key, size_t key_size) {
  struct worker *worker = user;
  if (!buffer_reserve(&worker->path, key_size + 1)) return BRISK_OUT_OF_MEMORY;
  memcpy(worker->path.data, key, key_size);
  worker->path.data[key_size] = '\0';
  if (!file_read(worker->path.data, &worker->content)) {
    return fail_load(lease, worker->path.data, errno);
  }
  /* A failure here becomes that of the load, because the lease has not ended. */
  return brisk_lease_complete(lease, worker->content.data, worker->content.size, worker->ttl_ns,
                              NULL, NULL);
}

/* Asks for one file. False when the cache itself failed. */
static bool ask(struct worker *worker, const char *path, size_t path_size) {
  brisk_error *error = NULL;
  brisk_value *value = NULL;
  const brisk_status status =
      brisk_cache_get_or_load(worker->service->cache, path, path_size, NULL, load_file, worker,
                              NULL, TIMEOUT_NS, &value, &error);
  if (status == BRISK_OK) {
    size_t size = 0;
    brisk_value_data(value, &size);
    worker->bytes += size;
  } else if (status == BRISK_REFUSED) {
    ++worker->refusals;
  } else if (status == BRISK_TIMEOUT) {
    ++worker->timeouts;
  } else if (status == BRISK_LOAD_FAILED) {
    if (worker->failures++ == 0) {
      snprintf(worker->failure, sizeof worker->failure, "%s", brisk_error_message(error));
    }
  } else {
    snprintf(worker->broken, sizeof worker->broken, "%s: %s", brisk_status_name(status),
             brisk_error_message(error));
  }
  brisk_value_unref(value);
  brisk_error_unref(error);
  return worker->broken[0] == '\0';
}

static void *work(void *user) {
  struct worker *worker = user;
  const struct service *service = worker->service;
  struct buffer missing = {0};
  bool good = true;
  while (good && !atomic_load_explicit(worker->stop, memory_order_relaxed)) {
    const size_t rank = zipf_draw(service->zipf, &worker->random);
    const char *path = service->files->all[rank].path;
    const size_t path_size = strlen(path);
    worker->ttl_ns = expires(rank) ? SHORT_LIFE_NS : 0;
    if (random_next(&worker->random) % MISSING_EVERY != 0) {
      good = ask(worker, path, path_size);
    } else if (buffer_reserve(&missing, path_size + sizeof ".missing")) {
      snprintf(missing.data, missing.capacity, "%s.missing", path);
      good = ask(worker, missing.data, strlen(missing.data));
    }
    atomic_fetch_add_explicit(&worker->requests, 1, memory_order_relaxed);
  }
  free(missing.data);
  free(worker->path.data);
  free(worker->content.data);
  return NULL;
}

static uint64_t requests_of(const struct worker *workers, unsigned count) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < count; ++i) {
    sum += atomic_load_explicit(&workers[i].requests, memory_order_relaxed);
  }
  return sum;
}

/* Waits until the time is over and shows meanwhile how far it is. */
static void watch(const struct service *service, const struct worker *workers, uint64_t start) {
  const double whole = service->seconds * 1e9;
  double gone = 0;
  while (gone < whole) {
    const double left_ms = (whole - gone) * 1e-6;
    const long ms = left_ms < (int)PROGRESS_MS ? (long)left_ms + 1 : PROGRESS_MS;
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
    gone = (double)(now_ns() - start);
    brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
    if (brisk_cache_read_stats(service->cache, &stats, NULL) == BRISK_OK) {
      progress(gone / whole, requests_of(workers, service->threads), &stats);
    }
  }
  progress_end();
}

bool serve(struct service *service) {
  struct worker *workers = calloc(service->threads, sizeof *workers);
  if (workers == NULL) {
    complain("out of memory");
    return false;
  }
  atomic_bool stop = false;
  bool good = true;
  unsigned started = 0;
  const uint64_t start = now_ns();
  for (; started < service->threads; ++started) {
    struct worker *worker = &workers[started];
    worker->service = service;
    worker->stop = &stop;
    worker->random = started;
    const int why = pthread_create(&worker->thread, NULL, work, worker);
    if (why != 0) {
      complain("cannot start a thread: %s", strerror(why));
      good = false;
      break;
    }
  }
  if (good) watch(service, workers, start);
  atomic_store_explicit(&stop, true, memory_order_relaxed);
  for (unsigned i = 0; i < started; ++i) pthread_join(workers[i].thread, NULL);
  service->elapsed_ns = now_ns() - start;

  for (unsigned i = 0; i < started; ++i) {
    const struct worker *worker = &workers[i];
    if (worker->broken[0] != '\0') {
      complain("the cache failed: %s", worker->broken);
      good = false;
    }
    if (service->failures == 0) memcpy(service->failure, worker->failure, sizeof worker->failure);
    service->bytes += worker->bytes;
    service->failures += worker->failures;
    service->refusals += worker->refusals;
    service->timeouts += worker->timeouts;
  }
  service->requests = requests_of(workers, started);
  free(workers);
  return good;
}
