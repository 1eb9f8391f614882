// Limiter: a bound on how often something is done.

package brisk

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Limiter bounds how often something is done: a bucket that holds tokens up to its burst and fills at
// its rate.
type Limiter struct {
	raw         *capi.Limiter
	rate, burst float64
	turn        chan struct{} // held by the goroutine whose tokens come next
}

// NewLimiter creates a limiter whose rate is in tokens a second, more than 0. The bucket holds burst
// tokens, at least 1, and is full at the start.
func NewLimiter(rate, burst float64) (*Limiter, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	var made *capi.Limiter
	var failed *capi.Error
	if err := check(capi.LimiterNew(rate, burst, &made, &failed), failed); err != nil {
		return nil, err
	}
	l := &Limiter{made, rate, burst, make(chan struct{}, 1)}
	runtime.AddCleanup(l, func(raw *capi.Limiter) { capi.LimiterUnref(raw) }, made)
	return l, nil
}

// Acquire takes tokens, more than 0 and at most the burst, and waits for them in turn; waits hold no
// thread. The wait ends with ctx, and without a deadline after 30 seconds. When the tokens would come
// too late, the error is [ErrTimeout] at once, and none are taken.
func (l *Limiter) Acquire(ctx context.Context, tokens float64) error {
	defer runtime.KeepAlive(l)
	limit := time.Now().Add(defaultWait)
	if deadline, ok := ctx.Deadline(); ok {
		limit = deadline
	}
	timer := time.NewTimer(time.Until(limit))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return tooLate(tokens)
	}
	for {
		// What C is asked for is there, but for a moment, or comes too late and is counted as refused.
		wait, err := l.missing(tokens)
		if err != nil {
			return err
		}
		remains := time.Until(limit)
		if wait <= time.Millisecond || wait > remains || !(tokens <= l.burst) {
			var failed *capi.Error
			moment := max(min(remains, 2*time.Millisecond), 1)
			status := capi.LimiterAcquire(l.raw, tokens, uint64(moment), &failed)
			switch {
			case status == capi.StatusTimeout && wait > remains:
				return tooLate(tokens)
			case status != capi.StatusTimeout:
				return check(status, failed)
			}
			continue
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// missing is how long it takes until the tokens are there.
func (l *Limiter) missing(tokens float64) (time.Duration, error) {
	stats, err := l.Stats()
	if err != nil {
		return 0, err
	}
	seconds := min((tokens-stats.Available)/l.rate, Forever.Seconds()/2)
	return time.Duration(seconds * float64(time.Second)), nil
}

func tooLate(tokens float64) error {
	return timedOut(fmt.Sprintf("%g tokens would not be there in time; wait longer, or take fewer", tokens))
}

// Stats reads the figures of the limiter.
func (l *Limiter) Stats() (LimiterStats, error) {
	defer runtime.KeepAlive(l)
	raw := capi.NewLimiterStats()
	var failed *capi.Error
	status := capi.LimiterReadStats(l.raw, &raw, &failed)
	return newLimiterStats(&raw), check(status, failed)
}
