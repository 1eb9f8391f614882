// Warming: what is asked for most is found, loaded, and outlives the cache.

package brisk_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func ask(t *testing.T, cache *brisk.Cache, key string, times int) {
	t.Helper()
	for range times {
		if _, _, err := cache.Get([]byte(key), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func expectHot(t *testing.T, cache *brisk.Cache, want ...brisk.HotKey) {
	t.Helper()
	hottest := must(cache.HotKeys(1 << 20))
	if len(hottest) != len(want) {
		t.Fatalf("%d hot keys, want %d: %q", len(hottest), len(want), hottest)
	}
	for i, hot := range hottest {
		if !bytes.Equal(hot.Key, want[i].Key) || hot.Lookups != want[i].Lookups {
			t.Errorf("%d: %.20q was asked for %d times, want %.20q, %d", i, hot.Key, hot.Lookups, want[i].Key,
				want[i].Lookups)
		}
	}
}

func twice(_ context.Context, key []byte) ([]byte, error) { return bytes.Repeat(key, 2), nil }

func TestHotKeysCountEveryLookup(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	expectHot(t, cache)
	long := strings.Repeat("k", 300)
	ask(t, cache, "a", 2)
	ask(t, cache, "b", 3)
	ask(t, cache, long, 1)
	expectHot(t, cache, brisk.HotKey{Key: []byte("b"), Lookups: 3}, brisk.HotKey{Key: []byte("a"), Lookups: 2},
		brisk.HotKey{Key: []byte(long), Lookups: 1})
	if one := must(cache.HotKeys(1)); len(one) != 1 {
		t.Errorf("%d keys, want 1", len(one))
	}
	_, err := cache.HotKeys(-1)
	expectError(t, err, brisk.ErrInvalid)

	few := newCache(t, brisk.CacheOptions{HotKeys: 1})
	ask(t, few, "a", 1)
	ask(t, few, "b", 2)
	expectHot(t, few, brisk.HotKey{Key: []byte("b"), Lookups: 2})
	none := newCache(t, brisk.CacheOptions{HotKeys: math.MaxUint64})
	ask(t, none, "a", 1)
	expectHot(t, none)
}

func TestWarmLoadsTheHottestThatAreMissing(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	put(t, cache, "there", "value")
	for i, key := range []string{"there", "a", "b", "c"} {
		ask(t, cache, key, 5-i)
	}
	if loaded := must(cache.Warm(context.Background(), 3, twice, nil)); loaded != 2 {
		t.Errorf("%d were loaded, want 2", loaded)
	}
	expect(t, cache, "there", "value")
	expect(t, cache, "a", "aa")
	expect(t, cache, "b", "bb")
	expect(t, cache, "c")
	if loaded := must(cache.Warm(context.Background(), 20, twice, nil)); loaded != 1 {
		t.Errorf("%d were loaded, want 1", loaded)
	}
}

func TestWarmPassesOverWhatFailsOrIsLoadedElsewhere(t *testing.T) {
	for _, workers := range []*brisk.Workers{nil, must(brisk.NewWorkers(brisk.WorkersOptions{Threads: 2}))} {
		cache := newCache(t, brisk.CacheOptions{})
		for _, key := range []string{"a", "b", "c"} {
			ask(t, cache, key, 1)
		}
		_, lease, err := cache.Begin(context.Background(), []byte("b"))
		if err != nil || !lease.Leads() {
			t.Fatal(err)
		}
		loaded, err := cache.Warm(context.Background(), 20, func(_ context.Context, key []byte) ([]byte, error) {
			if string(key) == "a" {
				return nil, errors.New("not this one")
			}
			return key, nil
		}, workers)
		if loaded != 1 || err != nil {
			t.Errorf("Warm = %d, %v", loaded, err)
		}
		if stats := must(cache.Stats()); stats.LoadFailures != 1 {
			t.Errorf("%d failures, want 1", stats.LoadFailures)
		}
		if err := lease.Complete([]byte("theirs"), 0); err != nil {
			t.Error(err)
		}
		lease.Release()
		expect(t, cache, "b", "theirs")
		expect(t, cache, "c", "c")
	}
}

func TestWarmLoadsAnewWhatIsStale(t *testing.T) {
	clock := manual(t)
	cache := must(clock.NewCache(brisk.CacheOptions{
		TTL: 10 * time.Second, Stale: 100 * time.Second, StaleIfError: 100 * time.Second,
	}))
	for _, key := range []string{"a", "b"} {
		put(t, cache, key, "old")
		ask(t, cache, key, 1)
	}
	if err := clock.Advance(11 * time.Second); err != nil {
		t.Fatal(err)
	}
	loaded, err := cache.Warm(context.Background(), 20, func(_ context.Context, key []byte) ([]byte, error) {
		if string(key) == "b" {
			return nil, errors.New("not this one")
		}
		return []byte("new"), nil
	}, nil)
	if loaded != 1 || err != nil {
		t.Errorf("Warm = %d, %v", loaded, err)
	}
	expect(t, cache, "a", "new")
}

func TestWarmLoadsOnWorkersAtOnce(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	for _, key := range []string{"a", "b", "c"} {
		ask(t, cache, key, 1)
	}
	workers := must(brisk.NewWorkers(brisk.WorkersOptions{Threads: 3}))
	var together sync.WaitGroup
	together.Add(3)
	loaded, err := cache.Warm(context.Background(), 20, func(ctx context.Context, key []byte) ([]byte, error) {
		together.Done()
		together.Wait()
		return key, nil
	}, workers)
	if loaded != 3 || err != nil {
		t.Errorf("Warm = %d, %v", loaded, err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	ask(t, cache, "d", 1)
	for _, workers := range []*brisk.Workers{nil, workers} {
		_, err = cache.Warm(over, 20, twice, workers)
		expectError(t, err, context.Canceled)
	}
}

func TestHotKeysOutliveTheCacheInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hot")
	first := newCache(t, brisk.CacheOptions{})
	if restored := must(first.RestoreHot(path)); restored != 0 {
		t.Errorf("%d keys out of no file", restored)
	}
	ask(t, first, "a", 3)
	ask(t, first, "b", 1)
	if err := first.SaveHot(path); err != nil {
		t.Fatal(err)
	}
	next := must(manual(t).NewCache(brisk.CacheOptions{}))
	if restored := must(next.RestoreHot(path)); restored != 2 {
		t.Errorf("%d keys, want 2", restored)
	}
	expectHot(t, next, brisk.HotKey{Key: []byte("a"), Lookups: 3}, brisk.HotKey{Key: []byte("b"), Lookups: 1})

	content := must(os.ReadFile(path))
	content[20] ^= 1
	os.WriteFile(path, content, 0o600)
	_, err := next.RestoreHot(path)
	expectError(t, err, brisk.ErrInvalid)
	if !strings.Contains(err.Error(), path) {
		t.Errorf("%v does not name %s", err, path)
	}
	expectError(t, next.SaveHot(path+"/no"), brisk.ErrInvalid)
}
