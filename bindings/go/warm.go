// Warm: the keys that are asked for most, and loads of those that are missing.

package brisk

import (
	"cmp"
	"context"
	"fmt"
	"runtime"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// HotKey is a key and how often it was asked for: exactly for some thousand lookups, then about.
// Every six hours counts are halved.
type HotKey struct {
	Key     []byte
	Lookups uint64
}

// KeyLoader makes the missing value of a key. Its context is that of a [Loader].
type KeyLoader func(ctx context.Context, key []byte) ([]byte, error)

// HotKeys returns the keys that are asked for most, whether they are in the cache or not, the hottest
// first; at most n.
func (c *Cache) HotKeys(n int) ([]HotKey, error) {
	if n < 0 {
		return nil, &Error{StatusInvalid, fmt.Sprintf("n is %d; give 0 or more", n), nil}
	}
	var cursor *capi.Cursor
	var failed *capi.Error
	status := capi.CacheHotKeys(c.raw, uint64(n), &cursor, &failed)
	runtime.KeepAlive(c)
	defer capi.CursorUnref(cursor)
	err := check(status, failed)
	if err != nil {
		return nil, err
	}
	var hottest []HotKey
	walk(cursor, func(key []byte, failure error) bool {
		if err = failure; err == nil {
			hottest = append(hottest, HotKey{key, capi.CursorLookups(cursor)})
		}
		return err == nil
	})
	return hottest, err
}

// Warm loads those of the topN hottest keys that are missing, on workers, or where that is nil one
// after the other on this goroutine. It returns how many were loaded.
//
// A loader that fails is passed over, and counted by LoadFailures of [CacheStats]; a key that another
// caller loads at the time is left to them. A load counts as one lookup of its key. When ctx ends,
// what has not begun is left, and the error is that of ctx.
func (c *Cache) Warm(
	ctx context.Context, topN int, load KeyLoader, workers *Workers,
) (loaded int, err error) {
	hottest, err := c.HotKeys(topN)
	if err != nil {
		return 0, err
	}
	var missing [][]byte
	for _, hot := range hottest {
		there, err := c.Contains(hot.Key)
		if err != nil {
			return 0, err
		}
		if !there {
			missing = append(missing, hot.Key)
		}
	}
	if workers == nil {
		for _, key := range missing {
			if err := ctx.Err(); err != nil {
				return loaded, err
			}
			if c.warmOne(ctx, key, load) == nil {
				loaded++
			}
		}
		return loaded, nil
	}
	outcomes, err := workers.Batch(ctx, len(missing), func(ctx context.Context, i int) error {
		return c.warmOne(ctx, missing[i], load)
	})
	for _, outcome := range outcomes {
		if outcome.State == TaskStateDone {
			loaded++
		}
	}
	return loaded, err
}

// warmOne returns no error when this call has loaded the key.
func (c *Cache) warmOne(ctx context.Context, key []byte, load KeyLoader) error {
	value, lease, err := c.begin(ctx, key)
	capi.ValueUnref(value)
	if err != nil {
		return err
	}
	if lease == nil {
		return errLoaded
	}
	defer lease.Release()
	if !lease.Leads() {
		return errLoaded
	}
	var failed error // also where a value from before stands in
	_, err = lease.run(ctx, 0, func(ctx context.Context) (made []byte, err error) {
		made, failed = load(ctx, key)
		return made, failed
	})
	return cmp.Or(failed, err)
}

// errLoaded is of a key that somebody else has loaded, or does.
var errLoaded = &Error{StatusExists, "another caller loads the key", nil}

// SaveHot writes the hot keys with their counts to a file that only its owner may read, in place of an
// older one and as a whole. A file that cannot be written is [ErrInvalid].
func (c *Cache) SaveHot(path string) error {
	defer runtime.KeepAlive(c)
	var failed *capi.Error
	return check(capi.CacheSaveHot(c.raw, []byte(path), &failed), failed)
}

// RestoreHot adds the hot keys of a file that SaveHot wrote, in an earlier process for example, and
// returns how many it has, 0 when there is none. A file that cannot be read, or is damaged, is
// [ErrInvalid], and nothing is added.
func (c *Cache) RestoreHot(path string) (restored uint64, err error) {
	defer runtime.KeepAlive(c)
	var failed *capi.Error
	status := capi.CacheRestoreHot(c.raw, []byte(path), &restored, &failed)
	return restored, check(status, failed)
}
