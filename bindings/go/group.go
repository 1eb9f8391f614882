// Batches and races: many calls of one function, and how each ended.

package brisk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Outcome is how one item of a batch ended.
type Outcome struct {
	// State is one of the ends of TaskState.
	State TaskState
	// Err is nil for an item that succeeded, what the item returned where it failed, and otherwise why
	// it has no answer.
	Err error
}

// group is a batch while it goes on.
type group struct {
	workers *Workers
	number  uint64
	above   context.Context // the caller's
	ctx     context.Context
	cancel  context.CancelFunc
	call    func(ctx context.Context, i int) error
	faults  []error // by item; read where C says that the item failed before the end
	left    atomic.Int64
	race    bool
	news    chan struct{} // that the end is near: all items are done, or one has won
}

// Batch calls run for each i from 0 to n-1, n at most 16777216, on as many threads as the pool has,
// and returns how each call ended. The context of the items is done when ctx is, and when the pool is
// closed. A panic of an item is its error, with the stack.
//
// An item that fails does not end the batch. When ctx ends first, so does the batch: items that run go
// on unheard, others are not begun, and the error is that of ctx. The error is [ErrRefused] when the
// queue has no room.
//
// A wait holds no thread; inside a task it does items of the batch, and other tasks, meanwhile.
func (w *Workers) Batch(
	ctx context.Context, n int, run func(ctx context.Context, i int) error,
) ([]Outcome, error) {
	g, raw, err := w.begin(ctx, n, false, run)
	if err != nil {
		return nil, err
	}
	defer capi.BatchUnref(raw)
	_, err = g.wait(raw)
	return g.outcomes(raw), err
}

// Race calls all of runs at once, as far as the pool has threads, and returns the value of the first
// that succeeds; then the context of the others is done. Where none does, the error wraps the error of
// each, in order, and is [ErrLoadFailed] unless ctx ended first.
func (w *Workers) Race(
	ctx context.Context, runs ...func(ctx context.Context) (any, error),
) (any, error) {
	if len(runs) == 0 {
		return nil, &Error{StatusInvalid, "a race has one function or more", nil}
	}
	values := make([]any, len(runs))
	g, raw, err := w.begin(ctx, len(runs), true, func(ctx context.Context, i int) (err error) {
		values[i], err = runs[i](ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	defer capi.BatchUnref(raw)
	winner, err := g.wait(raw)
	if winner < uint64(len(runs)) {
		return values[winner], nil
	}
	failures := []error{err}
	for i, outcome := range g.outcomes(raw) {
		failures = append(failures, fmt.Errorf("%d: %w", i, outcome.Err))
	}
	all := errors.Join(failures...)
	if err != nil {
		return nil, all
	}
	return nil, &Error{StatusLoadFailed, fmt.Sprintf("none of %d succeeded:\n%v", len(runs), all), all}
}

func (w *Workers) begin(
	ctx context.Context, n int, race bool, run func(ctx context.Context, i int) error,
) (*group, *capi.Batch, error) {
	defer runtime.KeepAlive(w)
	if n < 0 {
		return nil, nil, &Error{StatusInvalid, fmt.Sprintf("n is %d; a batch has 0 items or more", n), nil}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	var timeout uint64
	if deadline, ok := ctx.Deadline(); ok {
		timeout = uint64(max(time.Until(deadline), 1))
	}
	g := &group{workers: w, above: ctx, call: run, race: race, news: make(chan struct{}, 1)}
	g.faults = make([]error, n)
	g.left.Store(int64(n))
	g.ctx, g.cancel = context.WithCancel(ctx)
	g.number = addJob(g)
	var first uint32
	if race {
		first = 1
	}
	var raw *capi.Batch
	var failed *capi.Error
	status := capi.BatchGo(w.raw, uint64(n), timeout, first, g.number, &raw, &failed)
	if err := submitted(status, failed); err != nil {
		endJob(g.number)
		g.cancel()
		return nil, nil, err
	}
	if n == 0 {
		g.tell()
	}
	return g, raw, nil
}

// errNotBegun is of items that came after the end of their context.
var errNotBegun = errors.New("not begun")

// run is called by threads of the pool, for items from first to last until one fails. Before each it
// tells where it is.
func (g *group) run(first, last int, at *uintptr) capi.Status {
	ran := 0
	status := capi.StatusOK
	for i := first; i < last && status == capi.StatusOK; i++ {
		atomic.StoreUintptr(at, uintptr(i))
		if ended(g.above) || ended(g.ctx) {
			g.faults[i] = errNotBegun
			status = capi.StatusClosed
			break
		}
		ran++
		if err := guarded("the item", func() error { return g.call(g.ctx, i) }); err != nil {
			g.faults[i] = err
			status = capi.StatusLoadFailed
		}
	}
	if g.left.Add(-int64(ran)) == 0 || (g.race && status == capi.StatusOK) {
		g.tell()
	}
	return status
}

func (g *group) owner() *Workers { return g.workers }
func (g *group) closed()         { g.cancel() }

func (g *group) tell() {
	select {
	case g.news <- struct{}{}:
	default:
	}
}

// wait returns when the batch has ended in C, and which item succeeded first, if one did.
func (g *group) wait(raw *capi.Batch) (winner uint64, err error) {
	defer endJob(g.number)
	defer g.cancel()
	if !capi.InTask() {
		select {
		case <-g.news:
		case <-g.ctx.Done():
		}
	}
	for {
		if g.ctx.Err() != nil && !late(g.above, g.ctx) {
			capi.BatchCancel(raw, nil)
		}
		var failed *capi.Error
		status := capi.BatchWait(raw, uint64(slice), &winner, &failed)
		if status == capi.StatusTimeout {
			continue
		}
		switch {
		case status < 0:
			return winner, failure(status, failed)
		case g.above.Err() != nil && g.left.Load() > 0:
			return winner, g.above.Err()
		case g.workers.isClosed() && g.left.Load() > 0:
			return winner, unfinished(g.workers, TaskStateCancelled, "the batch")
		}
		return winner, nil
	}
}

// outcomes tells how each item ended.
func (g *group) outcomes(raw *capi.Batch) []Outcome {
	states := make([]int32, len(g.faults))
	capi.BatchStates(raw, uint64(len(states)), states, nil)
	all := make([]Outcome, len(states))
	var reasons [TaskStateNeverStarted + 1]error
	for i, state := range states {
		all[i].State = TaskState(state)
		if all[i].State == TaskStateFailed && g.faults[i] == errNotBegun {
			all[i].State = TaskStateCancelled
			if late(g.above, g.ctx) {
				all[i].State = TaskStateNeverStarted
			}
		}
		switch all[i].State {
		case TaskStateDone:
		case TaskStateFailed:
			all[i].Err = g.faults[i]
		default:
			reason := &reasons[all[i].State]
			if *reason == nil {
				*reason = unfinished(g.workers, all[i].State, "the item")
			}
			all[i].Err = *reason
		}
	}
	return all
}
