// Leases: the steps of a load, and the wait for one that somebody else leads.

package brisk

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Lease is a part in the load of one key: the lead, or a place among those who wait. Loads that are
// not one function call are built on it; [Cache.GetOrLoad] does for the others.
//
// Release it when its part is done. A lead that is released, or forgotten, before it ended its load
// abandons it.
type Lease struct {
	place *place
}

// place is what a lease holds. It is apart from the handle, so that it outlives a forgotten one.
type place struct {
	cache  *Cache
	key    string
	leader <-chan struct{} // announces the end of the load in flight, where a lease of Go leads it

	mu    sync.Mutex
	raw   *capi.Lease   // nil once released
	ended chan struct{} // announces the end of a load that this lease leads
}

type leadKey struct{}

// WithLead returns a context under which loads are begun on behalf of lead: a load that waits for
// itself, directly or through others, fails with [ErrDeadlock] at once. The loader of a GetOrLoad is
// given such a context.
func WithLead(ctx context.Context, lead *Lease) context.Context {
	return context.WithValue(ctx, leadKey{}, lead)
}

// Begin looks key up, and where it is missing joins its load. It never blocks. It returns either the
// value, pinned, or a lease: one that leads a new load and must end it, or one that waits for the
// load in flight. Both come where the value is from before, and may be used until the load ends, which
// the lease leads (CacheOptions.Stale). The error is [ErrRefused] when there is no room to unpack the value.
func (c *Cache) Begin(ctx context.Context, key []byte) (value *Value, lease *Lease, err error) {
	raw, lease, err := c.begin(ctx, key)
	if raw != nil {
		value = adoptValue(raw)
	}
	if lease != nil {
		runtime.AddCleanup(lease, (*place).release, lease.place)
	}
	return value, lease, err
}

func (c *Cache) begin(ctx context.Context, key []byte) (*capi.Value, *Lease, error) {
	defer runtime.KeepAlive(c)
	var above *capi.Lease
	if lead, ok := ctx.Value(leadKey{}).(*Lease); ok {
		// Held for the call. A lead that is over has been released: then there is none above.
		lead.place.mu.Lock()
		defer lead.place.mu.Unlock()
		above = lead.place.raw
	}
	var value *capi.Value
	var raw *capi.Lease
	var failed *capi.Error
	status := capi.CacheBegin(c.raw, key, above, &value, &raw, &failed)
	switch status {
	case capi.StatusOK:
		return value, nil, nil
	case capi.StatusRefused:
		return nil, nil, refused("there is no room to unpack the value")
	case capi.StatusAbsent:
		return nil, nil, absent(string(key))
	case capi.StatusLead, capi.StatusWait: // a value may come with the lead
		p := &place{cache: c, key: string(key), raw: raw}
		if status == capi.StatusLead {
			p.ended = c.announce(p.key)
		} else {
			p.leader = c.lead(p.key)
		}
		return value, &Lease{p}, nil
	}
	return nil, nil, failure(status, failed)
}

// Leads reports whether the lease leads its load, and has not ended it.
func (l *Lease) Leads() bool {
	l.place.mu.Lock()
	defer l.place.mu.Unlock()
	return l.place.ended != nil
}

// Complete ends the load with a value: everyone who waits gets it. It is stored, for ttl or with 0
// for the lifetime of the cache, unless the cache has no room, or the key was written or erased since
// the load began. A lease that does not lead, and a load that has ended, answer [ErrInvalid].
func (l *Lease) Complete(value []byte, ttl time.Duration) error {
	ns, err := nanoseconds(ttl)
	if err != nil {
		return err
	}
	return l.end(func(raw *capi.Lease, failed **capi.Error) capi.Status {
		return capi.LeaseComplete(raw, value, ns, nil, failed)
	})
}

// SetCost gives the cost that the value will carry, in place of the time that its load takes. It is for
// the lead, before Complete; see [Cache.PutCost].
func (l *Lease) SetCost(cost float64) error {
	defer runtime.KeepAlive(l)
	p := l.place
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw == nil {
		return released()
	}
	var failed *capi.Error
	return check(capi.LeaseSetCost(p.raw, cost, &failed), failed)
}

// CompleteAbsent ends the load with the knowledge that the key has no value: everyone who waits gets
// [ErrAbsent], and so does whoever asks for a load within ttl, or with 0 the lifetime of the cache.
func (l *Lease) CompleteAbsent(ttl time.Duration) error {
	ns, err := nanoseconds(ttl)
	if err != nil {
		return err
	}
	return l.end(func(raw *capi.Lease, failed **capi.Error) capi.Status {
		return capi.LeaseCompleteAbsent(raw, ns, failed)
	})
}

// Fail ends the load with a failure: everyone who waits gets [ErrLoadFailed] with this message, or the
// value from before (CacheOptions.StaleIfError), and so does this lease from Wait.
func (l *Lease) Fail(message string) error {
	_, err := l.fail(message)
	return err
}

func (l *Lease) fail(message string) (stale bool, err error) {
	err = l.end(func(raw *capi.Lease, failed **capi.Error) capi.Status {
		status := capi.LeaseFail(raw, []byte(message), failed)
		stale = status == capi.StatusStale
		return status
	})
	return stale, err
}

// Abandon gives the lead to one of those who wait; without them the load ends.
func (l *Lease) Abandon() error { return l.end(capi.LeaseAbandon) }

func (l *Lease) end(how func(*capi.Lease, **capi.Error) capi.Status) error {
	defer runtime.KeepAlive(l)
	p := l.place
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw == nil {
		return released()
	}
	var failed *capi.Error
	err := check(how(p.raw, &failed), failed)
	if err == nil {
		p.quit()
	}
	return err
}

// Release lets go of the lease. It may be called again, and while other calls run.
func (l *Lease) Release() { l.place.release() }

func (p *place) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw != nil {
		capi.LeaseUnref(p.raw)
		p.raw = nil
		p.quit()
	}
}

// quit tells those who wait in this process that the lead is over. With the lock.
func (p *place) quit() {
	if p.ended != nil {
		p.cache.wake(p.key, p.ended)
		p.ended = nil
	}
}

// Wait waits for the load to end and returns its value, pinned. It returns nil without an error when
// the leader abandoned the load and this lease leads it now.
//
// The wait ends with the context's error, and where that has no deadline with [ErrTimeout] after the
// LoadTimeout of the cache; the load goes on, and the lease may wait again. A failed load answers
// [ErrLoadFailed], a lease that leads a load which has not ended [ErrInvalid].
func (l *Lease) Wait(ctx context.Context) (*Value, error) {
	raw, err := l.wait(ctx)
	if raw == nil {
		return nil, err
	}
	return adoptValue(raw), nil
}

// A wait inside C would hold a thread of the system for each goroutine, and ten thousand of them
// would end the program. So the goroutine sleeps here until a leader in Go announces its end, and
// looks into C. For other leaders it looks again after an eighth of the time it has waited.
const (
	shortestNap  = 50 * time.Microsecond
	longestNap   = 20 * time.Millisecond
	announcedNap = 100 * time.Millisecond // a leader in Go may end in ways that it cannot announce
)

func (l *Lease) wait(ctx context.Context) (*capi.Value, error) {
	defer runtime.KeepAlive(l)
	p := l.place
	limit := p.cache.loadTimeout
	if _, ok := ctx.Deadline(); ok {
		limit = Forever
	}
	leader := p.leader
	select {
	case <-leader:
		leader = nil
	default:
	}
	begin := time.Now()
	timer := time.NewTimer(Forever)
	defer timer.Stop()
	for look := leader == nil; ; look = true {
		if look {
			if leader == nil {
				leader = p.cache.lead(p.key) // before the look, so that no end falls between
			}
			value, status, err := p.look()
			if status != capi.StatusTimeout {
				return value, err
			}
		}
		waited := time.Since(begin)
		if waited >= limit {
			return nil, &Error{StatusTimeout, fmt.Sprintf(
				"the load of key %.64q takes longer than %v and goes on; wait again, or give the"+
					" context a later deadline", p.key, limit), nil}
		}
		nap := announcedNap
		if leader == nil {
			nap = min(max(waited/8, shortestNap), longestNap)
		}
		timer.Reset(min(nap, limit-waited))
		select {
		case <-leader:
			leader = nil
		case <-p.cache.closed:
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// look tells how the load stands, without waiting for it.
func (p *place) look() (*capi.Value, capi.Status, error) {
	const atOnce = 1 // nanosecond; 0 would be the default
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw == nil {
		return nil, capi.StatusClosed, released()
	}
	var value *capi.Value
	var failed *capi.Error
	status := capi.LeaseWait(p.raw, atOnce, &value, &failed)
	if status == capi.StatusLead {
		p.ended = p.cache.announce(p.key)
	}
	if status == capi.StatusAbsent {
		return nil, status, absent(p.key)
	}
	return value, status, check(status, failed)
}

func released() error {
	return &Error{StatusClosed, "the lease was released; begin the load again", nil}
}

// announce notes that a lease of this package leads the load of key from now on.
func (c *Cache) announce(key string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	ended := make(chan struct{})
	c.leads[key] = ended
	return ended
}

// lead returns what announces the end of the load of key, nil when the leader is not of this package.
func (c *Cache) lead(key string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leads[key]
}

// wake tells those who wait. A key that was erased meanwhile may have a new leader, who stays.
func (c *Cache) wake(key string, ended chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leads[key] == ended {
		delete(c.leads, key)
	}
	close(ended)
}
