/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */

/* Outcomes, errors and versions: the raw layer of brisk/base.h in Python. */

#include "raw.h"

_Static_assert(sizeof(brisk_status) == 4, "brisk_status");
_Static_assert(BRISK_OK == 0, "BRISK_OK");
_Static_assert(BRISK_MISS == 1, "BRISK_MISS");
_Static_assert(BRISK_END == 2, "BRISK_END");
_Static_assert(BRISK_TIMEOUT == 3, "BRISK_TIMEOUT");
_Static_assert(BRISK_SHORT_BUFFER == 4, "BRISK_SHORT_BUFFER");
_Static_assert(BRISK_REFUSED == 5, "BRISK_REFUSED");
_Static_assert(BRISK_LEAD == 6, "BRISK_LEAD");
_Static_assert(BRISK_WAIT == 7, "BRISK_WAIT");
_Static_assert(BRISK_STALE == 8, "BRISK_STALE");
_Static_assert(BRISK_ABSENT == 9, "BRISK_ABSENT");
_Static_assert(BRISK_INVALID == -1, "BRISK_INVALID");
_Static_assert(BRISK_CLOSED == -2, "BRISK_CLOSED");
_Static_assert(BRISK_OUT_OF_MEMORY == -3, "BRISK_OUT_OF_MEMORY");
_Static_assert(BRISK_TOO_LARGE == -4, "BRISK_TOO_LARGE");
_Static_assert(BRISK_EXISTS == -5, "BRISK_EXISTS");
_Static_assert(BRISK_LOAD_FAILED == -6, "BRISK_LOAD_FAILED");
_Static_assert(BRISK_DEADLOCK == -7, "BRISK_DEADLOCK");
_Static_assert(BRISK_INTERNAL == -8, "BRISK_INTERNAL");
_Static_assert(BRISK_UNSUPPORTED == -9, "BRISK_UNSUPPORTED");

static const char version_doc[] =
    "version()\n"
    "--\n"
    "\n"
    "Returns the version of the loaded library, for example \"0.1.0\". The text is static.";

static PyObject *call_version(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  const char *returned = 0;
  PyObject *result = NULL;
  if (!raw_arguments("version", count, 0)) goto done;
  returned = brisk_version();
  result = raw_string(returned);
done:
  return result;
}

static const char abi_version_doc[] =
    "abi_version()\n"
    "--\n"
    "\n"
    "Returns the version of the loaded binary interface: major * 65536 + minor.";

static PyObject *call_abi_version(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  uint32_t returned = 0;
  PyObject *result = NULL;
  if (!raw_arguments("abi_version", count, 0)) goto done;
  returned = brisk_abi_version();
  result = PyLong_FromUnsignedLong(returned);
done:
  return result;
}

static const char abi_digest_doc[] =
    "abi_digest()\n"
    "--\n"
    "\n"
    "Returns the digest of the interface description that the loaded library was built\n"
    "from. It equals BRISK_ABI_DIGEST of the headers when both come from the same\n"
    "description.";

static PyObject *call_abi_digest(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  uint64_t returned = 0;
  PyObject *result = NULL;
  if (!raw_arguments("abi_digest", count, 0)) goto done;
  returned = brisk_abi_digest();
  result = PyLong_FromUnsignedLongLong(returned);
done:
  return result;
}

static const char build_info_doc[] =
    "build_info()\n"
    "--\n"
    "\n"
    "Returns one line about the loaded library: version, interface version, compiler, the\n"
    "allocator in use and the path it was loaded from. The text is static.";

static PyObject *call_build_info(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  (void)args;
  const char *returned = 0;
  PyObject *result = NULL;
  if (!raw_arguments("build_info", count, 0)) goto done;
  returned = brisk_build_info();
  result = raw_string(returned);
done:
  return result;
}

static const char status_name_doc[] =
    "status_name(status, /)\n"
    "--\n"
    "\n"
    "Returns the name of a status, for example \"BRISK_MISS\", or \"BRISK_UNKNOWN\". The text\n"
    "is static.";

static PyObject *call_status_name(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  const char *returned = 0;
  brisk_status status_ = 0;
  PyObject *result = NULL;
  if (!raw_arguments("status_name", count, 1)) goto done;
  if (!raw_i32(args[0], "status", &status_)) goto done;
  returned = brisk_status_name(status_);
  result = raw_string(returned);
done:
  return result;
}

static const char parse_size_doc[] =
    "parse_size(text, /)\n"
    "--\n"
    "\n"
    "Reads a size in bytes from text: a decimal number, then nothing, B, or k, M, G, T\n"
    "with an optional B (powers of 1000) or iB (powers of 1024), in any case, with an\n"
    "optional space between. Rounds down to whole bytes.";

static PyObject *call_parse_size(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self;
  RawView text = {0};
  uint64_t size = 0;
  brisk_error *error = NULL;
  brisk_status status = BRISK_OK;
  PyObject *result = NULL;
  if (!raw_arguments("parse_size", count, 1)) goto done;
  if (!raw_bytes(args[0], "text", &text)) goto done;
  {
    PyThreadState *const thread = raw_release(raw_is_large(text.size));
    status = brisk_parse_size(text.data, text.size, &size, &error);
    raw_retake(thread);
  }
  if (status != BRISK_OK) {
    raw_raise(status, error);
    goto done;
  }
  result = PyLong_FromUnsignedLongLong(size);
done:
  raw_drop(&text);
  return result;
}

/*
 * Not here:
 * brisk_error_status: errors are exceptions.
 * brisk_error_message: errors are exceptions.
 * brisk_error_ref: what it does, the objects do by themselves.
 * brisk_error_unref: what it does, the objects do by themselves.
 */

/* clang-format off */
static PyMethodDef functions[] = {
    RAW_METHOD("version", version),
    RAW_METHOD("abi_version", abi_version),
    RAW_METHOD("abi_digest", abi_digest),
    RAW_METHOD("build_info", build_info),
    RAW_METHOD("status_name", status_name),
    RAW_METHOD("parse_size", parse_size),
    {NULL, NULL, 0, NULL},
};
/* clang-format on */

int raw_add_base(PyObject *module) {
  if (!raw_add_number(module, "OK", BRISK_OK)) return 0;
  if (!raw_add_number(module, "MISS", BRISK_MISS)) return 0;
  if (!raw_add_number(module, "END", BRISK_END)) return 0;
  if (!raw_add_number(module, "TIMEOUT", BRISK_TIMEOUT)) return 0;
  if (!raw_add_number(module, "SHORT_BUFFER", BRISK_SHORT_BUFFER)) return 0;
  if (!raw_add_number(module, "REFUSED", BRISK_REFUSED)) return 0;
  if (!raw_add_number(module, "LEAD", BRISK_LEAD)) return 0;
  if (!raw_add_number(module, "WAIT", BRISK_WAIT)) return 0;
  if (!raw_add_number(module, "STALE", BRISK_STALE)) return 0;
  if (!raw_add_number(module, "ABSENT", BRISK_ABSENT)) return 0;
  if (!raw_add_number(module, "INVALID", BRISK_INVALID)) return 0;
  if (!raw_add_number(module, "CLOSED", BRISK_CLOSED)) return 0;
  if (!raw_add_number(module, "OUT_OF_MEMORY", BRISK_OUT_OF_MEMORY)) return 0;
  if (!raw_add_number(module, "TOO_LARGE", BRISK_TOO_LARGE)) return 0;
  if (!raw_add_number(module, "EXISTS", BRISK_EXISTS)) return 0;
  if (!raw_add_number(module, "LOAD_FAILED", BRISK_LOAD_FAILED)) return 0;
  if (!raw_add_number(module, "DEADLOCK", BRISK_DEADLOCK)) return 0;
  if (!raw_add_number(module, "INTERNAL", BRISK_INTERNAL)) return 0;
  if (!raw_add_number(module, "UNSUPPORTED", BRISK_UNSUPPORTED)) return 0;
  if (!raw_add_unsigned(module, "FOREVER", BRISK_FOREVER)) return 0;
  if (!raw_add_unsigned(module, "KEY_SIZE_MAX", BRISK_KEY_SIZE_MAX)) return 0;
  if (!raw_add_unsigned(module, "VALUE_SIZE_MAX", BRISK_VALUE_SIZE_MAX)) return 0;
  return PyModule_AddFunctions(module, functions) == 0;
}
