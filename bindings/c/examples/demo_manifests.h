/* A folder with a manifest for each library of this machine, as a host would install it. */
#ifndef DEMO_MANIFESTS_H
#define DEMO_MANIFESTS_H

#include <stdbool.h>

/* Starts as {{0}}, ends with manifests_remove. */
struct manifests {
  char folder[4096];
};

/* Writes them into a new folder for temporary files. False after a message on stderr. */
bool manifests_write(struct manifests *manifests);
/* Removes them and the folder, where there is one. False after a message on stderr. */
bool manifests_remove(struct manifests *manifests);

#endif
