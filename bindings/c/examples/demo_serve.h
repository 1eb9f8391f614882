/* The load: threads that ask a cache for files, popular ones most, for a bounded time. */
#ifndef DEMO_SERVE_H
#define DEMO_SERVE_H

#include <brisk/brisk.h>
#include <stdbool.h>

#include "demo_files.h"

/* Requests as they come in life: the file of rank r is asked for in proportion to 1 / r^0.99. */
struct zipf {
  double *up_to; /* the share of all requests that goes to this rank or a lower one */
  size_t count;
};

bool zipf_make(struct zipf *zipf, size_t count);
void zipf_free(struct zipf *zipf);
/* A rank, from 0. */
size_t zipf_draw(const struct zipf *zipf, uint64_t *random);

uint64_t random_next(uint64_t *random);

/* Whether the file of this rank lives for a second only, as news would. */
bool expires(size_t rank);

struct service {
  brisk_cache *cache;
  const struct files *files; /* in the order of their ranks */
  const struct zipf *zipf;
  double seconds;
  unsigned threads;

  /* What came of it. */
  uint64_t requests;
  uint64_t bytes;    /* handed to the callers */
  uint64_t failures; /* loads that failed: files that are not there */
  uint64_t refusals; /* values that there was no room to unpack */
  uint64_t timeouts; /* waits for another caller's load that took too long */
  uint64_t elapsed_ns;
  char failure[512]; /* what the first failed load said */
};

/* Serves for the given time and shows how far it is. False after a message on stderr. */
bool serve(struct service *service);

#endif
