// GetOrLoad: a load that is one function call.

package brisk

import (
	"context"
	"fmt"
	"time"
)

// Loader makes a missing value. Its context carries the lead of this load, so that a load which it
// needs in turn knows for whom it is.
type Loader func(ctx context.Context) ([]byte, error)

// GetOrLoad returns the value of key, loading it when it is missing: one caller runs its loader, on
// its own goroutine and for as long as that takes, and the others wait for its value.
//
// The wait ends with the context's error, and where that has no deadline with [ErrTimeout] after the
// LoadTimeout of the cache; the load itself goes on.
//
// A loader that fails stores nothing: its caller gets an [ErrLoadFailed] that wraps the loader's
// error, those who wait get one with its text, and the next caller loads again. A panic of the
// loader, or its runtime.Goexit, fails the load as well and then takes its course. A loader that
// asks, directly or through others, for its own key gets [ErrDeadlock], as long as it passes its
// context on.
//
// The error is [ErrRefused] when there is no room to unpack a compressed value.
func (c *Cache) GetOrLoad(ctx context.Context, key []byte, load Loader) ([]byte, error) {
	return c.GetOrLoadTTL(ctx, key, 0, load)
}

// GetOrLoadTTL is GetOrLoad with a lifetime for the loaded value; 0 is that of the cache.
func (c *Cache) GetOrLoadTTL(
	ctx context.Context, key []byte, ttl time.Duration, load Loader,
) ([]byte, error) {
	if _, err := nanoseconds(ttl); err != nil {
		return nil, err
	}
	value, lease, err := c.begin(ctx, key)
	if value != nil {
		return takeValue(value), nil
	}
	if err != nil {
		return nil, err
	}
	defer lease.Release()
	if !lease.Leads() {
		value, err := lease.wait(ctx)
		if value != nil {
			return takeValue(value), nil
		}
		if err != nil {
			return nil, err
		}
		// The leader abandoned the load, and this caller leads now.
	}
	return lease.run(ctx, ttl, load)
}

// run makes the value and ends the load, however the loader ends.
func (l *Lease) run(ctx context.Context, ttl time.Duration, load Loader) ([]byte, error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if thrown := recover(); thrown != nil {
			l.Fail(fmt.Sprintf("the loader panicked: %v", thrown))
			panic(thrown)
		}
		l.Fail("the loader ended its goroutine")
	}()
	value, err := load(WithLead(ctx, l))
	returned = true
	if err != nil {
		l.Fail(err.Error())
		return nil, &Error{StatusLoadFailed, err.Error(), err}
	}
	if err := l.Complete(value, ttl); err != nil {
		l.Fail(err.Error())
		return nil, err
	}
	return value, nil
}
