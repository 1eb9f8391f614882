// What the tests share.

package brisk_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// must is for calls that fail only when the test is wrong.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func newCache(t testing.TB, options brisk.CacheOptions) *brisk.Cache {
	t.Helper()
	cache, err := brisk.NewCache(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	return cache
}

// manual returns a runtime whose clock only the test moves.
func manual(t testing.TB) *brisk.Runtime {
	t.Helper()
	runtime := must(brisk.NewRuntime(brisk.RuntimeOptions{Clock: brisk.ClockManual}))
	t.Cleanup(func() { runtime.Close() })
	return runtime
}

func put(t testing.TB, cache *brisk.Cache, key, value string) {
	t.Helper()
	if stored, err := cache.Put([]byte(key), []byte(value)); !stored || err != nil {
		t.Fatalf("Put(%.40q) = %v, %v", key, stored, err)
	}
}

// expect checks what a key has; no value stands for a miss.
func expect(t testing.TB, cache *brisk.Cache, key string, values ...string) {
	t.Helper()
	value, ok, err := cache.Get([]byte(key), nil)
	if err != nil {
		t.Fatalf("Get(%.40q): %v", key, err)
	}
	switch {
	case ok != (len(values) == 1):
		t.Errorf("Get(%.40q) found = %v", key, ok)
	case ok && string(value) != values[0]:
		t.Errorf("Get(%.40q) = %.40q, want %.40q", key, value, values[0])
	}
}

func expectError(t testing.TB, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("the error is %v, want %v", err, kind)
	}
}

func bytesOf(texts ...string) [][]byte {
	items := make([][]byte, len(texts))
	for i, text := range texts {
		items[i] = []byte(text)
	}
	return items
}

// unhurried is for what must begin before a deadline and be ended by it: on a machine that pauses it
// may not begin, and is tried again with a later one.
func unhurried(t testing.TB, holds func(deadline time.Duration) bool) {
	t.Helper()
	for _, deadline := range []time.Duration{30 * time.Millisecond, time.Second, 15 * time.Second} {
		if holds(deadline) {
			return
		}
	}
	t.Error("it never begins before its deadline")
}

// threads is how many threads the process has.
func threads() int { return len(must(os.ReadDir("/proc/self/task"))) }
