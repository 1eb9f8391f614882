/* A driver compiled long ago: its own copy of version 1.0 of the interface, which knew neither
 * execute nor any version after it. Never changed when <brisk/driver.h> is. */
#include <stddef.h>
#include <stdint.h>

struct host_1_0 {
  uint32_t struct_size;
  uint32_t version;
  void *(*allocate)(const struct host_1_0 *, size_t);
  void (*release)(const struct host_1_0 *, void *);
  int32_t (*fail)(const struct host_1_0 *, void **, int32_t, const void *, size_t);
  void (*log)(const struct host_1_0 *, int32_t, const void *, size_t);
};

struct connection_1_0 {
  uint32_t struct_size;
  uint32_t version;
  int32_t (*open)(const void *, size_t, uint64_t, void **, void **);
  int32_t (*check)(void *, uint64_t, void **);
  int32_t (*reset)(void *, uint64_t, void **);
  void (*close)(void *);
};

struct driver_1_0 {
  uint32_t struct_size;
  int32_t concurrency;
  const char *name;
  const char *release;
  const struct connection_1_0 *connection;
  const void *reader;
};

static const struct host_1_0 *host;
static int one;

static int32_t open_connection(const void *target, size_t size, uint64_t timeout, void **connection,
                               void **error) {
  (void)timeout;
  if (size == 0) return host->fail(host, error, -1, "the target is empty", 19);
  (void)target;
  *connection = &one;
  return 0;
}

static int32_t fine(void *connection, uint64_t timeout, void **error) {
  (void)connection, (void)timeout, (void)error;
  return 0;
}

static void close_connection(void *connection) { (void)connection; }

/* What lay behind the table in the memory of an old driver is none of brisk's business. */
static const struct {
  struct connection_1_0 table;
  void *behind;
} tables = {{sizeof(struct connection_1_0), 65536, open_connection, fine, fine, close_connection},
            (void *)16};

__attribute__((visibility("default"))) int32_t brisk_driver_init(uint32_t version,
                                                                 const struct host_1_0 *given,
                                                                 struct driver_1_0 *driver,
                                                                 void **error) {
  (void)error;
  if (version != 65536) return -9;
  host = given;
  driver->name = "old";
  driver->release = "1.0";
  driver->connection = &tables.table;
  return 0;
}
