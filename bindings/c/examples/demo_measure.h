/* What a hit costs, against reading the file again. */
#ifndef DEMO_MEASURE_H
#define DEMO_MEASURE_H

#include "demo_serve.h"

struct cost {
  uint64_t median_ns, mean_ns;
};

struct measured {
  size_t sample;       /* requests that were measured, in each way */
  size_t different;    /* values that were not what the file has */
  struct cost pin;     /* a hit, its value pinned */
  struct cost copy;    /* a hit, its value copied out */
  struct cost raw_pin; /* the same in a cache that does not compress */
  struct cost raw_copy;
  struct cost file; /* open, read and close, the file in the page cache */
};

/* Draws requests as the service does, keeps those that are in the cache, and makes each of them in
 * every way. False after a message on stderr. */
bool measure(const struct service *service, struct measured *measured);

#endif
