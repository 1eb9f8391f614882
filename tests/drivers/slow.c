/* A driver that takes BRISK_TEST_SLOW_MS (40) milliseconds to come up. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <brisk/driver.h>
#include <stdlib.h>
#include <time.h>

static brisk_status open_reader(const void *target, size_t target_size, uint64_t timeout_ns,
                                void *schema, void **reader, brisk_error **error) {
  (void)target, (void)target_size, (void)timeout_ns, (void)schema, (void)error;
  *reader = NULL;
  return BRISK_OK;
}

static brisk_status next_chunk(void *reader, uint64_t rows, uint64_t timeout_ns, void *chunk,
                               brisk_error **error) {
  (void)reader, (void)rows, (void)timeout_ns, (void)chunk, (void)error;
  return BRISK_END;
}

static void close_reader(void *reader) { (void)reader; }

static const brisk_reader_driver table = {sizeof table, BRISK_DRIVER_VERSION, open_reader,
                                          next_chunk,   close_reader,         NULL};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  const char *given = getenv("BRISK_TEST_SLOW_MS");
  const long ms = given != NULL ? atol(given) : 40;
  const struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  (void)version, (void)host, (void)error;
  nanosleep(&time, NULL);
  driver->reader = &table;
  return BRISK_OK;
}
