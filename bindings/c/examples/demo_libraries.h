/* The libraries that the second demo knows: their names, and a question that each of them answers.
 * None of their headers is needed. */
#ifndef DEMO_LIBRARIES_H
#define DEMO_LIBRARIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demo_text.h"

/* What the symbol is, and how it answers. */
enum question {
  TEXT,         /* const char *symbol(void) */
  TEXT_OF_NULL, /* const char *symbol(const void *), of NULL */
  TEXT_OF_ZERO, /* const char *symbol(int), of 0 */
  TEXT_THERE,   /* const char *symbol */
  NUMBER,       /* int symbol(void) */
  NUMBER_THERE, /* unsigned symbol */
  BYTES,        /* int symbol(void): a byte for each part of a version */
  PARTS,        /* int symbol(unsigned *, unsigned *, unsigned *): a part of a version in each */
};

struct library {
  const char *name;    /* of the module */
  const char *file;    /* its soname */
  const char *package; /* of Debian 12 */
  const char *needs;   /* other names, separated by spaces */
  enum question question;
  const char *symbol; /* tells the version, or a part of it */
  char *path;         /* set by libraries_find; NULL: not on this machine */
};

enum { LIBRARIES = 30 };
extern struct library libraries[LIBRARIES];

/* Looks for every library where the dynamic linker would, and opens none. Returns how many are
 * there. */
size_t libraries_find(void);
void libraries_free(void);

/* NULL when there is none of this name. */
const struct library *library_named(const char *name, size_t size);

/* The mere call, for which the address is that of the symbol. NULL where the answer is in numbers,
 * of which there is room for three. */
const char *library_call(const struct library *library, uint64_t address, unsigned *numbers);

/* The same as text. */
struct text library_ask(const struct library *library, uint64_t address);

#endif
