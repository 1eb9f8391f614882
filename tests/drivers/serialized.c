/* A driver that says serialized, and finds out whether two threads were inside at once. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include <brisk/driver.h>
#include <stdatomic.h>
#include <time.h>

static atomic_int inside;
__attribute__((visibility("default"))) atomic_int serialized_worst;
static int one;

static brisk_status open_connection(const void *target, size_t target_size, uint64_t timeout_ns,
                                    void **connection, brisk_error **error) {
  (void)target, (void)target_size, (void)timeout_ns, (void)error;
  *connection = &one;
  return BRISK_OK;
}

static brisk_status enter(void *connection, uint64_t timeout_ns, brisk_error **error) {
  const struct timespec pause = {0, 100000};
  const int now = atomic_fetch_add(&inside, 1) + 1;
  (void)connection, (void)timeout_ns, (void)error;
  if (now > atomic_load(&serialized_worst)) atomic_store(&serialized_worst, now);
  nanosleep(&pause, NULL);
  atomic_fetch_sub(&inside, 1);
  return BRISK_OK;
}

static void close_connection(void *connection) { (void)connection; }

static const brisk_connection_driver table = {
    sizeof table, BRISK_DRIVER_VERSION, open_connection, enter, enter, close_connection, NULL};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  (void)version, (void)host, (void)error;
  driver->concurrency = BRISK_CONCURRENCY_SERIALIZED;
  driver->connection = &table;
  return BRISK_OK;
}
