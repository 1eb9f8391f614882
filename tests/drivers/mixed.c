/* A driver whose tables and version do not go together: asked for 1.1 it gives a table of the size
 * of 1.0, asked for 1.0 one of today. What lies where execute would be is not to be called. */
#include <brisk/driver.h>
#include <stddef.h>

static int one;

static brisk_status open_connection(const void *target, size_t target_size, uint64_t timeout_ns,
                                    void **connection, brisk_error **error) {
  (void)target, (void)target_size, (void)timeout_ns, (void)error;
  *connection = &one;
  return BRISK_OK;
}

static brisk_status fine(void *connection, uint64_t timeout_ns, brisk_error **error) {
  (void)connection, (void)timeout_ns, (void)error;
  return BRISK_OK;
}

static void close_connection(void *connection) { (void)connection; }

static brisk_status behind(void *connection, const void *statement, size_t statement_size,
                           uint64_t timeout_ns, void *rows, brisk_error **error) {
  (void)connection, (void)statement, (void)statement_size, (void)timeout_ns, (void)rows,
      (void)error;
  return BRISK_INTERNAL;
}

static const brisk_connection_driver small = {offsetof(brisk_connection_driver, execute),
                                              BRISK_DRIVER_VERSION_1_0,
                                              open_connection,
                                              fine,
                                              fine,
                                              close_connection,
                                              behind};
static const brisk_connection_driver large = {
    sizeof large, BRISK_DRIVER_VERSION, open_connection, fine, fine, close_connection, behind};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  (void)host, (void)error;
  driver->connection = version == BRISK_DRIVER_VERSION_1_0 ? &large : &small;
  return BRISK_OK;
}
