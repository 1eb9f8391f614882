// Cache: one key at a time, the walk over all of them, events and figures.

package brisk

import (
	"bytes"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Cache is a bounded, compressed key/value cache in memory. Keys have at most 65535 bytes, values
// 2147483647, and an entry at most half of the capacity.
//
// Close ends the cache for everyone who uses it, in every language; a cache that is only forgotten
// goes with its last user. No call after Close does harm: it returns [ErrClosed].
type Cache struct {
	raw         *capi.Cache
	loadTimeout time.Duration

	// What announces the end of this cache, and of the loads that leases in Go lead, by key.
	close  sync.Once
	closed chan struct{}
	mu     sync.Mutex
	leads  map[string]chan struct{}
}

// Close drops every entry, gives the name free, and ends waits for loads with [ErrClosed]. It may be
// called again, and while other calls run. Pinned values stay valid. It walks over all entries.
func (c *Cache) Close() error {
	defer runtime.KeepAlive(c)
	var failed *capi.Error
	err := check(capi.CacheClose(c.raw, &failed), failed)
	if err == nil {
		c.close.Do(func() { close(c.closed) })
	}
	return err
}

// Get appends the value of key to dst and returns the longer slice; ok is false, and value is dst,
// when there is none. With room in dst it allocates nothing.
func (c *Cache) Get(key, dst []byte) (value []byte, ok bool, err error) {
	if len(dst) == cap(dst) {
		return c.getNew(key, dst)
	}
	var size uint64
	var failed *capi.Error
	status := capi.CacheRead(c.raw, key, dst[len(dst):cap(dst)], &size, &failed)
	runtime.KeepAlive(c)
	switch status {
	case capi.StatusOK:
		return dst[:len(dst)+int(size)], true, nil
	case capi.StatusMiss:
		return dst, false, nil
	case capi.StatusShortBuffer:
		return c.Get(key, slices.Grow(dst, int(size)))
	}
	return dst, false, failure(status, failed)
}

// getNew is Get without room in dst: most values fit on the stack, and a miss allocates nothing.
//
//go:noinline
func (c *Cache) getNew(key, dst []byte) ([]byte, bool, error) {
	var buffer [512]byte
	var size uint64
	var failed *capi.Error
	status := capi.CacheRead(c.raw, key, buffer[:], &size, &failed)
	runtime.KeepAlive(c)
	switch status {
	case capi.StatusOK:
		return append(dst, buffer[:size]...), true, nil
	case capi.StatusMiss:
		return dst, false, nil
	case capi.StatusShortBuffer:
		return c.Get(key, slices.Grow(dst, int(size)))
	}
	return dst, false, failure(status, failed)
}

// Pin returns the value of key in place, without a copy when it is stored raw; ok is false when there
// is none. A compressed value is unpacked into memory that counts towards the capacity; without room
// for that the error is [ErrRefused].
//
// A pin costs more than a copy of a small value: it pays from some ten kilobytes up.
func (c *Cache) Pin(key []byte) (value *Value, ok bool, err error) {
	var raw *capi.Value
	var failed *capi.Error
	status := capi.CacheGet(c.raw, key, &raw, &failed)
	runtime.KeepAlive(c)
	switch status {
	case capi.StatusOK:
		return adoptValue(raw), true, nil
	case capi.StatusMiss:
		return nil, false, nil
	case capi.StatusRefused:
		return nil, false, refused("there is no room to unpack the value")
	}
	return nil, false, failure(status, failed)
}

// Put stores a copy of value under key, in place of an older one, with the lifetime of the cache. It
// returns false when the cache has no room because callers pin what it holds; the key then has no
// value.
func (c *Cache) Put(key, value []byte) (stored bool, err error) {
	return c.put(key, value, 0)
}

// PutTTL is Put with a lifetime of its own; 0 is that of the cache.
func (c *Cache) PutTTL(key, value []byte, ttl time.Duration) (stored bool, err error) {
	ns, err := nanoseconds(ttl)
	if err != nil {
		return false, err
	}
	return c.put(key, value, ns)
}

// PutCost is PutTTL for a value that carries what it costs to make, in any unit that is the same for
// all of the cache. Each hit adds it to SavedCost of [Cache.Stats].
func (c *Cache) PutCost(key, value []byte, ttl time.Duration, cost float64) (stored bool, err error) {
	ns, err := nanoseconds(ttl)
	if err != nil {
		return false, err
	}
	var failed *capi.Error
	status := capi.CachePutCost(c.raw, key, value, ns, cost, &failed)
	runtime.KeepAlive(c)
	return status == capi.StatusOK, check(status, failed)
}

func (c *Cache) put(key, value []byte, ttl uint64) (bool, error) {
	var failed *capi.Error
	status := capi.CachePut(c.raw, key, value, ttl, &failed)
	runtime.KeepAlive(c)
	return status == capi.StatusOK, check(status, failed)
}

// Contains reports whether key has a live value. It does not count as a use.
func (c *Cache) Contains(key []byte) (bool, error) {
	var failed *capi.Error
	status := capi.CacheContains(c.raw, key, &failed)
	runtime.KeepAlive(c)
	return status == capi.StatusOK, check(status, failed)
}

// Touch starts the lifetime of an entry anew; a ttl of 0 is that of the cache. It reports whether
// there is an entry; without room to keep track of it the error is [ErrRefused].
func (c *Cache) Touch(key []byte, ttl time.Duration) (ok bool, err error) {
	ns, err := nanoseconds(ttl)
	if err != nil {
		return false, err
	}
	var failed *capi.Error
	status := capi.CacheTouch(c.raw, key, ns, &failed)
	runtime.KeepAlive(c)
	if status == capi.StatusRefused {
		return false, refused("there is no room for a new lifetime")
	}
	return status == capi.StatusOK, check(status, failed)
}

// Erase removes the entry of key and reports whether there was one. A load of key that is in flight
// reaches those who wait for it and is not stored.
func (c *Cache) Erase(key []byte) (ok bool, err error) {
	var failed *capi.Error
	status := capi.CacheErase(c.raw, key, &failed)
	runtime.KeepAlive(c)
	return status == capi.StatusOK, check(status, failed)
}

// EraseMatching removes every entry whose whole key matches a glob such as "user:123:*" (?, *,
// [a-z], [!a-z], backslash) and returns how many. It walks over all entries.
func (c *Cache) EraseMatching(pattern string) (erased uint64, err error) {
	var failed *capi.Error
	status := capi.CacheEraseMatching(c.raw, []byte(pattern), &erased, &failed)
	runtime.KeepAlive(c)
	return erased, check(status, failed)
}

// Clear removes every entry that was in the cache when the call began. It walks over all entries.
func (c *Cache) Clear() error {
	defer runtime.KeepAlive(c)
	var failed *capi.Error
	return check(capi.CacheClear(c.raw, &failed), failed)
}

// Keys walks over the keys, in no order. A key that is in the cache for the whole walk comes exactly
// once, one that comes or goes meanwhile at most once. Each key is a copy. An error ends the walk.
func (c *Cache) Keys() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var cursor *capi.Cursor
		var failed *capi.Error
		status := capi.CacheKeys(c.raw, &cursor, &failed)
		runtime.KeepAlive(c)
		defer capi.CursorUnref(cursor)
		if err := check(status, failed); err != nil {
			yield(nil, err)
			return
		}
		walk(cursor, yield)
	}
}

// walk yields a copy of each key of a cursor, and the error that ends it.
func walk(cursor *capi.Cursor, yield func([]byte, error) bool) {
	var failed *capi.Error
	status := capi.StatusOK
	buffer := make([]byte, 256)
	for status == capi.StatusOK {
		var size uint64
		status = capi.CursorNext(cursor, buffer, &size, &failed)
		if status == capi.StatusShortBuffer {
			buffer = make([]byte, size)
			status = capi.CursorNext(cursor, buffer, &size, &failed)
		}
		if status == capi.StatusOK && !yield(bytes.Clone(buffer[:size]), nil) {
			return
		}
	}
	if err := check(status, failed); err != nil {
		yield(nil, err)
	}
}

// Event is an entry that left the cache.
type Event struct {
	Key   []byte
	Cause Cause
}

// NextEvent takes the oldest event off the queue that EventCapacity switches on; ok is false when
// there is none.
func (c *Cache) NextEvent() (event Event, ok bool, err error) {
	defer runtime.KeepAlive(c)
	for size := uint64(64); ; {
		key := make([]byte, size)
		var failed *capi.Error
		switch status := capi.CacheNextEvent(c.raw, key, &size, &event.Cause, &failed); status {
		case capi.StatusOK:
			event.Key = key[:size]
			return event, true, nil
		case capi.StatusShortBuffer:
			// size is what the same event needs; another goroutine may take it first.
		default:
			return Event{}, false, check(status, failed)
		}
	}
}

// Stats reads the figures of the cache.
func (c *Cache) Stats() (CacheStats, error) {
	defer runtime.KeepAlive(c)
	raw := capi.NewCacheStats()
	var failed *capi.Error
	status := capi.CacheReadStats(c.raw, &raw, &failed)
	return newCacheStats(&raw), check(status, failed)
}
