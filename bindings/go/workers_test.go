// Workers: tasks, how they end, and how their pool does.

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

func newWorkers(t testing.TB, options brisk.WorkersOptions) *brisk.Workers {
	t.Helper()
	workers, err := brisk.NewWorkers(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if stragglers, err := workers.Close(noDeadline); err != nil {
			t.Error(stragglers, err)
		}
	})
	return workers
}

func one(t testing.TB) *brisk.Workers { return newWorkers(t, brisk.WorkersOptions{Threads: 1}) }

type work = func(context.Context) (any, error)

func answer(value any, err error) work {
	return func(context.Context) (any, error) { return value, err }
}

func submit(t testing.TB, workers *brisk.Workers, options brisk.TaskOptions, run work) *brisk.Task {
	t.Helper()
	task, err := workers.SubmitWith(noDeadline, options, run)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// busy holds a thread until let is called; it does not look at its context.
func busy(t testing.TB, workers *brisk.Workers, options brisk.TaskOptions) (task *brisk.Task, let func()) {
	t.Helper()
	running, end := make(chan struct{}), make(chan struct{})
	task = submit(t, workers, options, func(context.Context) (any, error) {
		close(running)
		<-end
		return "let go", nil
	})
	let = sync.OnceFunc(func() { close(end) })
	t.Cleanup(let)
	<-running
	return task, let
}

func ends(t testing.TB, task *brisk.Task, state brisk.TaskState, kind error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(noDeadline, 30*time.Second)
	defer cancel()
	value, err := task.Wait(ctx)
	if !errors.Is(err, kind) || (kind != nil && value != nil) || ctx.Err() != nil {
		t.Errorf("the task gives %v, %v, want %v", value, err, kind)
	}
	if task.State() != state {
		t.Errorf("the task is %v, want %v", task.State(), state)
	}
}

func TestTasksGiveValues(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{})
	var tasks []*brisk.Task
	for i := range 1000 {
		tasks = append(tasks, submit(t, workers, brisk.TaskOptions{}, answer(i, nil)))
	}
	for i, task := range tasks {
		<-task.Done()
		if value, err := task.Wait(t.Context()); value != i || err != nil {
			t.Fatal(i, value, err)
		}
	}
	stats := must(workers.Stats())
	if stats.Done != 1000 || stats.Threads == 0 || stats.Queued != 0 || stats.RunMaxTime == 0 {
		t.Errorf("%+v", stats)
	}
}

func TestTasksFail(t *testing.T) {
	workers := one(t)
	mine := errors.New("mine")
	ends(t, submit(t, workers, brisk.TaskOptions{}, answer(nil, mine)), brisk.TaskStateFailed, mine)
	for _, thrown := range []any{"a text", mine, nil} {
		task := submit(t, workers, brisk.TaskOptions{}, func(context.Context) (any, error) { panic(thrown) })
		ends(t, task, brisk.TaskStateFailed, brisk.ErrLoadFailed)
		_, err := task.Wait(t.Context())
		if text := err.Error(); !strings.Contains(text, "the task panicked: ") || !strings.Contains(text, "workers_test.go") {
			t.Error(text)
		}
		if errors.Is(err, mine) != (thrown == mine) {
			t.Error(thrown, err)
		}
	}
	ends(t, submit(t, workers, brisk.TaskOptions{}, answer(7, nil)), brisk.TaskStateDone, nil)
	if stats := must(workers.Stats()); stats.Failed != 4 || stats.Done != 1 {
		t.Errorf("%+v", stats)
	}
}

func TestContextsCancelTasks(t *testing.T) {
	workers := one(t)
	ctx, cancel := context.WithCancel(noDeadline)
	looked := make(chan struct{})
	looks := must(workers.Submit(ctx, func(ctx context.Context) (any, error) {
		close(looked)
		<-ctx.Done()
		return nil, fmt.Errorf("seen: %w", ctx.Err())
	}))
	<-looked
	queued := must(workers.Submit(ctx, func(context.Context) (any, error) { panic("was cancelled") }))
	cancel()
	ends(t, looks, brisk.TaskStateCancelled, context.Canceled)
	if _, err := looks.Wait(noDeadline); !strings.Contains(err.Error(), "seen: ") {
		t.Error(err)
	}
	ends(t, queued, brisk.TaskStateCancelled, context.Canceled)
	_, err := workers.Submit(ctx, answer(nil, nil))
	expectError(t, err, context.Canceled)

	task, let := busy(t, workers, brisk.TaskOptions{})
	behind := submit(t, workers, brisk.TaskOptions{}, answer(nil, nil))
	for range 2 {
		behind.Cancel()
		task.Cancel()
	}
	ends(t, behind, brisk.TaskStateCancelled, context.Canceled)
	let()
	ends(t, task, brisk.TaskStateDone, nil) // it did not look
	task.Cancel()
}

func TestDeadlines(t *testing.T) {
	workers := one(t)
	unhurried(t, func(deadline time.Duration) bool {
		soon := brisk.TaskOptions{Deadline: deadline}
		begun := time.Now()
		seen, end := make(chan error, 1), make(chan struct{})
		defer close(end)
		running := submit(t, workers, soon, func(ctx context.Context) (any, error) {
			<-ctx.Done()
			seen <- ctx.Err()
			<-end
			return "late", nil
		})
		if _, err := running.Wait(noDeadline); running.State() == brisk.TaskStateNeverStarted {
			expectError(t, err, brisk.ErrTimeout)
			return false
		}
		ends(t, running, brisk.TaskStateTimedOut, brisk.ErrTimeout)
		ends(t, running, brisk.TaskStateTimedOut, context.DeadlineExceeded)
		if took := time.Since(begun); took < deadline {
			t.Error(took)
		}
		expectError(t, <-seen, context.DeadlineExceeded)
		return true
	})
	_, let := busy(t, workers, brisk.TaskOptions{})
	defer let()
	soon := brisk.TaskOptions{Deadline: 20 * time.Millisecond}
	queued := submit(t, workers, soon, func(context.Context) (any, error) { panic("is late") })
	ends(t, queued, brisk.TaskStateNeverStarted, brisk.ErrTimeout)
	unhurried(t, func(deadline time.Duration) bool {
		ctx, cancel := context.WithTimeout(noDeadline, deadline)
		defer cancel()
		below, err := workers.SubmitWith(ctx, brisk.TaskOptions{Deadline: time.Hour}, answer(nil, nil))
		if err != nil {
			expectError(t, err, context.DeadlineExceeded)
			return false
		}
		ends(t, below, brisk.TaskStateNeverStarted, brisk.ErrTimeout)
		return true
	})
	_, err := workers.SubmitWith(noDeadline, brisk.TaskOptions{Deadline: -1}, answer(nil, nil))
	expectError(t, err, brisk.ErrInvalid)
}

func TestPriorities(t *testing.T) {
	workers := one(t)
	_, let := busy(t, workers, brisk.TaskOptions{})
	var order []brisk.TaskPriority
	var tasks []*brisk.Task
	for _, priority := range []brisk.TaskPriority{
		brisk.TaskPriorityLow, brisk.TaskPriorityNormal, brisk.TaskPriorityHigh,
	} {
		tasks = append(tasks, submit(t, workers, brisk.TaskOptions{Priority: priority},
			func(context.Context) (any, error) { order = append(order, priority); return nil, nil }))
	}
	let()
	for _, task := range tasks {
		ends(t, task, brisk.TaskStateDone, nil)
	}
	if fmt.Sprint(order) != fmt.Sprint([]brisk.TaskPriority{
		brisk.TaskPriorityHigh, brisk.TaskPriorityNormal, brisk.TaskPriorityLow,
	}) {
		t.Error(order)
	}
}

func TestFullQueue(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 1, QueueTasks: 1})
	_, let := busy(t, workers, brisk.TaskOptions{})
	submit(t, workers, brisk.TaskOptions{}, answer(nil, nil))
	refused := func(ctx context.Context, room time.Duration, kind error) {
		t.Helper()
		_, err := workers.SubmitWith(ctx, brisk.TaskOptions{Room: room}, answer(nil, nil))
		expectError(t, err, kind)
	}
	refused(noDeadline, 0, brisk.ErrRefused)
	begun := time.Now()
	refused(noDeadline, 20*time.Millisecond, brisk.ErrRefused)
	if took := time.Since(begun); took < 20*time.Millisecond {
		t.Error(took)
	}
	ctx, cancel := context.WithTimeout(noDeadline, 20*time.Millisecond)
	defer cancel()
	refused(ctx, brisk.Forever, context.DeadlineExceeded)

	var all sync.WaitGroup
	for i := range 10 {
		all.Add(1)
		go func() {
			defer all.Done()
			task, err := workers.SubmitWith(noDeadline, brisk.TaskOptions{Room: brisk.Forever}, answer(i, nil))
			if err != nil {
				t.Error(err)
				return
			}
			ends(t, task, brisk.TaskStateDone, nil)
		}()
	}
	let()
	all.Wait()
	if must(workers.Stats()).Refused == 0 {
		t.Error("nothing was refused")
	}
}

func TestBytesComeFromTheBudget(t *testing.T) {
	home := must(brisk.NewRuntime(brisk.RuntimeOptions{Budget: "8 MiB"}))
	defer home.Close()
	workers := must(home.NewWorkers(brisk.WorkersOptions{Threads: 2, QueueBytes: "7 MiB"}))
	defer workers.Close(noDeadline)
	_, err := workers.SubmitWith(noDeadline, brisk.TaskOptions{Bytes: "9 MiB"}, answer(nil, nil))
	expectError(t, err, brisk.ErrTooLarge)
	_, err = workers.SubmitWith(noDeadline, brisk.TaskOptions{Bytes: "much"}, answer(nil, nil))
	expectError(t, err, brisk.ErrInvalid)
	_, let := busy(t, workers, brisk.TaskOptions{Bytes: "6 MiB"})
	waits := submit(t, workers, brisk.TaskOptions{Bytes: "6 MiB"}, answer(nil, nil))
	submit(t, workers, brisk.TaskOptions{}, answer(nil, nil)).Wait(noDeadline)
	if waits.State() != brisk.TaskStateQueued || must(home.Stats()).HeldBytes < 6<<20 {
		t.Error(waits.State(), must(home.Stats()))
	}
	_, err = workers.SubmitWith(noDeadline, brisk.TaskOptions{Bytes: "2 MiB"}, answer(nil, nil))
	expectError(t, err, brisk.ErrRefused)
	let()
	ends(t, waits, brisk.TaskStateDone, nil)
}

func TestTasksWaitForTasks(t *testing.T) {
	workers := one(t)
	var descend func(depth int) work
	descend = func(depth int) work {
		return func(ctx context.Context) (any, error) {
			if depth == 0 {
				return 0, nil
			}
			below, err := workers.Submit(ctx, descend(depth-1))
			if err != nil {
				return nil, err
			}
			value, err := below.Wait(ctx)
			if err != nil {
				return nil, err
			}
			return value.(int) + 1, nil
		}
	}
	task := submit(t, workers, brisk.TaskOptions{}, descend(64))
	ends(t, task, brisk.TaskStateDone, nil)
	if value, err := task.Wait(t.Context()); value != 64 {
		t.Error(value, err)
	}
}

func TestTaskWaitsForItself(t *testing.T) {
	workers := one(t)
	itself := make(chan *brisk.Task, 1)
	task := submit(t, workers, brisk.TaskOptions{}, func(ctx context.Context) (any, error) {
		return (<-itself).Wait(ctx)
	})
	itself <- task
	ends(t, task, brisk.TaskStateFailed, brisk.ErrDeadlock)
	closes := submit(t, workers, brisk.TaskOptions{}, func(ctx context.Context) (any, error) {
		_, err := workers.Close(ctx)
		return nil, err
	})
	ends(t, closes, brisk.TaskStateFailed, brisk.ErrDeadlock)
}

func TestWaitsEndWithTheirContext(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 2})
	task, let := busy(t, workers, brisk.TaskOptions{})
	wait := func(context.Context) (any, error) {
		ctx, cancel := context.WithTimeout(noDeadline, 20*time.Millisecond)
		defer cancel()
		return task.Wait(ctx)
	}
	_, err := wait(nil)
	expectError(t, err, context.DeadlineExceeded)
	ends(t, submit(t, workers, brisk.TaskOptions{}, wait), brisk.TaskStateFailed, context.DeadlineExceeded)
	let()
	ends(t, task, brisk.TaskStateDone, nil)
}

func TestCloseListsStragglers(t *testing.T) {
	workers := one(t)
	slow, let := busy(t, workers, brisk.TaskOptions{Name: "import of events.h5"})
	queued := submit(t, workers, brisk.TaskOptions{}, answer(nil, nil))
	ctx, cancel := context.WithTimeout(noDeadline, 20*time.Millisecond)
	defer cancel()
	stragglers, err := workers.Close(ctx)
	expectError(t, err, context.DeadlineExceeded)
	if len(stragglers) != 1 || !strings.HasPrefix(stragglers[0], "import of events.h5 (") || !strings.HasSuffix(stragglers[0], " ms)") {
		t.Errorf("%q", stragglers)
	}
	ends(t, queued, brisk.TaskStateNeverStarted, brisk.ErrClosed)
	_, err = workers.Submit(noDeadline, answer(nil, nil))
	expectError(t, err, brisk.ErrClosed)
	_, err = workers.Batch(noDeadline, 1, nil)
	expectError(t, err, brisk.ErrClosed)
	_, err = workers.Stats()
	expectError(t, err, brisk.ErrClosed)
	let()
	if stragglers, err := workers.Close(noDeadline); stragglers != nil || err != nil {
		t.Error(stragglers, err)
	}
	ends(t, slow, brisk.TaskStateDone, nil)
}

func TestCloseCancelsWhatRuns(t *testing.T) {
	workers := one(t)
	running := make(chan struct{})
	task := submit(t, workers, brisk.TaskOptions{}, func(ctx context.Context) (any, error) {
		close(running)
		<-ctx.Done()
		return nil, nil
	})
	<-running
	if _, err := workers.Close(noDeadline); err != nil {
		t.Error(err)
	}
	ends(t, task, brisk.TaskStateDone, nil)
}

func TestForgottenPoolsDoTheirTasks(t *testing.T) {
	home := must(brisk.NewRuntime(brisk.RuntimeOptions{}))
	defer home.Close()
	var ran atomic.Int64
	before := threads()
	func() {
		for range 20 {
			workers := must(home.NewWorkers(brisk.WorkersOptions{Threads: 1}))
			for range 10 {
				must(workers.Submit(noDeadline, func(context.Context) (any, error) {
					time.Sleep(time.Millisecond)
					return ran.Add(1), nil
				}))
			}
		}
	}()
	eventually(t, "tasks are left", func() bool { return ran.Load() == 200 })
	eventually(t, "their threads live", func() bool { return threads() < before+15 })
}

func TestManyWaitsHoldNoThreads(t *testing.T) {
	workers := one(t)
	task, let := busy(t, workers, brisk.TaskOptions{})
	before := threads()
	var all sync.WaitGroup
	for range 1000 {
		all.Add(1)
		go func() { defer all.Done(); task.Wait(noDeadline) }()
	}
	time.Sleep(50 * time.Millisecond)
	if now := threads(); now > before+20 {
		t.Errorf("%d threads, %d before", now, before)
	}
	let()
	all.Wait()
}

func TestManyGoroutinesShareAPool(t *testing.T) {
	workers := newWorkers(t, brisk.WorkersOptions{Threads: 4})
	var all sync.WaitGroup
	for i := range 32 {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := range 100 {
				ctx, cancel := context.WithTimeout(noDeadline, time.Duration(1+n%7)*100*time.Microsecond)
				task, err := workers.Submit(ctx, func(ctx context.Context) (any, error) {
					if n%3 == 0 {
						<-ctx.Done()
					}
					return n, nil
				})
				if err == nil && i%2 == 0 {
					task.Cancel()
				}
				if err == nil {
					task.Wait(noDeadline)
				}
				cancel()
			}
		}()
	}
	all.Wait()
	eventually(t, "tasks are left", func() bool {
		stats := must(workers.Stats())
		return stats.Running == 0 && stats.Queued == 0
	})
}

func TestEmptyPool(t *testing.T) {
	var workers brisk.Workers
	_, err := workers.Submit(noDeadline, answer(nil, nil))
	expectError(t, err, brisk.ErrInvalid)
	_, err = workers.Close(noDeadline)
	expectError(t, err, brisk.ErrInvalid)
	for _, options := range []brisk.WorkersOptions{
		{Threads: 1025}, {QueueTasks: 1 << 25}, {QueueBytes: "x"}, {Name: "a name too long"},
	} {
		_, err := brisk.NewWorkers(options)
		expectError(t, err, brisk.ErrInvalid)
	}
}
