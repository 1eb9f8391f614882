// GetOrLoad: a load that is one function call.

package brisk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Loader makes a missing value. Its context carries the lead of this load, so that a load which it
// needs in turn knows for whom it is.
type Loader func(ctx context.Context) ([]byte, error)

// Absent is what a loader returns for a key that has no value: nobody loads it again within ttl, or
// with 0 the lifetime of the cache, and all get an [ErrAbsent].
func Absent(ttl time.Duration) error { return &noValue{ttl} }

type noValue struct{ ttl time.Duration }

func (*noValue) Error() string { return "brisk: there is no value" }

// GetOrLoad returns the value of key, loading it when it is missing: one caller runs its loader, on
// its own goroutine and for as long as that takes, and the others wait for its value.
//
// The wait ends with the context's error, and where that has no deadline with [ErrTimeout] after the
// LoadTimeout of the cache; the load itself goes on.
//
// A loader that fails stores nothing: its caller gets an [ErrLoadFailed] that wraps the loader's
// error, those who wait get one with its text, and the next caller loads again. Within
// CacheOptions.StaleIfError of its lifetime all of them get the value from before instead. A panic of the
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
	value, lease, err := c.join(ctx, key)
	if lease == nil {
		return value, err
	}
	defer lease.Release()
	return lease.run(ctx, ttl, load)
}

// GetOrRefresh is GetOrLoadTTL in a cache with CacheOptions.Stale: within that time of its lifetime the
// value from before comes at once, and load runs on a goroutine of the pool, under a context that does
// not end with ctx. Where the pool takes no task, it runs on this goroutine. What a load on the pool
// fails with is counted and told to nobody.
func (c *Cache) GetOrRefresh(
	ctx context.Context, key []byte, ttl time.Duration, workers *Workers, load Loader,
) ([]byte, error) {
	if _, err := nanoseconds(ttl); err != nil {
		return nil, err
	}
	value, lease, err := c.join(ctx, key)
	if lease == nil {
		return value, err
	}
	if value != nil {
		_, err := workers.Submit(context.WithoutCancel(ctx), func(ctx context.Context) (any, error) {
			defer lease.Release()
			return lease.run(ctx, ttl, load)
		})
		if err == nil {
			return value, nil
		}
	}
	defer lease.Release()
	return lease.run(ctx, ttl, load)
}

// join returns a value, or a lease that leads and the value, if any, that may be used meanwhile.
func (c *Cache) join(ctx context.Context, key []byte) ([]byte, *Lease, error) {
	value, lease, err := c.begin(ctx, key)
	if lease == nil {
		return taken(value), nil, err
	}
	if lease.Leads() {
		return taken(value), lease, nil
	}
	value, err = lease.wait(ctx)
	if value == nil && err == nil {
		return nil, lease, nil // its leader abandoned the load
	}
	lease.Release()
	return taken(value), nil, err
}

// taken is the bytes of a value, which is let go; never nil where there is one.
func taken(value *capi.Value) []byte {
	if value == nil {
		return nil
	}
	return takeValue(value)
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
	var none *noValue
	if errors.As(err, &none) {
		if err := l.CompleteAbsent(none.ttl); err != nil {
			return nil, err
		}
		return nil, absent(l.place.key)
	}
	if err != nil {
		if stale, _ := l.fail(err.Error()); stale {
			if value, _ := l.wait(ctx); value != nil {
				return takeValue(value), nil
			}
		}
		return nil, &Error{StatusLoadFailed, err.Error(), err}
	}
	if err := l.Complete(value, ttl); err != nil {
		l.Fail(err.Error())
		return nil, err
	}
	return value, nil
}
