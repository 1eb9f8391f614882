/* A complete driver of connections, version 1.1: a connection is a counter of what was executed. */
#include <brisk/driver.h>
#include <string.h>

static const brisk_host *host;

struct connection {
  int executed;
};

static brisk_status open_connection(const void *target, size_t target_size, uint64_t timeout_ns,
                                    void **connection, brisk_error **error) {
  static const char refused[] = "nobody listens at nowhere:; name a server";
  (void)timeout_ns;
  if (target_size >= 8 && memcmp(target, "nowhere:", 8) == 0)
    return host->fail(host, error, BRISK_LOAD_FAILED, refused, sizeof refused - 1);
  struct connection *made = host->allocate(host, sizeof *made);
  if (made == NULL) return host->fail(host, error, BRISK_OUT_OF_MEMORY, "no memory", 9);
  made->executed = 0;
  *connection = made;
  return BRISK_OK;
}

static brisk_status check(void *connection, uint64_t timeout_ns, brisk_error **error) {
  (void)connection, (void)timeout_ns, (void)error;
  return BRISK_OK;
}

static brisk_status reset(void *connection, uint64_t timeout_ns, brisk_error **error) {
  (void)timeout_ns, (void)error;
  ((struct connection *)connection)->executed = 0;
  return BRISK_OK;
}

static void close_connection(void *connection) { host->release(host, connection); }

static brisk_status execute(void *connection, const void *statement, size_t statement_size,
                            uint64_t timeout_ns, void *rows, brisk_error **error) {
  (void)timeout_ns, (void)error;
  host->log(host, BRISK_LOG_INFO, statement, statement_size);
  *(int *)rows = ++((struct connection *)connection)->executed;
  return BRISK_OK;
}

static const brisk_connection_driver table = {
    sizeof table, BRISK_DRIVER_VERSION, open_connection, check, reset, close_connection, execute};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *given, brisk_driver *driver,
                               brisk_error **error) {
  (void)version, (void)error;
  host = given;
  driver->name = "connections";
  driver->release = "2.5";
  driver->connection = &table;
  return BRISK_OK;
}
