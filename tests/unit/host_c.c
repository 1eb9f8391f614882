/* A host in C that links the shared library: the headers are C, and its malloc stays its own. */
#define _GNU_SOURCE
#include <brisk/brisk.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void check(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "failed: %s\n", what);
  ++failures;
}

int main(void) {
  void *malloc_before = dlsym(RTLD_DEFAULT, "malloc");
  void *malloc_after;
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  brisk_runtime_options runtime_options = BRISK_RUNTIME_OPTIONS_INIT;
  brisk_runtime_stats runtime_stats = BRISK_RUNTIME_STATS_INIT;
  brisk_runtime *runtime = NULL;
  brisk_cache *cache = NULL;
  brisk_value *value = NULL;
  brisk_error *error = NULL;
  size_t size = 0;

  check(brisk_runtime_new(&runtime_options, &runtime, &error) == BRISK_OK, "runtime_new");
  options.ttl_ns = 1000000000;
  check(brisk_cache_new(runtime, &options, &cache, &error) == BRISK_OK, "cache_new");
  check(brisk_cache_put(cache, "key", 3, "value", 5, 0, &error) == BRISK_OK, "put");
  check(brisk_cache_get(cache, "key", 3, &value, &error) == BRISK_OK, "get");
  check(memcmp(brisk_value_data(value, &size), "value", 5) == 0 && size == 5, "the value");
  check(brisk_cache_read_stats(cache, &stats, &error) == BRISK_OK && stats.entries == 1, "stats");
  check(brisk_runtime_read_stats(runtime, &runtime_stats, &error) == BRISK_OK &&
            runtime_stats.caches == 1,
        "runtime stats");
  check(error == NULL, "an error without a failure");
  check(brisk_cache_clear(NULL, &error) == BRISK_INVALID && error != NULL, "an error");
  check(strcmp(brisk_error_message(error), "cache is NULL") == 0, "its message");
  malloc_after = dlsym(RTLD_DEFAULT, "malloc");
  check(malloc_before == malloc_after, "malloc is another one");

  /* In any order. */
  brisk_runtime_unref(runtime);
  brisk_cache_unref(cache);
  brisk_error_unref(error);
  brisk_value_unref(value);
  return failures == 0 ? 0 : 1;
}
