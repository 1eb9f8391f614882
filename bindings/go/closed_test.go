// Nothing that is called after the end does harm.

package brisk_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// everything calls each method of a cache that can tell of its end.
func everything(cache *brisk.Cache) map[string]error {
	var batch brisk.Batch
	ctx, said := noDeadline, map[string]error{}
	_, _, said["Get"] = cache.Get(key, nil)
	_, _, said["Get with room"] = cache.Get(key, make([]byte, 0, 9))
	_, _, said["Pin"] = cache.Pin(key)
	_, said["Put"] = cache.Put(key, nil)
	_, said["PutTTL"] = cache.PutTTL(key, nil, time.Hour)
	_, said["Contains"] = cache.Contains(key)
	_, said["Touch"] = cache.Touch(key, 0)
	_, said["Erase"] = cache.Erase(key)
	_, said["EraseMatching"] = cache.EraseMatching("*")
	_, said["GetMany"] = cache.GetMany(bytesOf("a", "b"), &batch)
	_, said["PinMany"] = cache.PinMany(bytesOf("a", "b"))
	_, said["PutMany"] = cache.PutMany(bytesOf("a"), bytesOf("b"))
	_, _, said["NextEvent"] = cache.NextEvent()
	_, said["Stats"] = cache.Stats()
	_, lease, err := cache.Begin(ctx, key)
	if said["Begin"] = err; lease != nil {
		lease.Release()
	}
	_, said["GetOrLoad"] = cache.GetOrLoad(ctx, key, gives("value"))
	said["Clear"] = cache.Clear()
	for _, err := range cache.Keys() {
		said["Keys"] = err
	}
	return said
}

func TestClosedCache(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{EventCapacity: 1})
	for name, err := range everything(cache) {
		if err != nil {
			t.Errorf("%s while open: %v", name, err)
		}
	}
	_, lead, _ := cache.Begin(t.Context(), []byte("lead"))
	_, wait, _ := cache.Begin(t.Context(), []byte("lead"))
	for range 3 {
		if err := cache.Close(); err != nil {
			t.Fatal(err)
		}
	}
	said := everything(cache)
	said["Complete"], said["Fail"], said["Abandon"] = lead.Complete(nil, 0), lead.Fail(""), lead.Abandon()
	_, said["Wait"] = wait.Wait(t.Context())
	if len(said) != 22 {
		t.Errorf("%d methods answered", len(said))
	}
	for name, err := range said {
		if !errors.Is(err, brisk.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEmptyHandles(t *testing.T) {
	var cache brisk.Cache
	for name, err := range everything(&cache) {
		if !errors.Is(err, brisk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	expectError(t, cache.Close(), brisk.ErrInvalid)
}

func TestCloseWhileOthersWork(t *testing.T) {
	for range 20 {
		cache := newCache(t, brisk.CacheOptions{EventCapacity: 100})
		var all sync.WaitGroup
		for range 4 {
			all.Add(1)
			go func() {
				defer all.Done()
				for {
					for name, err := range everything(cache) {
						if errors.Is(err, brisk.ErrClosed) {
							return
						}
						if err != nil {
							t.Errorf("%s: %v", name, err)
						}
					}
				}
			}()
		}
		time.Sleep(time.Millisecond)
		cache.Close()
		all.Wait()
	}
}

func TestClosedRuntime(t *testing.T) {
	runtime := manual(t)
	cache := must(runtime.NewCache(brisk.CacheOptions{}))
	for range 2 {
		if err := runtime.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range everything(cache) {
		expectError(t, err, brisk.ErrClosed)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	_, err := runtime.Now()
	expectError(t, err, brisk.ErrClosed)
	_, err = runtime.Stats()
	expectError(t, err, brisk.ErrClosed)
	expectError(t, runtime.Advance(1), brisk.ErrClosed)
	_, _, err = runtime.FindCache("name")
	expectError(t, err, brisk.ErrClosed)
}

func TestErrors(t *testing.T) {
	kinds := []error{
		brisk.ErrTimeout, brisk.ErrRefused, brisk.ErrInvalid, brisk.ErrClosed, brisk.ErrOutOfMemory,
		brisk.ErrTooLarge, brisk.ErrExists, brisk.ErrLoadFailed, brisk.ErrDeadlock, brisk.ErrInternal,
	}
	for i, kind := range kinds {
		var failure *brisk.Error
		if !errors.As(kind, &failure) {
			t.Fatal(kind)
		}
		said := &brisk.Error{Status: failure.Status, Message: "why"}
		for j, other := range kinds {
			if errors.Is(said, other) != (i == j) {
				t.Errorf("%v is %v: %v", said, other, i != j)
			}
		}
		if errors.Is(kind, said) {
			t.Errorf("%v is an error with a message", kind)
		}
	}
	if text := brisk.ErrTooLarge.Error(); text != "brisk: BRISK_TOO_LARGE" {
		t.Error(text)
	}
}
