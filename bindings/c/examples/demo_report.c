/* The table of the demo, and its progress. */
#define _XOPEN_SOURCE 700
#include "demo_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct text percent_text(double share) {
  struct text text;
  snprintf(text.s, sizeof text.s, "%.1f %%", share * 100);
  return text;
}

static struct text factor_text(double factor) {
  struct text text;
  snprintf(text.s, sizeof text.s, "%.1f x", factor);
  return text;
}

/* A division for figures: nothing by nothing is nothing. */
static double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

void progress(double share, uint64_t requests, const brisk_cache_stats *stats) {
  enum { WIDTH = 24 };
  static const char full[] = "########################";
  if (!isatty(STDERR_FILENO)) return;
  const int done = share < 1 ? (int)(share * (int)WIDTH) : WIDTH;
  fprintf(stderr, "\r  [%.*s%*s]  %s requests, hit ratio %s, %s held\033[K", done, full,
          WIDTH - done, "", count_text(requests).s, percent_text(stats->hit_ratio).s,
          size_text(stats->held_bytes).s);
  fflush(stderr);
}

void progress_end(void) {
  if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

/* A line of the table: what, how much, and a remark. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
row(const char *what, struct text much, const char *format, ...) {
  char remark[640];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(remark, sizeof remark, format, arguments);
  va_end(arguments);
  printf("  %-16s %12s%s%s\n", what, much.s, remark[0] != '\0' ? "   " : "", remark);
}

static void report_files(const struct files *files) {
  char left_out[160] = "";
  if (files->unreadable + files->too_large > 0) {
    snprintf(left_out, sizeof left_out, "; left out: %s too large, %s unreadable",
             count_text(files->too_large).s, count_text(files->unreadable).s);
  }
  row("files", count_text(files->count), "%s%s", size_text(files->bytes).s, left_out);
}

static void report_memory(const brisk_cache_stats *stats) {
  puts("\nmemory");
  row("budget", size_text(stats->capacity_bytes), "%s", "");
  row("held", size_text(stats->held_bytes), "%s of the budget, at most %s",
      percent_text(ratio((double)stats->held_bytes, (double)stats->capacity_bytes)).s,
      size_text(stats->peak_bytes).s);
  row("of it, entries", size_text(stats->entry_bytes), "%s index and policy, %s codec, %s slack",
      size_text(stats->index_bytes + stats->policy_bytes).s, size_text(stats->codec_bytes).s,
      size_text(stats->slack_bytes).s);
  row("files held", count_text(stats->entries), "%s, %s of them compressed",
      size_text(stats->raw_bytes).s, count_text(stats->compressed_entries).s);
  row("compression", factor_text(ratio((double)stats->raw_bytes, (double)stats->stored_bytes)),
      "%s stored as %s", size_text(stats->raw_bytes).s, size_text(stats->stored_bytes).s);
}

static void report_service(const struct service *service, const brisk_cache_stats *stats) {
  const double seconds = (double)service->elapsed_ns * 1e-9;
  const uint64_t ended = stats->loads + stats->load_failures;
  puts("\nservice");
  row("requests", count_text(service->requests), "%s a second from %u threads",
      count_text((uint64_t)((double)service->requests / seconds)).s, service->threads);
  row("bytes", size_text(service->bytes), "%s a second",
      size_text((uint64_t)((double)service->bytes / seconds)).s);
  row("hit ratio", percent_text(stats->hit_ratio), "%s hits, %s misses", count_text(stats->hits).s,
      count_text(stats->misses).s);
  row("loads", count_text(stats->loads), "%s each",
      time_text(ended > 0 ? stats->load_ns / ended : 0).s);
  if (service->failures > 0) {
    row("failed loads", count_text(service->failures), "as meant, the first: %s", service->failure);
  }
  if (service->refusals > 0) {
    row("refused", count_text(service->refusals), "no room to unpack the value");
  }
  if (service->timeouts > 0) {
    row("timed out", count_text(service->timeouts), "waiting for another caller's load");
  }
  row("evicted", count_text(stats->evicted_capacity), "to make room, %s",
      size_text(stats->evicted_capacity_bytes).s);
  row("expired", count_text(stats->evicted_expired), "after a second, %s",
      size_text(stats->evicted_expired_bytes).s);
}

static void report_cost(const char *what, struct cost cost, struct cost file) {
  row(what, time_text(cost.median_ns), "mean %8s   %4.1f times the speed of reading",
      time_text(cost.mean_ns).s, ratio((double)file.mean_ns, (double)cost.mean_ns));
}

static void report_costs(const struct measured *measured) {
  if (measured->sample == 0) return;
  printf("\ncost of a file as asked for, median of %s; raw: in a cache that does not compress\n",
         count_text(measured->sample).s);
  report_cost("hit, pinned", measured->pin, measured->file);
  report_cost("hit, copied", measured->copy, measured->file);
  report_cost("raw hit, pinned", measured->raw_pin, measured->file);
  report_cost("raw hit, copied", measured->raw_copy, measured->file);
  row("reading it", time_text(measured->file.median_ns), "mean %8s   from the page cache",
      time_text(measured->file.mean_ns).s);
  row("compared", count_text(measured->sample), "%s differ from the file",
      count_text(measured->different).s);
}

void report(const struct service *service, const brisk_cache_stats *stats,
            const struct measured *measured) {
  puts("input");
  report_files(service->files);
  report_memory(stats);
  report_service(service, stats);
  report_costs(measured);
}
