/* What the demo says: messages, progress, and the table at the end. */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include <brisk/brisk.h>

#include "demo_files.h"
#include "demo_measure.h"
#include "demo_serve.h"

/* A figure as people read it. */
struct text {
  char s[48];
};

struct text size_text(uint64_t bytes);  /* 30.5 MiB */
struct text count_text(uint64_t count); /* 1,203,332 */
struct text time_text(uint64_t ns);     /* 1.2 us */

/* One line on stderr, after the name of the program. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void complain(const char *format, ...);

/* A bar on a terminal, nothing elsewhere; progress_end takes it away. */
void progress(double share, uint64_t requests, const brisk_cache_stats *stats);
void progress_end(void);

void report(const struct service *service, const brisk_cache_stats *stats,
            const struct measured *measured);

#endif
