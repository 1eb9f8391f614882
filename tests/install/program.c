/* A program of somebody else: keeps a value in a cache and reads it back. */
#include <brisk/brisk.h>
#include <stdio.h>

int main(void) {
  brisk_error *error = NULL;
  brisk_cache *cache = NULL;
  char buffer[16];
  size_t size = 0;
  brisk_status status = brisk_cache_new(NULL, NULL, &cache, &error);
  if (status == BRISK_OK) status = brisk_cache_put(cache, "key", 3, "value", 5, 0, &error);
  if (status == BRISK_OK)
    status = brisk_cache_read(cache, "key", 3, buffer, sizeof buffer, &size, &error);
  if (status == BRISK_OK) {
    printf("%.*s\n", (int)size, buffer);
  } else {
    fprintf(stderr, "%s: %s\n", brisk_status_name(status), error ? brisk_error_message(error) : "");
  }
  brisk_error_unref(error);
  brisk_cache_unref(cache);
  return status == BRISK_OK ? 0 : 1;
}
