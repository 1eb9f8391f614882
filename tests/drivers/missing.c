/* A driver that forgot two functions. */
#include <brisk/driver.h>

static void close_connection(void *connection) { (void)connection; }

static brisk_status check(void *connection, uint64_t timeout_ns, brisk_error **error) {
  (void)connection, (void)timeout_ns, (void)error;
  return BRISK_OK;
}

static const brisk_connection_driver table = {sizeof table, BRISK_DRIVER_VERSION, NULL, check,
                                              NULL,         close_connection,     NULL};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  (void)version, (void)host, (void)error;
  driver->connection = &table;
  return BRISK_OK;
}
