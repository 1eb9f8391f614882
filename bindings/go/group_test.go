// Batches, races and limiters.

package brisk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func TestBatchTellsOfEachItem(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 2})
	mine := errors.New("mine")
	var sum atomic.Int64
	outcomes, err := workers.Batch(noDeadline, 1000, func(_ context.Context, i int) error {
		sum.Add(int64(i))
		switch i {
		case 3:
			return mine
		case 4:
			panic("an item")
		}
		return nil
	})
	if err != nil || len(outcomes) != 1000 || sum.Load() != 999*1000/2 {
		t.Fatal(len(outcomes), err, sum.Load())
	}
	for i, outcome := range outcomes {
		switch i {
		case 3:
			expectError(t, outcome.Err, mine)
		case 4:
			expectError(t, outcome.Err, brisk.ErrLoadFailed)
		default:
			if outcome != (brisk.Outcome{State: brisk.TaskStateDone}) {
				t.Fatal(i, outcome)
			}
		}
	}
	if outcomes[3].State != brisk.TaskStateFailed {
		t.Error(outcomes[3])
	}
	if outcomes, err := workers.Batch(noDeadline, 0, nil); len(outcomes) != 0 || err != nil {
		t.Error(outcomes, err)
	}
	_, err = workers.Batch(noDeadline, -1, nil)
	expectError(t, err, brisk.ErrInvalid)
	_, err = workers.Batch(noDeadline, 1<<24+1, nil)
	expectError(t, err, brisk.ErrTooLarge)
}

// An item that fails is told even when others never are.
func TestBatchEndsWithItsContext(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 2})
	ends := func(how error, deadline time.Duration) bool {
		let := make(chan struct{})
		defer close(let)
		ctx, cancel := context.WithTimeout(noDeadline, deadline)
		defer cancel()
		var held atomic.Int32
		outcomes, err := workers.Batch(ctx, 9, func(_ context.Context, i int) error {
			if i == 0 {
				return errors.New("early")
			}
			// With both threads held the first item has returned.
			if held.Add(1) == 2 && how == context.Canceled {
				cancel()
			}
			<-let
			return nil
		})
		if how == context.DeadlineExceeded && held.Load() < 2 {
			return false
		}
		expectError(t, err, how)
		states := map[brisk.TaskState]int{}
		for _, outcome := range outcomes {
			states[outcome.State]++
			if outcome.Err == nil {
				t.Error(outcome)
			}
		}
		runs, never := brisk.TaskStateTimedOut, brisk.TaskStateNeverStarted
		if how == context.Canceled {
			runs, never = brisk.TaskStateCancelled, brisk.TaskStateCancelled
		}
		if outcomes[0].State != brisk.TaskStateFailed || states[runs] == 0 || states[never] < 6 {
			t.Error(how, states)
		}
		return true
	}
	ends(context.Canceled, time.Hour)
	unhurried(t, func(deadline time.Duration) bool { return ends(context.DeadlineExceeded, deadline) })
}

func TestBatchDoesNotWaitForOtherTasks(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 2})
	_, let := busy(t, workers, brisk.TaskOptions{})
	hangs := time.AfterFunc(30*time.Second, let)
	if _, err := workers.Batch(noDeadline, 10, func(context.Context, int) error { return nil }); err != nil {
		t.Error(err)
	}
	if !hangs.Stop() {
		t.Error("it waits for another task")
	}
	let()
}

func TestBatchInsideATask(t *testing.T) {
	workers := one(t)
	task := submit(t, workers, brisk.TaskOptions{}, func(ctx context.Context) (any, error) {
		var ran atomic.Int64
		_, err := workers.Batch(ctx, 100, func(ctx context.Context, _ int) error {
			inner, err := workers.Submit(ctx, answer(nil, nil))
			if err == nil {
				_, err = inner.Wait(ctx)
			}
			ran.Add(1)
			return err
		})
		return ran.Load(), err
	})
	ends(t, task, brisk.TaskStateDone, nil)
	if value, err := task.Wait(noDeadline); value != int64(100) {
		t.Error(value, err)
	}
}

func TestCloseEndsBatches(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 2})
	running := make(chan struct{})
	once := sync.OnceFunc(func() { close(running) })
	told := make(chan error, 1)
	go func() {
		_, err := workers.Batch(noDeadline, 100, func(ctx context.Context, _ int) error {
			once()
			<-ctx.Done()
			return ctx.Err()
		})
		told <- err
	}()
	<-running
	if stragglers, err := workers.Close(noDeadline); err != nil {
		t.Error(stragglers, err)
	}
	expectError(t, <-told, brisk.ErrClosed)
}

func TestRace(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 3})
	lost := make(chan error, 1)
	value, err := workers.Race(noDeadline, answer(nil, errors.New("no")), answer("yes", nil),
		func(ctx context.Context) (any, error) {
			<-ctx.Done()
			lost <- ctx.Err()
			return nil, ctx.Err()
		})
	if value != "yes" || err != nil {
		t.Error(value, err)
	}
	select {
	case err := <-lost:
		expectError(t, err, context.Canceled)
	case <-time.After(50 * time.Millisecond): // it was never begun
	}

	first, second := errors.New("the first"), errors.New("the second")
	value, err = workers.Race(noDeadline, answer(1, first), answer(2, second))
	for _, kind := range []error{brisk.ErrLoadFailed, first, second} {
		expectError(t, err, kind)
	}
	if text := err.Error(); value != nil || !strings.Contains(text, "0: the first\n1: the second") {
		t.Error(value, text)
	}
	_, err = workers.Race(noDeadline)
	expectError(t, err, brisk.ErrInvalid)
	ctx, cancel := context.WithTimeout(noDeadline, 20*time.Millisecond)
	defer cancel()
	_, err = workers.Race(ctx, func(ctx context.Context) (any, error) {
		<-ctx.Done()
		time.Sleep(50 * time.Millisecond)
		return "late", nil
	})
	expectError(t, err, context.DeadlineExceeded)
}

func TestLimiter(t *testing.T) {
	limiter := must(brisk.NewLimiter(100, 2))
	begun := time.Now()
	var all sync.WaitGroup
	for range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := limiter.Acquire(noDeadline, 1); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	if took := time.Since(begun); took < 39*time.Millisecond || took > 30*time.Second {
		t.Error(took)
	}
	if stats := must(limiter.Stats()); stats.Acquired != 6 || stats.Available > 2 {
		t.Errorf("%+v", stats)
	}
	// So slow that no pause of the machine lets a token come.
	slow := must(brisk.NewLimiter(0.001, 1))
	if err := slow.Acquire(noDeadline, 1); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(noDeadline, 5*time.Millisecond)
	defer cancel()
	expectError(t, slow.Acquire(ctx, 1), brisk.ErrTimeout)
	cancelled, stop := context.WithCancel(noDeadline)
	time.AfterFunc(5*time.Millisecond, stop)
	expectError(t, slow.Acquire(cancelled, 0.01), context.Canceled)
	expectError(t, slow.Acquire(noDeadline, 1), brisk.ErrTimeout)
	if stats := must(slow.Stats()); stats.Refused == 0 {
		t.Errorf("%+v", stats)
	}
	for _, tokens := range []float64{0, -1, 3} {
		expectError(t, limiter.Acquire(noDeadline, tokens), brisk.ErrInvalid)
	}
	for _, bad := range [][2]float64{{0, 1}, {-1, 1}, {1, 0.5}} {
		_, err := brisk.NewLimiter(bad[0], bad[1])
		expectError(t, err, brisk.ErrInvalid)
	}
}

func ExampleTask_Done() {
	workers := must(brisk.NewWorkers(brisk.WorkersOptions{Threads: 1}))
	defer workers.Close(context.Background())
	task, err := workers.Submit(context.Background(), answer(42, nil))
	if err != nil {
		return
	}
	select {
	case <-task.Done():
		fmt.Println(task.Wait(context.Background()))
	case <-time.After(10 * time.Second):
		task.Cancel()
	}
	// Output: 42 <nil>
}
