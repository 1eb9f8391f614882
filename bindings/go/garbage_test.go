// What the collector of Go has to do with it: forgotten handles, and no garbage of ours.

package brisk_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// eventually collects garbage until it holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("%s, half a minute long", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestForgottenHandlesLetGo(t *testing.T) {
	home := manual(t)
	cache := must(home.NewCache(brisk.CacheOptions{Name: "kept", Compression: brisk.CompressionOff}))
	func() {
		for i := range 10 {
			must(home.NewCache(brisk.CacheOptions{}))
			put(t, cache, "key", fmt.Sprint("value ", i))
			cache.Pin(key)
		}
		must(cache.Erase(key))
		cache.Begin(t.Context(), key)
	}()
	eventually(t, "forgotten caches live", func() bool { return must(home.Stats()).Caches == 1 })
	eventually(t, "forgotten values are pinned", func() bool { return must(cache.Stats()).PinnedBytes == 0 })
	eventually(t, "a forgotten lead leads", func() bool { return must(cache.Stats()).LoadFailures == 1 })
	if found, ok, err := home.FindCache("kept"); found != cache || !ok || err != nil {
		t.Error(found, ok, err)
	}
	cache = nil
	eventually(t, "a forgotten cache is found", func() bool {
		_, ok, err := home.FindCache("kept")
		return !ok && err == nil
	})
}

func TestOneReleaseIsOne(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Compression: brisk.CompressionOff})
	put(t, cache, "key", "value")
	kept, _, _ := cache.Pin(key)
	func() {
		for range 10 {
			other, _, _ := cache.Pin(key)
			other.Release()
			other.Release()
		}
	}()
	must(cache.Erase(key))
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if must(cache.Stats()).PinnedBytes == 0 || kept.String() != "value" {
		t.Errorf("others let go of %q", kept)
	}
	kept.Release()
	if must(cache.Stats()).PinnedBytes != 0 {
		t.Error("a released value is pinned")
	}
}

func TestDestructionInAnyOrder(t *testing.T) {
	home := must(brisk.NewRuntime(brisk.RuntimeOptions{}))
	cache := must(home.NewCache(brisk.CacheOptions{}))
	home = nil
	put(t, cache, "key", "value")
	value, _, _ := cache.Pin(key)
	_, lead, _ := cache.Begin(t.Context(), []byte("other"))
	runtime.GC()
	cache = nil
	runtime.GC()
	if err := lead.Complete([]byte("made"), 0); err != nil {
		t.Error(err)
	}
	lead.Release()
	runtime.GC()
	if value.String() != "value" {
		t.Error("a value did not survive its cache")
	}
	value.Release()
}

func TestGarbageStorm(t *testing.T) {
	span := time.Second
	if testing.Short() {
		span = 100 * time.Millisecond
	}
	stop := time.Now().Add(span)
	name := fmt.Sprint("storm ", stop)
	shared := newCache(t, brisk.CacheOptions{Capacity: "1 MiB", Name: name})
	work := []func(int){
		func(i int) { runtime.GC() },
		func(i int) {
			cache := must(brisk.NewCache(brisk.CacheOptions{Capacity: "256 KiB"}))
			put(t, cache, "key", "own")
			value, _, _ := cache.Pin(key)
			runtime.KeepAlive(value)
		},
		func(i int) {
			key := fmt.Append(nil, i%100)
			cache, _, _ := brisk.FindCache(name)
			cache.Put(key, fmt.Append(nil, "value of ", i%100))
			for range cache.Keys() {
				break
			}
		},
		func(i int) {
			key := fmt.Append(nil, i%100)
			if value, ok, _ := shared.Pin(key); ok && value.String() != fmt.Sprint("value of ", i%100) {
				t.Errorf("%q has %q", key, value)
			}
		},
		func(i int) {
			key := fmt.Append(nil, i%100)
			if value, ok, _ := shared.Get(key, nil); ok && string(value) != fmt.Sprint("value of ", i%100) {
				t.Errorf("%q has %q", key, value)
			}
			if _, lease, _ := shared.Begin(noDeadline, fmt.Append(nil, "load ", i%10)); lease != nil && i%2 == 0 {
				lease.Abandon()
			}
		},
	}
	var all sync.WaitGroup
	for _, one := range work {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; time.Now().Before(stop); i++ {
				one(i)
			}
		}()
	}
	all.Wait()
}

func TestHitsAllocateNothing(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	keys := make([][]byte, 100)
	values := make([][]byte, len(keys))
	for i := range keys {
		keys[i] = fmt.Append(nil, "key:", i)
		values[i] = fmt.Append(nil, "value:", i)
	}
	if n, err := cache.PutMany(keys, values); n != len(keys) || err != nil {
		t.Fatal(n, err)
	}
	buffer := make([]byte, 0, 64)
	var batch brisk.Batch
	must(cache.GetMany(keys, &batch))
	for name, call := range map[string]func(){
		"Get":         func() { cache.Get(keys[7], buffer) },
		"a miss":      func() { cache.Get(key, nil) },
		"Contains":    func() { cache.Contains(keys[7]) },
		"Touch":       func() { cache.Touch(keys[7], time.Hour) },
		"Put":         func() { cache.Put(keys[7], values[7]) },
		"Get by text": func() { cache.Get([]byte("key:7"), buffer) },
		"GetMany":     func() { cache.GetMany(keys, &batch) },
	} {
		if n := testing.AllocsPerRun(1000, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
