/* Times the start and exit of two programs, WITHOUT and WITH, PAIRS times in turn, and prints one
 * line of JSON: the medians in microseconds, and the median of what WITH takes more than the
 * WITHOUT beside it. */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

enum { WARM_UP = 5 };

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double run_us(char *program) {
  char *const arguments[] = {program, NULL};
  char *const environment[] = {NULL};
  pid_t child;
  int status = 0;
  const double begin = now_us();
  if (posix_spawn(&child, program, NULL, NULL, arguments, environment) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    fprintf(stderr, "cannot run %s\n", program);
    exit(1);
  }
  return now_us() - begin;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
  qsort(values, count, sizeof *values, by_value);
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int argc, char **argv) {
  const size_t pairs = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
  double *const without = calloc(3 * pairs, sizeof *without);
  if (pairs == 0 || without == NULL) {
    fprintf(stderr, "usage: WITHOUT WITH PAIRS\n");
    return 1;
  }
  double *const with = without + pairs, *const added = with + pairs;
  for (size_t i = 0; i < WARM_UP; i++) {
    run_us(argv[1]);
    run_us(argv[2]);
  }
  for (size_t i = 0; i < pairs; i++) {
    without[i] = run_us(argv[1]);
    with[i] = run_us(argv[2]);
    added[i] = with[i] - without[i];
  }
  printf("{\"without_us\": %.1f, \"with_us\": %.1f, \"added_us\": %.1f}\n", median(without, pairs),
         median(with, pairs), median(added, pairs));
  free(without);
  return 0;
}
