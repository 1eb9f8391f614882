/* brisk with real modules: libraries of this machine that cost a host nothing until it uses them.
 *
 * Writes a manifest for each well-known library that is here, finds them all without opening one,
 * uses a few, loads the rest in parallel, and compares the start of such a host with one that loads
 * everything. Exits with 2 when it was asked for something that cannot be done, with 1 when brisk
 * or a library failed. */
#define _XOPEN_SOURCE 700
#include <brisk/brisk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo_libraries.h"
#include "demo_manifests.h"
#include "demo_start.h"
#include "demo_text.h"

enum { DONE = 0, FAILED = 1, MISUSED = 2, LEAST = 10, USED = 3, CALLS = 1000000 };

static const char usage[] =
    "usage: demo-modules\n"
    "\n"
    "Makes modules of the well-known libraries that this machine has, and shows what it costs a\n"
    "program to know them, to use some of them, and to load all of them.\n";

static void say_missing(void) {
  const char *before = "  not here: ";
  for (size_t i = 0; i < LIBRARIES; ++i) {
    if (libraries[i].path != NULL) continue;
    printf("%s%s", before, libraries[i].name);
    before = ", ";
  }
  if (before[0] == ',') putchar('\n');
}

/* The packages that a machine with too few libraries lacks. */
static void complain_of_few(size_t found) {
  char packages[1024] = "";
  size_t size = 0;
  for (size_t i = 0; i < LIBRARIES; ++i) {
    if (libraries[i].path != NULL) continue;
    size += (size_t)snprintf(packages + size, sizeof packages - size, " %s", libraries[i].package);
  }
  complain("this machine has %u of %u libraries, and %u are needed; apt-get install some of:%s",
           (unsigned)found, LIBRARIES, LEAST, packages);
}

static uint64_t mean_of_calls(const struct library *library, uint64_t address) {
  unsigned numbers[3];
  const uint64_t begin = now_ns();
  for (int i = 0; i < CALLS; ++i) library_call(library, address, numbers);
  return (now_ns() - begin) / CALLS;
}

static bool find_address(brisk_modules *modules, const struct library *library, uint64_t *address) {
  brisk_error *error = NULL;
  const brisk_status status = brisk_modules_symbol(modules, library->name, strlen(library->name),
                                                   library->symbol, 0, address, &error);
  if (status != BRISK_OK) {
    complain("cannot use %s (%s): %s", library->name, library->path,
             status < 0 ? brisk_error_message(error) : brisk_status_name(status));
  }
  brisk_error_unref(error);
  return status == BRISK_OK;
}

/* Uses the first few: loads each, asks it, and calls it often. */
static bool use_some(brisk_modules *modules) {
  puts("\nfirst use of some\n  module       first use   each call   version");
  int used = 0;
  for (const struct library *each = libraries; used < USED && each < libraries + LIBRARIES;
       ++each) {
    if (each->path == NULL) continue;
    uint64_t address;
    const uint64_t begin = now_ns();
    if (!find_address(modules, each, &address)) return false;
    const struct text answer = library_ask(each, address);
    const uint64_t first = now_ns() - begin;
    printf("  %-10s %11s %11s   %s\n", each->name, time_text(first).s,
           time_text(mean_of_calls(each, address)).s, answer.s);
    ++used;
  }
  return true;
}

/* How many threads loaded something. */
static unsigned loading_threads(const brisk_module_report *report) {
  uint64_t seen[LIBRARIES];
  unsigned count = 0;
  for (size_t i = 0; i < brisk_module_report_count(report); ++i) {
    brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
    if (brisk_module_report_read(report, i, &figures, NULL) < 0) continue;
    unsigned at = 0;
    while (at < count && seen[at] != figures.thread) ++at;
    if (at == count && figures.thread != 0) seen[count++] = figures.thread;
  }
  return count;
}

/* Loads what is left. NULL after a message on stderr. */
static brisk_module_report *load_rest(brisk_modules *modules) {
  brisk_error *error = NULL;
  brisk_module_report *report = NULL;
  const uint64_t begin = now_ns();
  brisk_status status = brisk_modules_load_all(modules, 0, 0, &error);
  const uint64_t took = now_ns() - begin;
  if (status == BRISK_OK) status = brisk_modules_report(modules, &report, &error);
  if (status == BRISK_OK) {
    printf("\nthe others\n  loaded in %s; threads that loaded: %u; libraries mapped: %u\n",
           time_text(took).s, loading_threads(report), (unsigned)mapped_libraries());
  } else {
    complain("cannot load all: %s",
             status < 0 ? brisk_error_message(error) : brisk_status_name(status));
  }
  brisk_error_unref(error);
  return report;
}

static bool ask_all(brisk_modules *modules) {
  puts("\nversions");
  for (const struct library *each = libraries; each < libraries + LIBRARIES; ++each) {
    uint64_t address;
    if (each->path == NULL) continue;
    if (!find_address(modules, each, &address)) return false;
    printf("  %-10s %-22s %s\n", each->name, each->file, library_ask(each, address).s);
  }
  return true;
}

static bool use_all(brisk_modules *modules) {
  brisk_module_report *report = load_rest(modules);
  const bool good = report != NULL && ask_all(modules);
  if (good) printf("\nreport\n%s", brisk_module_report_format(report, BRISK_REPORT_FORMAT_TEXT));
  brisk_module_report_unref(report);
  return good;
}

static void compare(const struct start *lazy, const struct start *eager) {
  printf("\nstart of a host with all of them, median of %u\n", STARTS);
  printf("  %-18s %12s %12s\n", "", "lazy", "eager");
  printf("  %-18s %12s %12s\n", "time", time_text(lazy->ns).s, time_text(eager->ns).s);
  printf("  %-18s %12s %12s\n", "memory", size_text(lazy->resident).s,
         size_text(eager->resident).s);
  printf("  %-18s %12s %12s\n", "of it, its own", size_text(lazy->own).s, size_text(eager->own).s);
  printf("  %-18s %12s %12s\n", "libraries mapped", count_text(lazy->libraries).s,
         count_text(eager->libraries).s);
}

static bool find_all(const struct manifests *manifests, brisk_modules **modules) {
  const uint64_t before = mapped_libraries();
  uint64_t found = 0;
  const uint64_t begin = now_ns();
  if (!find_modules(manifests->folder, modules, &found)) return false;
  const uint64_t took = now_ns() - begin;
  printf("\nfound\n  %u modules in %s; %u libraries were mapped before, and %u are now\n",
         (unsigned)found, time_text(took).s, (unsigned)before, (unsigned)mapped_libraries());
  return true;
}

/* What was measured beside comes last, and the manifests go before any library is opened here:
 * nothing is left behind even where one of them ends the process. */
static int run(struct manifests *manifests, brisk_modules **modules) {
  const size_t count = libraries_find();
  if (count < LEAST) {
    complain_of_few(count);
    return MISUSED;
  }
  if (!manifests_write(manifests)) return MISUSED;
  printf("brisk %s, modules: %u of %u well-known libraries are here\n", brisk_version(),
         (unsigned)count, LIBRARIES);
  say_missing();
  fflush(stdout);
  struct start lazy, eager;
  if (!find_all(manifests, modules) || !start_cost(manifests->folder, false, &lazy) ||
      !start_cost(manifests->folder, true, &eager)) {
    return FAILED;
  }
  if (!manifests_remove(manifests) || !use_some(*modules) || !use_all(*modules)) return FAILED;
  compare(&lazy, &eager);
  return DONE;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--start") == 0) return start_here(argv[2]);
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    fputs(usage, stdout);
    return DONE;
  }
  if (argc > 1) {
    complain("there is no option %s\n\n%s", argv[1], usage);
    return MISUSED;
  }
  /* Who sets it for this program would see nothing that is lazy. */
  unsetenv("BRISK_EAGER");
  struct manifests manifests = {{0}};
  brisk_modules *modules = NULL;
  int code = run(&manifests, &modules);
  if (!manifests_remove(&manifests)) code = FAILED;
  brisk_modules_unref(modules);
  libraries_free();
  return code;
}
