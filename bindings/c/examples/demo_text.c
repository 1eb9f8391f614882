/* Units, digits in groups of three, and the name of the program before a message. */
#define _GNU_SOURCE
#include "demo_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

struct text size_text(uint64_t bytes) {
  static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
  struct text text;
  if (bytes < 1024) {
    snprintf(text.s, sizeof text.s, "%u B", (unsigned)bytes);
    return text;
  }
  double size = (double)bytes / 1024;
  int unit = 0;
  for (; size >= 1024 && unit < 3; ++unit) size /= 1024;
  snprintf(text.s, sizeof text.s, "%.1f %s", size, units[unit]);
  return text;
}

struct text count_text(uint64_t count) {
  struct text text;
  char digits[24];
  const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
  char *to = text.s;
  for (int i = 0; i < length; ++i) {
    if (i > 0 && (length - i) % 3 == 0) *to++ = ',';
    *to++ = digits[i];
  }
  *to = '\0';
  return text;
}

struct text time_text(uint64_t ns) {
  static const char *const units[] = {"us", "ms", "s"};
  struct text text;
  if (ns < 1000) {
    snprintf(text.s, sizeof text.s, "%u ns", (unsigned)ns);
    return text;
  }
  double time = (double)ns / 1000;
  int unit = 0;
  for (; time >= 1000 && unit < 2; ++unit) time /= 1000;
  snprintf(text.s, sizeof text.s, "%.1f %s", time, units[unit]);
  return text;
}

uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", program_invocation_short_name);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}
