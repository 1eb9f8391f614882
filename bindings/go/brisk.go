// Package brisk is a compressed cache in memory, bounded in bytes to the last one, whose hits take no
// lock and whose missing values are loaded once however many goroutines ask.
//
//	cache, err := brisk.NewCache(brisk.CacheOptions{Capacity: "64 MiB", TTL: time.Hour})
//	if err != nil {
//		return err
//	}
//	defer cache.Close()
//	page, err := cache.GetOrLoad(ctx, []byte("page:7"), render)
//
// Beside it are a pool of [Workers], for tasks that share threads, memory and figures with native
// code, and sets of [Modules], which load on first use.
//
// It stands on libbrisk, which pkg-config finds at build time. Every type is safe for use by many
// goroutines at once, unless it says otherwise.
//
// Keys and values are bytes, copied in and out; a nil slice is an empty one. What may be expected is
// an answer, such as a false ok; every error of this package is an [*Error], or one of the context
// that was given.
package brisk

import (
	"fmt"
	"math"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Forever is a lifetime that never ends. Where a time is due, zero stands for the documented default
// and a negative one is an error.
const Forever time.Duration = math.MaxInt64

// Version returns the version of the loaded library, for example "0.1.0".
func Version() string { return capi.Version() }

// BuildInfo returns one line about the loaded library: version, interface version, compiler, the
// allocator in use and the path it was loaded from.
func BuildInfo() string { return capi.BuildInfo() }

// ParseSize reads a number of bytes from text such as "64 MiB", "1.5GB", "300 k" or "4096".
func ParseSize(text string) (uint64, error) {
	var size uint64
	var failed *capi.Error
	status := capi.ParseSize([]byte(text), &size, &failed)
	return size, check(status, failed)
}

// optionalSize reads the size of an option, where no text stands for the default.
func optionalSize(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	return ParseSize(text)
}

// nanoseconds is a duration as C has it.
func nanoseconds(d time.Duration) (uint64, error) {
	switch {
	case d == Forever:
		return capi.Forever, nil
	case d < 0:
		return 0, &Error{StatusInvalid, fmt.Sprintf(
			"%v is a negative duration; 0 is the default, brisk.Forever has no end", d), nil}
	}
	return uint64(d), nil
}
