/* The files that the demo serves: found by a walk over folders, read when they are asked for. */
#ifndef DEMO_FILES_H
#define DEMO_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file {
  char *path;
  uint64_t size;
};

/* Starts as {.limit = ...}, ends with files_free. */
struct files {
  size_t limit; /* the most files to take */
  struct file *all;
  size_t count, capacity;
  uint64_t bytes;      /* of all files */
  uint64_t largest;    /* bytes of the largest */
  uint64_t unreadable; /* left out: no permission, or gone meanwhile */
  uint64_t too_large;  /* left out: larger than FILE_SIZE_MAX */
};

#define FILE_SIZE_MAX (UINT64_C(4) << 20)

/* Bytes that grow as they need to. Starts as {0}, ends with free(data). */
struct buffer {
  char *data;
  size_t size, capacity;
};

/* Adds the regular files below folder, up to the limit. Links are not followed, empty files left
 * out. False with errno when folder cannot be walked or memory is short. */
bool files_walk(struct files *files, const char *folder);
void files_free(struct files *files);

/* Reads a file as a whole, by open, read and close. False with errno. */
bool file_read(const char *path, struct buffer *into);

/* Makes room for size bytes. False when memory is short. */
bool buffer_reserve(struct buffer *buffer, size_t size);

#endif
