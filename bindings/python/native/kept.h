/*
 * Decoded values that are kept, so that a hit on one costs no decode: for caches that ask for it.
 *
 * What is kept never decides anything: a lookup reads the bytes from the cache, as always, and an
 * object is given only for the key and the very bytes that it was made from. So it cannot be stale,
 * whoever writes, and hits, lifetimes and figures are what they are without. The cost of a hit is
 * that of a comparison where it was that of a decode.
 *
 * A table of SLOTS places, one for a hash. A value is kept at its second decode; where its place is
 * taken by one that was used since somebody wanted it, at the next. Weights are what objects and
 * bytes take, as far as can be told, and their sum stays within a bound: a hand goes round and
 * takes what was not used since it came by. All of it under the GIL; an object is let go of only
 * when the table is in order again, because that may run anything.
 */
#ifndef BRISK_PYTHON_KEPT_H
#define BRISK_PYTHON_KEPT_H

#include "raw.h"

typedef struct Kept Kept;

/* NULL with an exception when there is no memory. Bytes of objects at most. */
Kept *kept_new(uint64_t bound);
void kept_free(Kept *kept); /* NULL is ignored */
int kept_traverse(Kept *kept, visitproc visit, void *arg);
void kept_clear(Kept *kept);

/* The object for these bytes of this key, a new reference; NULL without an exception. */
PyObject *kept_find(Kept *kept, const RawView *key, const char *data, size_t size);
/* Keeps an object that these bytes of this key were decoded to, when that is worth it. */
void kept_add(Kept *kept, const RawView *key, const char *data, size_t size, PyObject *object);

#endif
