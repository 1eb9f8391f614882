/* What concerns a whole cache. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

brisk_runtime *runtime;
brisk_cache *cache;

static void take(brisk_cache *now) {
  if (now == NULL) return;
  brisk_cache_unref(cache);
  cache = now;
}

static int32_t policy_of(const char *name) {
  if (strcmp(name, "lru") == 0) return BRISK_POLICY_LRU;
  return strcmp(name, "s3fifo") == 0 ? BRISK_POLICY_S3FIFO : BRISK_POLICY_AUTO;
}

static int32_t aim_of(const char *name) {
  if (strcmp(name, "bytes") == 0) return BRISK_AIM_BYTES;
  return strcmp(name, "cost") == 0 ? BRISK_AIM_COST : BRISK_AIM_OBJECTS;
}

static void set_option(brisk_cache_options *options, const char *name, const char *value) {
  const uint64_t number = strtoull(value, NULL, 10);
  if (strcmp(name, "policy") == 0) {
    options->policy = policy_of(value);
  } else if (strcmp(name, "aim") == 0) {
    options->aim = aim_of(value);
  } else if (strcmp(name, "compression") == 0) {
    options->compression =
        strcmp(value, "off") == 0 ? BRISK_COMPRESSION_OFF : BRISK_COMPRESSION_AUTO;
  } else if (strcmp(name, "name") == 0) {
    const struct bytes bytes = from_hex(value);
    options->name = bytes.data;
    options->name_size = (uint32_t)bytes.size;
  } else if (strcmp(name, "capacity") == 0) {
    options->capacity_bytes = number;
  } else if (strcmp(name, "max_entries") == 0) {
    options->max_entries = number;
  } else if (strcmp(name, "ttl") == 0) {
    options->ttl_ns = number;
  } else if (strcmp(name, "idle") == 0) {
    options->idle_ns = number;
  } else if (strcmp(name, "ttl_jitter") == 0) {
    options->ttl_jitter = strtod(value, NULL);
  } else if (strcmp(name, "early_beta") == 0) {
    options->early_beta = strtod(value, NULL);
  } else if (strcmp(name, "load_costs") == 0) {
    options->load_costs = (uint32_t)number;
  } else if (strcmp(name, "stale") == 0) {
    options->stale_ns = number;
  } else if (strcmp(name, "stale_if_error") == 0) {
    options->stale_if_error_ns = number;
  } else if (strcmp(name, "compression_level") == 0) {
    options->compression_level = (int32_t)strtol(value, NULL, 10);
  } else if (strcmp(name, "compression_threshold") == 0) {
    options->compression_threshold = number;
  } else if (strcmp(name, "load_timeout") == 0) {
    options->load_timeout_ns = number;
  } else if (strcmp(name, "event_capacity") == 0) {
    options->event_capacity = (uint32_t)number;
  } else {
    die("unknown option", name);
  }
}

void play_open(void) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  for (size_t i = 1; i < count; i++) {
    char *value = strchr(words[i], '=');
    if (value == NULL) die("not an option", words[i]);
    *value = 0;
    set_option(&options, words[i], value + 1);
  }
  brisk_cache *made = NULL;
  answer(brisk_cache_new(runtime, &options, &made, &failure));
  take(made);
}

void play_find(void) {
  const struct bytes name = bytes_at(1);
  brisk_cache *found = NULL;
  answer(brisk_cache_find(runtime, name.data, name.size, &found, &failure));
  take(found);
}

void play_close(void) { answer(brisk_cache_close(cache, &failure)); }

void play_clear(void) { answer(brisk_cache_clear(cache, &failure)); }

void play_advance(void) { answer(brisk_runtime_advance(runtime, number_at(1), &failure)); }

void play_stats(void) {
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  const brisk_status status = brisk_cache_read_stats(cache, &stats, &failure);
  if (status < 0) {
    answer(status);
    return;
  }
#define FIGURE(name) printf(" " #name "=%" PRIu64, stats.name)
  fputs("stats", stdout);
  FIGURE(entries);
  FIGURE(hits);
  FIGURE(misses);
  FIGURE(puts);
  FIGURE(refusals);
  FIGURE(loads);
  FIGURE(load_failures);
  FIGURE(evicted_capacity);
  FIGURE(evicted_expired);
  FIGURE(evicted_erased);
  FIGURE(evicted_replaced);
  FIGURE(events_dropped);
  FIGURE(capacity_bytes);
  FIGURE(raw_bytes);
  FIGURE(compressed_entries);
  FIGURE(stale_hits);
  FIGURE(stale_errors);
  FIGURE(absent_hits);
#undef FIGURE
  printf(" saved_cost=%.0f", stats.saved_cost);
}

void play_parse_size(void) {
  const struct bytes text = bytes_at(1);
  uint64_t size = 0;
  const brisk_status status = brisk_parse_size(text.data, text.size, &size, &failure);
  if (status < 0) answer(status);
  if (status >= 0) printf("size %" PRIu64, size);
}
