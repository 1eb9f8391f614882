/* A driver, to read and to start from: "numbers:1000000" is a column of that many whole numbers,
 * read in chunks. It is built anywhere, and links nothing of brisk:
 *
 *   cc -shared -fPIC -o numbers.so numbers.c $(pkg-config --cflags brisk-driver)
 *   cp numbers.so numbers.module "$(pkg-config --variable=moduledir brisk-driver)"
 */
#include <brisk/driver.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arrow.h"

#define CHUNK_ROWS 65536

static const brisk_host *host;

struct reader {
  uint64_t rows;
  uint64_t next;
};

/* One allocation holds the buffers of a chunk and what points to them. */
struct chunk {
  const void *buffers[2];
  int64_t numbers[];
};

static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_chunk(struct ArrowArray *array) {
  host->release(host, array->private_data);
  array->release = NULL;
}

static brisk_status open_reader(const void *target, size_t target_size, uint64_t timeout_ns,
                                void *schema, void **reader, brisk_error **error) {
  (void)timeout_ns; /* nothing here waits */
  char text[32];
  char message[128];
  char *end = text;
  const char *number = text + strlen("numbers:");
  unsigned long long rows = 0;
  if (target_size < sizeof text) {
    memcpy(text, target, target_size);
    text[target_size] = '\0';
    if (strncmp(text, "numbers:", 8) == 0 && *number >= '0' && *number <= '9')
      rows = strtoull(number, &end, 10);
  }
  if (end == text || *end != '\0') {
    const int size = snprintf(message, sizeof message,
                              "\"%.*s\" is no target of this driver; write numbers:1000",
                              (int)(target_size < 32 ? target_size : 32), (const char *)target);
    return host->fail(host, error, BRISK_INVALID, message, (size_t)size);
  }
  struct reader *opened = host->allocate(host, sizeof *opened);
  if (opened == NULL) return host->fail(host, error, BRISK_OUT_OF_MEMORY, "no room to open", 15);
  opened->rows = rows;
  opened->next = 0;
  *(struct ArrowSchema *)schema =
      (struct ArrowSchema){.format = "l", .name = "number", .release = release_schema}; /* int64 */
  *reader = opened;
  return BRISK_OK;
}

static brisk_status next_chunk(void *given, uint64_t rows, uint64_t timeout_ns, void *chunk,
                               brisk_error **error) {
  struct reader *reader = given;
  (void)timeout_ns;
  if (reader->next >= reader->rows) return BRISK_END;
  if (rows == 0 || rows > CHUNK_ROWS) rows = CHUNK_ROWS;
  if (rows > reader->rows - reader->next) rows = reader->rows - reader->next;
  struct chunk *made = host->allocate(host, sizeof *made + rows * sizeof made->numbers[0]);
  if (made == NULL) return host->fail(host, error, BRISK_OUT_OF_MEMORY, "no room to read", 15);
  for (uint64_t i = 0; i < rows; ++i) made->numbers[i] = (int64_t)(reader->next + i);
  reader->next += rows;
  made->buffers[0] = NULL; /* no row is missing */
  made->buffers[1] = made->numbers;
  *(struct ArrowArray *)chunk = (struct ArrowArray){.length = (int64_t)rows,
                                                    .n_buffers = 2,
                                                    .buffers = made->buffers,
                                                    .release = release_chunk,
                                                    .private_data = made};
  return BRISK_OK;
}

static void close_reader(void *reader) { host->release(host, reader); }

static brisk_status seek(void *given, uint64_t row, uint64_t timeout_ns, brisk_error **error) {
  struct reader *reader = given;
  (void)timeout_ns;
  (void)error;
  reader->next = row;
  return BRISK_OK;
}

static const brisk_reader_driver reader = {sizeof reader, BRISK_DRIVER_VERSION, open_reader,
                                           next_chunk,    close_reader,         seek};

brisk_status brisk_driver_init(uint32_t version, const brisk_host *given, brisk_driver *driver,
                               brisk_error **error) {
  (void)version; /* what this driver does is in every version */
  (void)error;
  host = given;
  driver->name = "numbers";
  driver->release = "1.0";
  driver->concurrency = BRISK_CONCURRENCY_HANDLE;
  driver->reader = &reader;
  return BRISK_OK;
}
