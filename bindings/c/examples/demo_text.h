/* Figures of the demos as people read them, the clock that they come from, and messages. */
#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

#include <stdint.h>

/* A figure as people read it. */
struct text {
  char s[48];
};

struct text size_text(uint64_t bytes);  /* 30.5 MiB */
struct text count_text(uint64_t count); /* 1,203,332 */
struct text time_text(uint64_t ns);     /* 1.2 us */

uint64_t now_ns(void);

/* One line on stderr, after the name of the program. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void complain(const char *format, ...);

#endif
