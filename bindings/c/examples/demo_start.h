/* What the start of a host costs: of this program in a process of its own, which finds the modules
 * of a folder and tells how long that took and what it holds then. */
#ifndef DEMO_START_H
#define DEMO_START_H

#include <brisk/brisk.h>
#include <stdbool.h>

struct start {
  uint64_t ns;        /* from nothing to a host that is ready */
  uint64_t resident;  /* bytes of memory afterwards */
  uint64_t own;       /* those of them that no file backs */
  uint64_t libraries; /* that the process has mapped */
};

/* The libraries that this process has mapped, as the system tells it. */
uint64_t mapped_libraries(void);

/* Starts a host on the folder of manifests, several times, and takes the median of each figure.
 * False after a message on stderr. */
bool start_cost(const char *folder, bool eager, struct start *start);

/* The other side: starts, and writes what it cost to stdout. Returns what to exit with. */
int start_here(const char *folder);

/* Creates a set of modules, which finds those of the folder. False after a message on stderr. */
bool find_modules(const char *folder, brisk_modules **modules, uint64_t *found);

enum { STARTS = 5 };

#endif
