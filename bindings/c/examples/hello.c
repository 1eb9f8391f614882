/* A cache in C: create, put, read, figures. After a failure nothing more is tried. */
#include <brisk/brisk.h>
#include <stdio.h>

int main(void) {
  brisk_error *error = NULL;
  brisk_cache *cache = NULL;
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.capacity_bytes = 16 << 20;
  brisk_status status = brisk_cache_new(NULL, &options, &cache, &error);

  /* 0 is the lifetime: that of the cache, which has none. */
  if (status >= 0) status = brisk_cache_put(cache, "key", 3, "hello, world", 12, 0, &error);

  char text[64];
  size_t size = 0;
  if (status >= 0) status = brisk_cache_read(cache, "key", 3, text, sizeof text, &size, &error);
  if (status == BRISK_OK) printf("%.*s\n", (int)size, text);

  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  if (status >= 0) status = brisk_cache_read_stats(cache, &stats, &error);
  if (status >= 0) printf("entries: %d, hit ratio: %.2f\n", (int)stats.entries, stats.hit_ratio);

  if (status < 0) fprintf(stderr, "%s\n", brisk_error_message(error));
  brisk_error_unref(error);
  brisk_cache_unref(cache);
  return status < 0;
}
