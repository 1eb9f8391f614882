/* What the demo says: its progress, and the table at the end. */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include <brisk/brisk.h>

#include "demo_files.h"
#include "demo_measure.h"
#include "demo_serve.h"
#include "demo_text.h"

/* A bar on a terminal, nothing elsewhere; progress_end takes it away. */
void progress(double share, uint64_t requests, const brisk_cache_stats *stats);
void progress_end(void);

void report(const struct service *service, const brisk_cache_stats *stats,
            const struct measured *measured);

#endif
