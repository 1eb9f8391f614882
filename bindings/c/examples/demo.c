/* brisk at work on real input: the headers and documents of this machine, served from a cache that
 * is smaller than they are.
 *
 * Walks the folders, asks for their files for some seconds as people would (few of them most of the
 * time), and prints what the cache did. Some files live for a second only, some requests are for
 * files that do not exist. Exits with 2 when it was asked for something that cannot be done, with 1
 * when the cache failed. */
#define _XOPEN_SOURCE 700
#include <brisk/brisk.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo_files.h"
#include "demo_measure.h"
#include "demo_report.h"
#include "demo_serve.h"

enum { DONE = 0, FAILED = 1, MISUSED = 2, THREADS_MAX = 4 };

static const char usage[] =
    "usage: demo [--budget SIZE] [--seconds N] [--files MAX] [FOLDER...]\n"
    "\n"
    "Serves the files below the folders from a compressed cache and prints what it did.\n"
    "\n"
    "  --budget SIZE   bytes that the cache may hold, such as 64MiB; default a quarter of\n"
    "                  what the files have, at least 1 MiB\n"
    "  --seconds N     how long to serve; default 10\n"
    "  --files MAX     the most files to take; default 50000\n"
    "  FOLDER          default /usr/include and /usr/share/doc\n";

static const char *const default_folders[] = {"/usr/include", "/usr/share/doc"};

struct arguments {
  uint64_t budget; /* 0: by what the files have */
  double seconds;
  uint64_t files;
  const char *const *folders; /* none: the default ones */
  int folder_count;
};

/* Reads the value of an option, which follows it or its `=`. NULL when it is another option. */
static const char *value_of(const char *name, char **argv, int argc, int *at) {
  const char *argument = argv[*at];
  const size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0) return NULL;
  if (argument[length] == '=') return argument + length + 1;
  if (argument[length] != '\0') return NULL;
  return *at + 1 < argc ? argv[++*at] : "";
}

static bool read_budget(const char *text, uint64_t *budget) {
  brisk_error *error = NULL;
  const brisk_status status = brisk_parse_size(text, strlen(text), budget, &error);
  if (status < 0) complain("--budget: %s", brisk_error_message(error));
  brisk_error_unref(error);
  return status >= 0;
}

static bool read_number(const char *name, const char *text, double most, double *number) {
  char *end = NULL;
  *number = strtod(text, &end);
  if (end != text && *end == '\0' && *number > 0 && *number <= most) return true;
  complain("%s: \"%s\" is not a number above 0 and up to %.0f", name, text, most);
  return false;
}

/* True to go on; otherwise *code is what to exit with. */
static bool read_arguments(int argc, char **argv, struct arguments *arguments, int *code) {
  *code = MISUSED;
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; ++at) {
    const char *value;
    double number;
    if (strcmp(argv[at], "--help") == 0) {
      fputs(usage, stdout);
      *code = DONE;
      return false;
    } else if (strcmp(argv[at], "--") == 0) {
      ++at;
      break;
    } else if ((value = value_of("--budget", argv, argc, &at)) != NULL) {
      if (!read_budget(value, &arguments->budget)) return false;
    } else if ((value = value_of("--seconds", argv, argc, &at)) != NULL) {
      if (!read_number("--seconds", value, 86400, &arguments->seconds)) return false;
    } else if ((value = value_of("--files", argv, argc, &at)) != NULL) {
      if (!read_number("--files", value, 1e7, &number)) return false;
      arguments->files = number < 1 ? 1 : (uint64_t)number;
    } else {
      complain("there is no option %s\n\n%s", argv[at], usage);
      return false;
    }
  }
  arguments->folders = (const char *const *)&argv[at];
  arguments->folder_count = argc - at;
  return true;
}

/* Finds the files. Of the default folders, which not every machine has, one is enough. */
static bool find_files(const struct arguments *arguments, struct files *files) {
  const bool given = arguments->folder_count > 0;
  const char *const *folders = given ? arguments->folders : default_folders;
  const int count = given ? arguments->folder_count : 2;
  for (int i = 0; i < count; ++i) {
    if (!files_walk(files, folders[i]) && (given || errno == ENOMEM)) {
      complain("cannot walk the folder \"%s\": %s; name folders that exist, or none for %s and %s",
               folders[i], strerror(errno), default_folders[0], default_folders[1]);
      return false;
    }
  }
  if (files->count > 0) return true;
  complain("no file to read was found below %s%s%s; name a folder that has some", folders[0],
           count > 1 ? " and " : "", count > 1 ? folders[count - 1] : "");
  return false;
}

/* Gives the files their ranks: any order but that of the walk, the same at every run. */
static void shuffle(struct files *files) {
  uint64_t random = 1;
  for (size_t i = files->count; i > 1; --i) {
    const size_t other = random_next(&random) % i;
    const struct file file = files->all[i - 1];
    files->all[i - 1] = files->all[other];
    files->all[other] = file;
  }
}

static unsigned thread_count(void) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors < 1 ? 1 : processors < THREADS_MAX ? (unsigned)processors : THREADS_MAX;
}

static int run(const struct arguments *arguments, struct files *files, struct zipf *zipf,
               brisk_cache **cache, brisk_error **error) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.capacity_bytes = arguments->budget;
  if (options.capacity_bytes == 0) {
    options.capacity_bytes = files->bytes / 4 > (1 << 20) ? files->bytes / 4 : 1 << 20;
  }
  if (brisk_cache_new(NULL, &options, cache, error) < 0) {
    complain("cannot make the cache: %s", brisk_error_message(*error));
    return MISUSED;
  }
  if (!zipf_make(zipf, files->count)) {
    complain("out of memory");
    return FAILED;
  }
  struct service service = {.cache = *cache,
                            .files = files,
                            .zipf = zipf,
                            .seconds = arguments->seconds,
                            .threads = thread_count()};
  fprintf(stderr, "serving %s files, %s, for %g s from %s\n", count_text(files->count).s,
          size_text(files->bytes).s, arguments->seconds, size_text(options.capacity_bytes).s);
  if (!serve(&service)) return FAILED;

  /* Before the measurement, whose hits are not the service's. */
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  if (brisk_cache_read_stats(*cache, &stats, error) < 0) {
    complain("cannot read the figures: %s", brisk_error_message(*error));
    return FAILED;
  }
  struct measured measured = {0};
  if (!measure(&service, &measured)) return FAILED;
  printf("brisk %s, %u threads, %.1f s\n\n", brisk_version(), service.threads,
         (double)service.elapsed_ns * 1e-9);
  report(&service, &stats, &measured);
  return DONE;
}

int main(int argc, char **argv) {
  struct arguments arguments = {.seconds = 10, .files = 50000};
  int code;
  if (!read_arguments(argc, argv, &arguments, &code)) return code;

  struct files files = {.limit = (size_t)arguments.files};
  struct zipf zipf = {0};
  brisk_cache *cache = NULL;
  brisk_error *error = NULL;
  code = MISUSED;
  if (find_files(&arguments, &files)) {
    shuffle(&files);
    code = run(&arguments, &files, &zipf, &cache, &error);
  }
  brisk_error_unref(error);
  brisk_cache_unref(cache);
  zipf_free(&zipf);
  files_free(&files);
  return code;
}
