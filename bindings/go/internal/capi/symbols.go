// Calls of functions of C that are known by their address.

package capi

/*
#include <stdint.h>

static int64_t call_integers(uintptr_t address, int count, int64_t a, int64_t b, int64_t c,
                             int64_t d, int64_t e, int64_t f) {
  typedef int64_t n;
  switch (count) {
    case 0: return ((n (*)(void))address)();
    case 1: return ((n (*)(n))address)(a);
    case 2: return ((n (*)(n, n))address)(a, b);
    case 3: return ((n (*)(n, n, n))address)(a, b, c);
    case 4: return ((n (*)(n, n, n, n))address)(a, b, c, d);
    case 5: return ((n (*)(n, n, n, n, n))address)(a, b, c, d, e);
    default: return ((n (*)(n, n, n, n, n, n))address)(a, b, c, d, e, f);
  }
}

static double call_doubles(uintptr_t address, int count, double a, double b, double c, double d,
                           double e, double f) {
  typedef double n;
  switch (count) {
    case 0: return ((n (*)(void))address)();
    case 1: return ((n (*)(n))address)(a);
    case 2: return ((n (*)(n, n))address)(a, b);
    case 3: return ((n (*)(n, n, n))address)(a, b, c);
    case 4: return ((n (*)(n, n, n, n))address)(a, b, c, d);
    case 5: return ((n (*)(n, n, n, n, n))address)(a, b, c, d, e);
    default: return ((n (*)(n, n, n, n, n, n))address)(a, b, c, d, e, f);
  }
}

static void *pointer_to(uintptr_t address) { return (void *)address; }

#cgo nocallback pointer_to
*/
import "C"

import "unsafe"

// CallIntegers calls the function at an address with the first count of six numbers.
func CallIntegers(address uintptr, count int, n *[6]int64) int64 {
	return int64(C.call_integers(C.uintptr_t(address), C.int(count), C.int64_t(n[0]), C.int64_t(n[1]),
		C.int64_t(n[2]), C.int64_t(n[3]), C.int64_t(n[4]), C.int64_t(n[5])))
}

// CallDoubles is CallIntegers for a function of doubles.
func CallDoubles(address uintptr, count int, n *[6]float64) float64 {
	return float64(C.call_doubles(C.uintptr_t(address), C.int(count), C.double(n[0]), C.double(n[1]),
		C.double(n[2]), C.double(n[3]), C.double(n[4]), C.double(n[5])))
}

// PointerTo returns an address as a pointer to memory of C.
func PointerTo(address uintptr) unsafe.Pointer { return C.pointer_to(C.uintptr_t(address)) }
