/* The walk over the folders, and reading a file as a whole. */
#define _XOPEN_SOURCE 700
#include "demo_files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WALK_ON = 0, WALK_FULL = 1, WALK_FAILED = 2, WALK_DESCRIPTORS = 32 };

/* nftw passes nothing on to its callback. Walks do not overlap: there is one thread then. */
static struct files *walked;

static int add(const char *path, uint64_t size) {
  struct files *files = walked;
  if (files->count == files->capacity) {
    const size_t capacity = files->capacity == 0 ? 1024 : files->capacity * 2;
    struct file *all = realloc(files->all, capacity * sizeof *all);
    if (all == NULL) return WALK_FAILED;
    files->all = all;
    files->capacity = capacity;
  }
  char *copy = strdup(path);
  if (copy == NULL) return WALK_FAILED;
  files->all[files->count++] = (struct file){copy, size};
  files->bytes += size;
  if (size > files->largest) files->largest = size;
  return WALK_ON;
}

static int visit(const char *path, const struct stat *about, int type, struct FTW *where) {
  (void)where;
  if (walked->count == walked->limit) return WALK_FULL;
  if (type == FTW_DNR || type == FTW_NS) {
    ++walked->unreadable;
  } else if (type == FTW_F && S_ISREG(about->st_mode) && about->st_size > 0) {
    if ((uint64_t)about->st_size > FILE_SIZE_MAX) {
      ++walked->too_large;
    } else if (access(path, R_OK) != 0) {
      ++walked->unreadable;
    } else {
      return add(path, (uint64_t)about->st_size);
    }
  }
  return WALK_ON;
}

bool files_walk(struct files *files, const char *folder) {
  struct stat about;
  if (stat(folder, &about) != 0) return false;
  if (!S_ISDIR(about.st_mode)) {
    errno = ENOTDIR;
    return false;
  }
  walked = files;
  const int end = nftw(folder, visit, WALK_DESCRIPTORS, FTW_PHYS);
  return end == WALK_ON || end == WALK_FULL;
}

void files_free(struct files *files) {
  for (size_t i = 0; i < files->count; ++i) free(files->all[i].path);
  free(files->all);
  *files = (struct files){0};
}

bool buffer_reserve(struct buffer *buffer, size_t size) {
  if (size <= buffer->capacity) return true;
  char *data = realloc(buffer->data, size);
  if (data == NULL) return false;
  buffer->data = data;
  buffer->capacity = size;
  return true;
}

bool file_read(const char *path, struct buffer *into) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool good = true;
  into->size = 0;
  for (;;) {
    if (into->size == into->capacity && !buffer_reserve(into, into->capacity * 2 + 65536)) {
      good = false;
      break;
    }
    const ssize_t got = read(file, into->data + into->size, into->capacity - into->size);
    if (got == 0) break;
    if (got > 0) {
      into->size += (size_t)got;
    } else if (errno != EINTR) {
      good = false;
      break;
    }
  }
  const int why = errno;
  close(file);
  errno = why;
  return good;
}
