/* What must hold in a host that has used a cache: its allocator is still its own, and the cache's
 * memory comes from mimalloc, which nobody else can see. Compiled as C and as C++. */
#ifndef BRISK_TESTS_HOST_H
#define BRISK_TESTS_HOST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <brisk/brisk.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                        \
    }                                                                 \
  } while (0)

/* Whether the function that a name resolves to lives in a library of this name. */
static int comes_from(const char *symbol, const char *library) {
  void *function = dlsym(RTLD_DEFAULT, symbol);
  Dl_info info;
  return function != NULL && dladdr(function, &info) != 0 &&
         strstr(info.dli_fname, library) != NULL;
}

typedef int (*in_heap_fn)(const void *);

static void use_a_cache(void) {
  brisk_cache *cache = NULL;
  CHECK(brisk_cache_new(NULL, NULL, &cache, NULL) == BRISK_OK);
  CHECK(brisk_cache_put(cache, "key", 3, "value", 5, 0, NULL) == BRISK_OK);
  brisk_value *value = NULL;
  CHECK(brisk_cache_get(cache, "key", 3, &value, NULL) == BRISK_OK);
  size_t size = 0;
  const void *data = brisk_value_data(value, &size);
  CHECK(size == 5 && memcmp(data, "value", 5) == 0);

  CHECK(strstr(brisk_build_info(), "allocator mimalloc") != NULL);
  CHECK(dlsym(RTLD_DEFAULT, "mi_malloc") == NULL); /* loaded for brisk alone */
  void *mimalloc = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  CHECK(mimalloc != NULL);
  in_heap_fn in_heap;
  *(void **)&in_heap = dlsym(mimalloc, "mi_is_in_heap_region");
  CHECK(in_heap != NULL);
  CHECK(in_heap(data));

  void *own = malloc(100);
  CHECK(own != NULL && !in_heap(own));
  free(own);
  brisk_value_unref(value);
  brisk_cache_unref(cache);
}

#endif
