/* Manifests in a folder that is gone afterwards. */
#define _XOPEN_SOURCE 700
#include "demo_manifests.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo_libraries.h"

/* Where the manifest of a library is. False when the path is too long. */
static bool path_of(const struct manifests *manifests, const struct library *library, char *path,
                    size_t size) {
  const int length = snprintf(path, size, "%s/%s.module", manifests->folder, library->name);
  return length > 0 && (size_t)length < size;
}

/* Those that are needed and here: a module that is not known could not be loaded. */
static void write_needs(int file, const char *needs) {
  while (*needs != '\0') {
    const size_t size = strcspn(needs, " ");
    const struct library *needed = library_named(needs, size);
    if (needed != NULL && needed->path != NULL) dprintf(file, " %s", needed->name);
    needs += size + strspn(needs + size, " ");
  }
}

static bool write_one(const struct manifests *manifests, const struct library *library) {
  char path[sizeof manifests->folder + 64];
  if (!path_of(manifests, library, path, sizeof path)) return false;
  /* Whatever the umask is: brisk refuses manifests that everyone may write to. */
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  dprintf(file, "# %s of the package %s\ndependencies =", library->file, library->package);
  write_needs(file, library->needs);
  const bool whole = dprintf(file, "\nlibrary = %s\n", library->path) > 0;
  return close(file) == 0 && whole;
}

bool manifests_write(struct manifests *manifests) {
  const char *parent = getenv("TMPDIR");
  if (parent == NULL || *parent == '\0') parent = "/tmp";
  char *folder = manifests->folder;
  const int length = snprintf(folder, sizeof manifests->folder, "%s/brisk-modules-XXXXXX", parent);
  if (length < 0 || (size_t)length >= sizeof manifests->folder || mkdtemp(folder) == NULL) {
    complain("cannot make a folder in \"%s\": %s; set TMPDIR to one that you may write to", parent,
             strerror(errno));
    *folder = '\0';
    return false;
  }
  for (size_t i = 0; i < LIBRARIES; ++i) {
    if (libraries[i].path == NULL || write_one(manifests, &libraries[i])) continue;
    complain("cannot write the manifest of %s into \"%s\": %s", libraries[i].name, folder,
             strerror(errno));
    return false;
  }
  return true;
}

bool manifests_remove(struct manifests *manifests) {
  if (manifests->folder[0] == '\0') return true;
  for (size_t i = 0; i < LIBRARIES; ++i) {
    char path[sizeof manifests->folder + 64];
    if (path_of(manifests, &libraries[i], path, sizeof path)) unlink(path);
  }
  const bool gone = rmdir(manifests->folder) == 0;
  if (!gone) complain("cannot remove \"%s\": %s", manifests->folder, strerror(errno));
  manifests->folder[0] = '\0';
  return gone;
}
