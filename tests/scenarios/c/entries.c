/* What concerns entries. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

enum { pins_max = 64 };

static brisk_value *pins[pins_max];
static size_t pinned;

static void answer_count(brisk_status status, uint64_t number) {
  if (status < 0) answer(status);
  if (status >= 0) printf("count %" PRIu64, number);
}

void drop_pins(void) {
  while (pinned > 0) brisk_value_unref(pins[--pinned]);
}

void play_put(void) {
  const struct bytes key = bytes_at(1);
  const struct bytes value = bytes_at(2);
  answer(
      brisk_cache_put(cache, key.data, key.size, value.data, value.size, number_at(3), &failure));
}

void play_put_cost(void) {
  const struct bytes key = bytes_at(1);
  const struct bytes value = bytes_at(2);
  answer(brisk_cache_put_cost(cache, key.data, key.size, value.data, value.size, number_at(3),
                              (double)number_at(4), &failure));
}

static brisk_status pin(brisk_value **value) {
  const struct bytes key = bytes_at(1);
  return brisk_cache_get(cache, key.data, key.size, value, &failure);
}

void play_get(void) {
  brisk_value *value = NULL;
  const brisk_status status = pin(&value);
  answer_value(status, value);
}

void play_pin(void) {
  brisk_value *value = NULL;
  const brisk_status status = pin(&value);
  if (value != NULL) {
    if (pinned == pins_max) die("too many pins", words[0]);
    pins[pinned++] = brisk_value_ref(value);
  }
  answer_value(status, value);
}

void play_pinned(void) {
  fputs("values", stdout);
  for (size_t i = 0; i < pinned; i++) print_value(pins[i]);
}

void play_unpin(void) {
  drop_pins();
  answer(BRISK_OK);
}

void play_read(void) {
  const struct bytes key = bytes_at(1);
  struct bytes value = {NULL, 0};
  size_t size = 0;
  brisk_status status;
  while ((status = brisk_cache_read(cache, key.data, key.size, value.data, value.size, &size,
                                    &failure)) == BRISK_SHORT_BUFFER) {
    free(value.data);
    value.data = room_for(value.size = size);
  }
  if (status == BRISK_OK) {
    fputs("value ", stdout);
    print_hex(value.data, size);
  } else {
    answer(status);
  }
  free(value.data);
}

/* Every step-th word from `from` on, one after the other, as a batch wants them. */
static struct bytes packed(size_t from, size_t step, uint32_t *sizes) {
  struct bytes all = {room_for(0), 0};
  for (size_t i = from, n = 0; i < count; i += step, n++) {
    const struct bytes one = bytes_at(i);
    sizes[n] = (uint32_t)one.size;
    unsigned char *both = realloc(all.data, all.size + one.size + 1);
    if (both == NULL) die("no memory", "");
    memcpy(both + all.size, one.data, one.size);
    all = (struct bytes){both, all.size + one.size};
  }
  return all;
}

void play_put_many(void) {
  static uint32_t key_sizes[words_max];
  static uint32_t value_sizes[words_max];
  const struct bytes keys = packed(2, 2, key_sizes);
  const struct bytes values = packed(3, 2, value_sizes);
  size_t stored = 0;
  const brisk_status status =
      brisk_cache_put_many(cache, (count - 2) / 2, keys.data, keys.size, key_sizes, values.data,
                           values.size, value_sizes, number_at(1), &stored, &failure);
  answer_count(status, stored);
}

void play_get_many(void) {
  static uint32_t sizes[words_max];
  static brisk_value *values[words_max];
  const struct bytes keys = packed(1, 1, sizes);
  size_t found = 0;
  const brisk_status status =
      brisk_cache_get_many(cache, count - 1, keys.data, keys.size, sizes, values, &found, &failure);
  if (status < 0) {
    answer(status);
    return;
  }
  fputs("values", stdout);
  for (size_t i = 0; i < count - 1; i++) {
    if (values[i] != NULL) print_value(values[i]);
    if (values[i] == NULL) fputs(" -", stdout);
    brisk_value_unref(values[i]);
  }
}

void play_read_many(void) {
  static uint32_t sizes[words_max];
  static uint32_t value_sizes[words_max];
  static unsigned char buffer[8 << 20];
  const struct bytes keys = packed(1, 1, sizes);
  size_t done = 0;
  const brisk_status status =
      brisk_cache_read_many(cache, count - 1, keys.data, keys.size, sizes, buffer, sizeof buffer,
                            value_sizes, &done, &failure);
  if (status != BRISK_OK) {
    answer(status);
    return;
  }
  fputs("values", stdout);
  const unsigned char *at = buffer;
  for (size_t i = 0; i < done; i++) {
    putchar(' ');
    if (value_sizes[i] == UINT32_MAX) {
      putchar('-');
    } else {
      print_hex(at, value_sizes[i]);
      at += value_sizes[i];
    }
  }
}

void play_contains(void) {
  const struct bytes key = bytes_at(1);
  answer(brisk_cache_contains(cache, key.data, key.size, &failure));
}

void play_touch(void) {
  const struct bytes key = bytes_at(1);
  answer(brisk_cache_touch(cache, key.data, key.size, number_at(2), &failure));
}

void play_erase(void) {
  const struct bytes key = bytes_at(1);
  answer(brisk_cache_erase(cache, key.data, key.size, &failure));
}

void play_erase_matching(void) {
  const struct bytes pattern = bytes_at(1);
  uint64_t erased = 0;
  const brisk_status status =
      brisk_cache_erase_matching(cache, pattern.data, pattern.size, &erased, &failure);
  answer_count(status, erased);
}

static int by_bytes(const void *a, const void *b) {
  const struct bytes *x = a;
  const struct bytes *y = b;
  const int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);
  return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

void play_keys(void) {
  static struct bytes keys[words_max];
  static unsigned char buffer[BRISK_KEY_SIZE_MAX];
  size_t found = 0;
  size_t size = 0;
  brisk_cursor *cursor = NULL;
  brisk_status status = brisk_cache_keys(cache, &cursor, &failure);
  while (status == BRISK_OK &&
         (status = brisk_cursor_next(cursor, buffer, sizeof buffer, &size, &failure)) == BRISK_OK) {
    if (found == words_max) die("too many keys", words[0]);
    keys[found] = (struct bytes){room_for(size), size};
    memcpy(keys[found++].data, buffer, size);
  }
  brisk_cursor_unref(cursor);
  if (status < 0) {
    answer(status);
    return;
  }
  qsort(keys, found, sizeof *keys, by_bytes);
  fputs("keys", stdout);
  for (size_t i = 0; i < found; i++) {
    putchar(' ');
    print_hex(keys[i].data, keys[i].size);
    free(keys[i].data);
  }
}

void play_event(void) {
  static unsigned char buffer[BRISK_KEY_SIZE_MAX];
  static const char *const causes[] = {"?", "capacity", "expired", "erased", "replaced"};
  size_t size = 0;
  brisk_cause cause = 0;
  const brisk_status status =
      brisk_cache_next_event(cache, buffer, sizeof buffer, &size, &cause, &failure);
  if (status != BRISK_OK) {
    answer(status);
    return;
  }
  fputs("event ", stdout);
  print_hex(buffer, size);
  printf(" %s", causes[cause]);
}
