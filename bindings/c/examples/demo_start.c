/* The same start in new processes, lazy or eager by their environment alone. */
#define _GNU_SOURCE
#include "demo_start.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo_text.h"

uint64_t mapped_libraries(void) {
  char line[4352];
  uint64_t count = 0;
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return 0;
  char before[sizeof line] = "";
  while (fgets(line, sizeof line, maps) != NULL) {
    const char *path = strchr(line, '/');
    if (path == NULL || strstr(path, ".so") == NULL || strcmp(path, before) == 0) continue;
    strcpy(before, path);
    ++count;
  }
  fclose(maps);
  return count;
}

static void read_memory(struct start *start) {
  unsigned long all = 0, resident = 0, shared = 0;
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL) return;
  if (fscanf(file, "%lu %lu %lu", &all, &resident, &shared) == 3) {
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    start->resident = resident * page;
    start->own = (resident - shared) * page;
  }
  fclose(file);
}

bool find_modules(const char *folder, brisk_modules **modules, uint64_t *found) {
  brisk_error *error = NULL;
  brisk_status status = brisk_modules_new(NULL, NULL, modules, &error);
  if (status >= 0) status = brisk_modules_scan(*modules, folder, strlen(folder), found, &error);
  if (status < 0) complain("cannot start: %s", brisk_error_message(error));
  brisk_error_unref(error);
  return status >= 0;
}

int start_here(const char *folder) {
  brisk_modules *modules = NULL;
  struct start start = {0};
  uint64_t found = 0;
  const uint64_t begin = now_ns();
  const bool started = find_modules(folder, &modules, &found);
  start.ns = now_ns() - begin;
  read_memory(&start);
  start.libraries = mapped_libraries();
  brisk_modules_unref(modules);
  printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", start.ns, start.resident, start.own,
         start.libraries);
  return started ? 0 : 1;
}

/* Becomes this program once more, in the child. */
static void become(const char *folder, bool eager, int output) {
  char program[4096];
  const ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
  if (size > 0 && setenv("BRISK_EAGER", eager ? "1" : "0", 1) == 0 && dup2(output, 1) == 1) {
    program[size] = '\0';
    execl(program, program, "--start", folder, (char *)NULL);
  }
  complain("cannot start this program once more: %s", strerror(errno));
  _exit(127);
}

static bool start_once(const char *folder, bool eager, struct start *start) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    complain("cannot make a pipe: %s", strerror(errno));
    return false;
  }
  const pid_t child = fork();
  if (child == 0) become(folder, eager, ends[1]);
  close(ends[1]);
  FILE *said = fdopen(ends[0], "r");
  const bool whole =
      said != NULL && fscanf(said, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &start->ns,
                             &start->resident, &start->own, &start->libraries) == 4;
  if (said != NULL) fclose(said);
  int status = 0;
  const bool ended = child > 0 && waitpid(child, &status, 0) == child && status == 0;
  if (!whole || !ended) complain("a host that starts %s failed", eager ? "eagerly" : "lazily");
  return whole && ended;
}

static int ascending(const void *a, const void *b) {
  const uint64_t left = *(const uint64_t *)a;
  const uint64_t right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

static uint64_t median(uint64_t *figures) {
  qsort(figures, STARTS, sizeof *figures, ascending);
  return figures[STARTS / 2];
}

bool start_cost(const char *folder, bool eager, struct start *start) {
  uint64_t ns[STARTS], resident[STARTS], own[STARTS];
  for (int i = 0; i < STARTS; ++i) {
    if (!start_once(folder, eager, start)) return false;
    ns[i] = start->ns;
    resident[i] = start->resident;
    own[i] = start->own;
  }
  start->ns = median(ns);
  start->resident = median(resident);
  start->own = median(own);
  return true;
}
