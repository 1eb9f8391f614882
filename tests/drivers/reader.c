/* A driver of readers that does all that a host offers when it comes up: it takes memory, gives it
 * back, logs, reads the clock and hands over a task. */
#include <brisk/driver.h>
#include <stdio.h>
#include <string.h>

static const brisk_host *host;

static void say(void *user) {
  char line[64];
  const int size = snprintf(line, sizeof line, "task of %s", (const char *)user);
  host->log(host, BRISK_LOG_DEBUG, line, (size_t)size);
}

static void destroy(void *user) { host->release(host, user); }

static brisk_status open_reader(const void *target, size_t target_size, uint64_t timeout_ns,
                                void *schema, void **reader, brisk_error **error) {
  (void)target, (void)target_size, (void)timeout_ns, (void)schema, (void)error;
  *reader = host->allocate(host, 1000);
  return *reader != NULL ? BRISK_OK : host->fail(host, error, BRISK_OUT_OF_MEMORY, "full", 4);
}

static brisk_status next_chunk(void *reader, uint64_t rows, uint64_t timeout_ns, void *chunk,
                               brisk_error **error) {
  (void)reader, (void)rows, (void)timeout_ns, (void)chunk, (void)error;
  return BRISK_END;
}

static void close_reader(void *reader) { host->release(host, reader); }

static const brisk_reader_driver table = {sizeof table, BRISK_DRIVER_VERSION, open_reader,
                                          next_chunk,   close_reader,         NULL};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *given, brisk_driver *driver,
                               brisk_error **error) {
  (void)version;
  host = given;
  if (host->struct_size < sizeof *host || host->now(host) == 0)
    return host->fail(host, error, BRISK_INVALID, "the host is not of today", 24);
  host->release(host, NULL);
  char *name = host->allocate(host, 32);
  if (name == NULL) return host->fail(host, error, BRISK_OUT_OF_MEMORY, "full", 4);
  strcpy(name, "reader");
  driver->reader = &table;
  return host->submit(host, say, name, destroy);
}
