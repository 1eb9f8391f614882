// A guest in Go: it finds the host's cache by name, and reads, writes and loads there.
package main

import "C"

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go"
)

var loads atomic.Int64

// guest_load loads a key, slowly; it returns the size of its value.
//
//export guest_load
func guest_load(name, key *C.char, out *byte, capacity C.size_t) C.int {
	k := C.GoString(key)
	cache, ok, err := brisk.FindCache(C.GoString(name))
	if err != nil || !ok {
		panic("the host has this cache")
	}
	made := func(context.Context) ([]byte, error) {
		loads.Add(1)
		time.Sleep(2 * time.Millisecond)
		return []byte("go made " + k), nil
	}
	value, err := cache.GetOrLoad(context.Background(), []byte(k), made)
	if err != nil {
		panic(err)
	}
	return C.int(copy(unsafe.Slice(out, capacity), value))
}

// guest_loads is how many loaders ran here.
//
//export guest_loads
func guest_loads() int64 { return loads.Load() }

// guest_put puts "go" under key; it returns 0, or the status of the error.
//
//export guest_put
func guest_put(name, key *C.char) C.int {
	cache, ok, err := brisk.FindCache(C.GoString(name))
	if err == nil && !ok {
		return 1
	}
	if err == nil {
		_, err = cache.Put([]byte(C.GoString(key)), []byte("go"))
	}
	var failed *brisk.Error
	if errors.As(err, &failed) {
		return C.int(failed.Status)
	}
	return 0
}

func main() {}
