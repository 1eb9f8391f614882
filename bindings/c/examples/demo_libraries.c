/* The table of libraries, the search for them, and the calls. */
#define _GNU_SOURCE
#include "demo_libraries.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* clang-format off */
struct library libraries[LIBRARIES] = {
  {"hdf5", "libhdf5_serial.so.103", "libhdf5-103-1", "curl openssl zlib", PARTS, "H5get_libversion", NULL},
  {"postgresql", "libpq.so.5", "libpq5", "openssl", NUMBER, "PQlibVersion", NULL},
  {"sqlite", "libsqlite3.so.0", "libsqlite3-0", "", TEXT, "sqlite3_libversion", NULL},
  {"sndfile", "libsndfile.so.1", "libsndfile1", "flac opus vorbis", TEXT, "sf_version_string", NULL},
  {"flac", "libFLAC.so.12", "libflac12", "", TEXT_THERE, "FLAC__VERSION_STRING", NULL},
  {"opus", "libopus.so.0", "libopus0", "", TEXT, "opus_get_version_string", NULL},
  {"vorbis", "libvorbis.so.0", "libvorbis0a", "", TEXT, "vorbis_version_string", NULL},
  {"curl", "libcurl.so.4", "libcurl4", "idn openssl ssh zlib", TEXT, "curl_version", NULL},
  {"openssl", "libcrypto.so.3", "libssl3", "", TEXT_OF_ZERO, "OpenSSL_version", NULL},
  {"ssh", "libssh2.so.1", "libssh2-1", "openssl zlib", TEXT_OF_ZERO, "libssh2_version", NULL},
  {"gnutls", "libgnutls.so.30", "libgnutls30", "gmp idn", TEXT_OF_NULL, "gnutls_check_version", NULL},
  {"gcrypt", "libgcrypt.so.20", "libgcrypt20", "", TEXT_OF_NULL, "gcry_check_version", NULL},
  {"gmp", "libgmp.so.10", "libgmp10", "", TEXT_THERE, "__gmp_version", NULL},
  {"idn", "libidn2.so.0", "libidn2-0", "", TEXT_OF_NULL, "idn2_check_version", NULL},
  {"xml", "libxml2.so.2", "libxml2", "lzma zlib", TEXT_THERE, "xmlParserVersion", NULL},
  {"xslt", "libxslt.so.1", "libxslt1.1", "xml", TEXT_THERE, "xsltEngineVersion", NULL},
  {"expat", "libexpat.so.1", "libexpat1", "", TEXT, "XML_ExpatVersion", NULL},
  {"yaml", "libyaml-0.so.2", "libyaml-0-2", "", TEXT, "yaml_get_version_string", NULL},
  {"json", "libjansson.so.4", "libjansson4", "", TEXT, "jansson_version_str", NULL},
  {"glib", "libglib-2.0.so.0", "libglib2.0-0", "", NUMBER_THERE, "glib_minor_version", NULL},
  {"png", "libpng16.so.16", "libpng16-16", "zlib", TEXT_OF_NULL, "png_get_libpng_ver", NULL},
  {"tiff", "libtiff.so.6", "libtiff6", "lzma webp zlib", TEXT, "TIFFGetVersion", NULL},
  {"webp", "libwebp.so.7", "libwebp7", "", BYTES, "WebPGetDecoderVersion", NULL},
  {"cairo", "libcairo.so.2", "libcairo2", "png zlib", TEXT, "cairo_version_string", NULL},
  {"archive", "libarchive.so.13", "libarchive13", "bzip2 lz4 lzma xml zlib", TEXT, "archive_version_string", NULL},
  {"magic", "libmagic.so.1", "libmagic1", "bzip2 lzma zlib", NUMBER, "magic_version", NULL},
  {"bzip2", "libbz2.so.1.0", "libbz2-1.0", "", TEXT, "BZ2_bzlibVersion", NULL},
  {"lz4", "liblz4.so.1", "liblz4-1", "", TEXT, "LZ4_versionString", NULL},
  {"lzma", "liblzma.so.5", "liblzma5", "", TEXT, "lzma_version_string", NULL},
  {"zlib", "libz.so.1", "zlib1g", "", TEXT, "zlibVersion", NULL},
};
/* clang-format on */

/* The folders that the dynamic linker searches, in its order. Freed by the caller. */
static Dl_serinfo *search_path(void) {
  Dl_serinfo size;
  Dl_serinfo *path = NULL;
  void *program = dlopen(NULL, RTLD_NOW);
  if (program == NULL) return NULL;
  if (dlinfo(program, RTLD_DI_SERINFOSIZE, &size) == 0 && (path = malloc(size.dls_size)) != NULL) {
    /* The call itself needs the size and the count as they were. */
    path->dls_size = size.dls_size;
    path->dls_cnt = size.dls_cnt;
    if (dlinfo(program, RTLD_DI_SERINFO, path) != 0) {
      free(path);
      path = NULL;
    }
  }
  dlclose(program);
  return path;
}

static char *find(const Dl_serinfo *folders, const char *file) {
  const Dl_serpath *folder = folders->dls_serpath;
  for (unsigned i = 0; i < folders->dls_cnt; ++i) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder[i].dls_name, file) < 0) return NULL;
    if (access(path, R_OK) == 0) return path;
    free(path);
  }
  return NULL;
}

size_t libraries_find(void) {
  Dl_serinfo *folders = search_path();
  size_t found = 0;
  if (folders == NULL) return 0;
  for (size_t i = 0; i < LIBRARIES; ++i) {
    libraries[i].path = find(folders, libraries[i].file);
    found += libraries[i].path != NULL;
  }
  free(folders);
  return found;
}

void libraries_free(void) {
  for (size_t i = 0; i < LIBRARIES; ++i) {
    free(libraries[i].path);
    libraries[i].path = NULL;
  }
}

const struct library *library_named(const char *name, size_t size) {
  for (const struct library *each = libraries; each < libraries + LIBRARIES; ++each) {
    if (strlen(each->name) == size && memcmp(each->name, name, size) == 0) return each;
  }
  return NULL;
}

typedef const char *(*text_fn)(void);
typedef const char *(*text_of_pointer_fn)(const void *);
typedef const char *(*text_of_int_fn)(int);
typedef int (*number_fn)(void);
typedef int (*parts_fn)(unsigned *, unsigned *, unsigned *);

const char *library_call(const struct library *library, uint64_t address, unsigned *numbers) {
  const uintptr_t at = (uintptr_t)address;
  switch (library->question) {
    case TEXT:
      return ((text_fn)at)();
    case TEXT_OF_NULL:
      return ((text_of_pointer_fn)at)(NULL);
    case TEXT_OF_ZERO:
      return ((text_of_int_fn)at)(0);
    case TEXT_THERE:
      return *(const char *const *)at;
    case NUMBER:
    case BYTES:
      numbers[0] = (unsigned)((number_fn)at)();
      break;
    case NUMBER_THERE:
      numbers[0] = *(const unsigned *)at;
      break;
    case PARTS:
      ((parts_fn)at)(&numbers[0], &numbers[1], &numbers[2]);
  }
  return NULL;
}

struct text library_ask(const struct library *library, uint64_t address) {
  unsigned numbers[3] = {0};
  const char *answer = library_call(library, address, numbers);
  struct text text;
  if (answer != NULL) {
    /* The first line; of a long one the first word. */
    const size_t line = strcspn(answer, "\n");
    const size_t end = line < sizeof text.s ? line : strcspn(answer, " \n");
    snprintf(text.s, sizeof text.s, "%.*s", (int)end, answer);
  } else if (library->question == PARTS) {
    snprintf(text.s, sizeof text.s, "%u.%u.%u", numbers[0], numbers[1], numbers[2]);
  } else if (library->question == BYTES) {
    snprintf(text.s, sizeof text.s, "%u.%u.%u", numbers[0] >> 16, numbers[0] >> 8 & 255,
             numbers[0] & 255);
  } else {
    snprintf(text.s, sizeof text.s, "%u", numbers[0]);
  }
  return text;
}
