// Many keys in one call, with memory that the next call has again.

package brisk

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Batch holds what a GetMany answered, and the memory for the next: one that is used again allocates
// nothing. The zero Batch is ready for use, by one goroutine at a time.
type Batch struct {
	keys   packed
	values []byte
	sizes  []uint32
	starts []int
}

// missing is what C gives as the size of a value that is not there.
const missing = math.MaxUint32

// Len returns the number of keys that were asked for.
func (b *Batch) Len() int { return len(b.starts) }

// Value returns the value of the i-th key; ok is false when there is none. The value lives until the
// batch is used again.
func (b *Batch) Value(i int) (value []byte, ok bool) {
	start, size := b.starts[i], b.sizes[i]
	if size == missing {
		return nil, false
	}
	end := start + int(size)
	return b.values[start:end:end], true
}

// GetMany copies the values of many keys into batch, in one call of C at a lower cost a key, and
// returns how many were found. On failure the batch is empty.
func (c *Cache) GetMany(keys [][]byte, batch *Batch) (found int, err error) {
	batch.starts = batch.starts[:0]
	batch.keys.pack(keys)
	batch.sizes = slices.Grow(batch.sizes[:0], len(keys))[:len(keys)]
	used, err := c.readMany(batch)
	if err != nil {
		return 0, err
	}
	batch.values = batch.values[:used]
	start := 0
	for _, size := range batch.sizes {
		batch.starts = append(batch.starts, start)
		if size != missing {
			start += int(size)
			found++
		}
	}
	return found, nil
}

// readMany fills sizes, and values up to the size it returns.
func (c *Cache) readMany(b *Batch) (used int, err error) {
	defer runtime.KeepAlive(c)
	keys, keySizes, sizes := b.keys.bytes, b.keys.sizes, b.sizes
	b.values = slices.Grow(b.values[:0], 64*len(sizes))
	for len(sizes) > 0 {
		var done uint64
		var failed *capi.Error
		status := capi.CacheReadMany(c.raw, uint64(len(sizes)), keys, keySizes,
			b.values[used:cap(b.values)], sizes, &done, &failed)
		if err := check(status, failed); err != nil {
			return 0, err
		}
		for i := range done {
			keys = keys[keySizes[i]:]
			if sizes[i] != missing {
				used += int(sizes[i])
			}
		}
		keySizes, sizes = keySizes[done:], sizes[done:]
		if status == capi.StatusShortBuffer {
			b.values = slices.Grow(b.values[:used], max(int(sizes[0]), cap(b.values)))
		}
	}
	return used, nil
}

// PinMany pins the values of many keys in one call. It answers in the order of the keys, with nil
// where there is no value, or no room to unpack it.
func (c *Cache) PinMany(keys [][]byte) ([]*Value, error) {
	defer runtime.KeepAlive(c)
	b := scratch.Get().(*puts)
	defer scratch.Put(b)
	b.keys.pack(keys)
	pinned := make([]*capi.Value, len(keys))
	var found uint64
	var failed *capi.Error
	status := capi.CacheGetMany(c.raw, uint64(len(keys)), b.keys.bytes, b.keys.sizes, pinned,
		&found, &failed)
	if err := check(status, failed); err != nil {
		return nil, err
	}
	values := make([]*Value, len(keys))
	for i, raw := range pinned {
		if raw != nil {
			values[i] = adoptValue(raw)
		}
	}
	return values, nil
}

// PutMany stores values[i] under keys[i], in turn and in one call, up to the first that has no room.
// It returns how many were stored. A key or value that is too large for any cache fails before
// anything is stored.
func (c *Cache) PutMany(keys, values [][]byte) (stored int, err error) {
	return c.PutManyTTL(keys, values, 0)
}

// PutManyTTL is PutMany with a lifetime of its own; 0 is that of the cache.
func (c *Cache) PutManyTTL(keys, values [][]byte, ttl time.Duration) (stored int, err error) {
	defer runtime.KeepAlive(c)
	ns, err := nanoseconds(ttl)
	if err != nil {
		return 0, err
	}
	if len(keys) != len(values) {
		return 0, &Error{StatusInvalid, fmt.Sprintf(
			"%d keys and %d values do not make pairs", len(keys), len(values)), nil}
	}
	b := scratch.Get().(*puts)
	defer scratch.Put(b)
	b.keys.pack(keys)
	b.values.pack(values)
	var count uint64
	var failed *capi.Error
	status := capi.CachePutMany(c.raw, uint64(len(keys)), b.keys.bytes, b.keys.sizes,
		b.values.bytes, b.values.sizes, ns, &count, &failed)
	return int(count), check(status, failed)
}

// puts is the memory of one PutMany, kept for the next.
type puts struct{ keys, values packed }

var scratch = sync.Pool{New: func() any { return new(puts) }}

// packed is many keys or values as C takes them: one after the other, and their sizes.
type packed struct {
	bytes []byte
	sizes []uint32
}

func (p *packed) pack(items [][]byte) { pack(p, items) }

func pack[S ~string | ~[]byte](p *packed, items []S) {
	p.bytes, p.sizes = p.bytes[:0], p.sizes[:0]
	for _, item := range items {
		p.bytes = append(p.bytes, item...)
		p.sizes = append(p.sizes, size32(len(item)))
	}
}

// size32 is a size as C has it; what is beyond it is beyond every limit as well.
func size32(size int) uint32 { return uint32(min(size, math.MaxUint32)) }
