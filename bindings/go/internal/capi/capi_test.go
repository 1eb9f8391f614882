// The generated layer, where the package above it does not go.

package capi_test

import (
	"testing"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
	"github.com/brisk-runtime/brisk/bindings/go/internal/ctest"
)

func newCache(t *testing.T) *capi.Cache {
	t.Helper()
	if err := capi.CheckABI(); err != nil {
		t.Fatal(err)
	}
	var cache *capi.Cache
	if status := capi.CacheNew(nil, nil, &cache, nil); status != capi.StatusOK {
		t.Fatal(status)
	}
	t.Cleanup(func() { capi.CacheUnref(cache) })
	return cache
}

func TestCallbacksOfC(t *testing.T) {
	cache := newCache(t)
	destroyed := ctest.NewCounter()
	var value *capi.Value
	var failed *capi.Error
	status := capi.CacheGetOrLoad(cache, []byte("key"), nil, ctest.Echo(), destroyed.Pointer(),
		destroyed.Destroy(), 0, &value, &failed)
	if status != capi.StatusOK || destroyed.Value() != 1 {
		t.Fatal(status, capi.ErrorMessage(failed), destroyed.Value())
	}
	var size uint64
	data := capi.ValueData(value, &size)
	if text := unsafe.String((*byte)(data), size); text != "key" {
		t.Errorf("%q", text)
	}
	capi.ValueUnref(value)
}

func TestErrorsAreCounted(t *testing.T) {
	cache := newCache(t)
	var failed *capi.Error
	status := capi.CachePut(cache, make([]byte, 65536), nil, 0, &failed)
	if status != capi.StatusTooLarge || capi.ErrorStatus(failed) != status {
		t.Fatal(status, capi.ErrorStatus(failed))
	}
	text := capi.ErrorMessage(failed)
	capi.ErrorUnref(capi.ErrorRef(failed))
	if text == "" || capi.ErrorMessage(failed) != text {
		t.Errorf("%q", text)
	}
	capi.ErrorUnref(failed)
	if capi.ErrorMessage(nil) != "" || capi.ErrorStatus(nil) != capi.StatusOK {
		t.Error("no error has a message or a status")
	}
}

func TestReferencesAreCounted(t *testing.T) {
	var home *capi.Runtime
	if status := capi.RuntimeNew(nil, &home, nil); status != capi.StatusOK {
		t.Fatal(status)
	}
	capi.RuntimeUnref(capi.RuntimeRef(home))
	var cache *capi.Cache
	if status := capi.CacheNew(home, nil, &cache, nil); status != capi.StatusOK {
		t.Fatal(status)
	}
	capi.RuntimeUnref(home)
	capi.CacheUnref(capi.CacheRef(cache))
	capi.CachePut(cache, []byte("key"), []byte("value"), 0, nil)
	var value *capi.Value
	var lease *capi.Lease
	capi.CacheGet(cache, []byte("key"), &value, nil)
	capi.ValueUnref(capi.ValueRef(value))
	capi.CacheBegin(cache, []byte("other"), nil, &value, &lease, nil)
	capi.LeaseUnref(capi.LeaseRef(lease))
	if status := capi.LeaseAbandon(lease, nil); status != capi.StatusOK {
		t.Error(status)
	}
	capi.LeaseUnref(lease)
	capi.CacheUnref(cache)
}

// A key or value may lie in memory beside pointers of Go.
func TestBytesBesidePointers(t *testing.T) {
	cache := newCache(t)
	mixed := &struct {
		key    [3]byte
		buffer [8]byte
		beside *int
	}{key: [3]byte{'k', 'e', 'y'}, beside: new(int)}
	capi.CachePut(cache, mixed.key[:], mixed.key[:], 0, nil)
	var size uint64
	status := capi.CacheRead(cache, mixed.key[:], mixed.buffer[:], &size, nil)
	if status != capi.StatusOK || string(mixed.buffer[:size]) != "key" {
		t.Error(status, mixed.buffer)
	}
}

var onHeap *capi.CacheOptions

// The runtime of Go refuses a pointer to memory that it might move.
func TestNamesOfOptionsArePinned(t *testing.T) {
	options := capi.NewCacheOptions()
	onHeap = &options
	name := []byte(t.Name())
	options.Name, options.NameSize = unsafe.Pointer(&name[0]), uint32(len(name))
	var cache *capi.Cache
	if status := capi.CacheNew(nil, onHeap, &cache, nil); status != capi.StatusOK {
		t.Fatal(status)
	}
	capi.CacheUnref(cache)
}

func TestNames(t *testing.T) {
	for text, name := range map[string]interface{ String() string }{
		"BRISK_SHORT_BUFFER": capi.StatusShortBuffer, "BRISK_UNKNOWN": capi.Status(99),
		"s3fifo": capi.PolicyS3FIFO, "expired": capi.CauseExpired, "Cause(9)": capi.Cause(9),
	} {
		if name.String() != text {
			t.Errorf("%v, want %s", name, text)
		}
	}
}
