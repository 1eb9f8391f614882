// Package ctest holds what tests need to say in C, since test files may not use cgo.
package ctest

/*
#cgo pkg-config: brisk
#define _GNU_SOURCE
#include <brisk/brisk.h>
#include <dlfcn.h>
#include <stdlib.h>

static brisk_status echo(void *user, brisk_lease *lease, const void *key, size_t key_size) {
  (void)user;
  return brisk_lease_complete(lease, key, key_size, 0, NULL, NULL);
}

static void count(void *user) { ++*(int *)user; }

static brisk_load_fn echo_fn(void) { return echo; }
static brisk_destroy_fn count_fn(void) { return count; }

static const char *home_of(const char *name) {
  Dl_info info;
  void *symbol = dlsym(RTLD_DEFAULT, name);
  return symbol != NULL && dladdr(symbol, &info) != 0 ? info.dli_fname : "";
}
*/
import "C"

import (
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Echo is a loader in C that gives each key itself as its value.
func Echo() capi.LoadFn { return capi.LoadFn(C.echo_fn()) }

// Counter is a number in memory of C, and a destroy function that adds one to it.
type Counter struct{ at *C.int }

// NewCounter returns a counter at zero.
func NewCounter() Counter { return Counter{(*C.int)(C.calloc(1, C.sizeof_int))} }

// Pointer returns what to register as user data.
func (c Counter) Pointer() unsafe.Pointer { return unsafe.Pointer(c.at) }

// Destroy returns the function that counts.
func (c Counter) Destroy() capi.DestroyFn { return capi.DestroyFn(C.count_fn()) }

// Value returns the number.
func (c Counter) Value() int { return int(*c.at) }

// HomeOf returns the file of the shared object whose symbol of this name the process uses.
func HomeOf(symbol string) string {
	name := C.CString(symbol)
	defer C.free(unsafe.Pointer(name))
	return C.GoString(C.home_of(name))
}
