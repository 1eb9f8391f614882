// Task: one call of a function on a thread of a pool.

package brisk

import (
	"context"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// TaskOptions are the settings of a task; what is zero has the documented default.
type TaskOptions struct {
	// Priority decides when it is taken; default TaskPriorityNormal.
	Priority TaskPriority
	// Deadline is the time from now in which it must end; default Forever. That of the context counts
	// as well.
	Deadline time.Duration
	// Bytes is the memory that the task will take, as in "64 MiB": it starts when the budget of the
	// runtime has it, and gives it back when it ends; default none.
	Bytes string
	// Name is a name for reports, of at most 255 bytes; default none.
	Name string
	// Room is how long to wait for room in a full queue; default not at all. The wait ends with the
	// context as well.
	Room time.Duration
}

// Task is one call of a function on a thread of a pool.
type Task struct {
	workers *Workers
	above   context.Context // the caller's
	ctx     context.Context
	cancel  context.CancelFunc
	unwatch func() bool // stops looking at the context; nil where it never ends
	call    func(context.Context) (any, error)
	done    chan struct{}

	// What the function gave. It is read when the task ended by it.
	given any
	fault error

	mu    sync.Mutex // held while it is submitted
	raw   *capi.Task // nil once it has ended
	state TaskState
	value any
	err   error
}

// Submit queues a call of run. Its context is done when ctx is, when the task is cancelled or its pool
// closed, and when its deadline passes.
//
// When ctx ends, a task that has not begun ends with it, and one that runs may look. A panic of run is
// its error, with the stack. It may not call runtime.Goexit.
//
// The error is [ErrRefused] when the queue has no room, and [ErrTooLarge] when the budget could never
// have the bytes of the task.
func (w *Workers) Submit(
	ctx context.Context, run func(ctx context.Context) (any, error),
) (*Task, error) {
	return w.SubmitWith(ctx, TaskOptions{}, run)
}

// SubmitWith is Submit with settings.
func (w *Workers) SubmitWith(
	ctx context.Context, options TaskOptions, run func(ctx context.Context) (any, error),
) (*Task, error) {
	defer runtime.KeepAlive(w)
	queue, err := completions()
	if err != nil {
		return nil, err
	}
	raw, room, err := options.raw()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &Task{workers: w, above: ctx, call: run, done: make(chan struct{})}
	if options.Deadline != 0 && options.Deadline != Forever {
		t.ctx, t.cancel = context.WithTimeout(ctx, options.Deadline)
	} else {
		t.ctx, t.cancel = context.WithCancel(ctx)
	}
	if deadline, ok := t.ctx.Deadline(); ok {
		raw.DeadlineNs = uint64(max(time.Until(deadline), 1))
	}
	number := addJob(t)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := w.submit(t, &raw, number, room, queue); err != nil {
		endJob(number)
		t.cancel()
		return nil, err
	}
	if ctx.Done() != nil || raw.DeadlineNs != 0 {
		t.unwatch = context.AfterFunc(t.ctx, t.interrupt)
	}
	return t, nil
}

func (o *TaskOptions) raw() (raw capi.TaskOptions, room uint64, err error) {
	raw = capi.NewTaskOptions()
	raw.Priority = o.Priority
	raw.NameSize = size32(len(o.Name))
	raw.Name = unsafe.Pointer(unsafe.StringData(o.Name))
	if raw.Bytes, err = optionalSize(o.Bytes); err != nil {
		return raw, 0, err
	}
	if raw.DeadlineNs, err = nanoseconds(o.Deadline); err != nil {
		return raw, 0, err
	}
	room, err = nanoseconds(o.Room)
	return raw, room, err
}

// submit queues the task. Of the goroutines that wait for room one does so inside C, a slice at a
// time, and the others for it.
func (w *Workers) submit(
	t *Task, raw *capi.TaskOptions, number, room uint64, queue *capi.Completions,
) error {
	status, failed := t.queue(raw, number, 0, queue)
	if status != capi.StatusRefused || room == 0 {
		return submitted(status, failed)
	}
	timer := time.NewTimer(time.Duration(min(room, uint64(Forever))))
	defer timer.Stop()
	select {
	case w.room <- struct{}{}:
		defer func() { <-w.room }()
	case <-timer.C:
		return submitted(status, nil)
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
	for {
		status, failed = t.queue(raw, number, slice, queue)
		if status != capi.StatusRefused {
			return submitted(status, failed)
		}
		select {
		case <-timer.C:
			return submitted(status, nil)
		case <-t.ctx.Done():
			return t.ctx.Err()
		default:
		}
	}
}

func (t *Task) queue(
	raw *capi.TaskOptions, number uint64, wait time.Duration, queue *capi.Completions,
) (status capi.Status, failed *capi.Error) {
	var made *capi.Task
	status = capi.SubmitGo(t.workers.raw, raw, number, uint64(wait), queue, &made, &failed)
	t.raw = made
	return status, failed
}

func submitted(status capi.Status, failed *capi.Error) error {
	if status == capi.StatusRefused {
		return &Error{StatusRefused, "the queue of the pool is full; submit less at a time, wait with" +
			" TaskOptions.Room, or give the pool a longer queue", nil}
	}
	return check(status, failed)
}

// run is called by a thread of the pool.
func (t *Task) run() capi.Status {
	t.fault = over(t.above, t.ctx)
	if t.fault == nil {
		t.fault = guarded("the task", func() (err error) {
			t.given, err = t.call(t.ctx)
			return err
		})
	}
	if t.fault == nil {
		return capi.StatusOK
	}
	if over(t.above, t.ctx) != nil {
		t.interrupt() // so that C knows as well why it failed
	}
	return capi.StatusLoadFailed
}

// over tells why ctx ended. It ends a moment after the one above it, as others do in any order.
func over(above, ctx context.Context) error {
	if err := above.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// ended is whether it has, from many threads at once: Err locks, and a channel that is open does not.
func ended(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// late reports whether it ended by a deadline, which C then knows as well.
func late(above, ctx context.Context) bool {
	_, known := ctx.Deadline()
	return known && over(above, ctx) == context.DeadlineExceeded
}

func (t *Task) owner() *Workers { return t.workers }
func (t *Task) closed()         { t.cancel() }

// settle takes over how the task ended, when it has.
func (t *Task) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw == nil {
		return
	}
	t.state = capi.TaskPoll(t.raw)
	switch t.state {
	case TaskStateQueued, TaskStateRunning:
		return
	case TaskStateDone:
		t.value = t.given
	case TaskStateFailed:
		t.err = t.fault
	case TaskStateCancelled:
		if t.err = t.fault; t.err == nil {
			t.err = unfinished(t.workers, t.state, "the task")
		}
	default:
		t.err = unfinished(t.workers, t.state, "the task")
	}
	capi.TaskUnref(t.raw)
	t.raw = nil
	if t.unwatch != nil {
		t.unwatch()
	}
	t.cancel()
	close(t.done)
}

// hold returns the task in C with a reference of its own, nil once it has ended.
func (t *Task) hold() *capi.Task {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw == nil {
		return nil
	}
	return capi.TaskRef(t.raw)
}

// interrupt tells C that the context ended before the task did.
func (t *Task) interrupt() {
	raw := t.hold()
	if raw == nil {
		return
	}
	defer capi.TaskUnref(raw)
	if !late(t.above, t.ctx) {
		capi.TaskCancel(raw, nil)
		return
	}
	// The deadline in C was set a moment later. Where it has passed, a wait ends the task.
	for end := time.Now().Add(slice); capi.TaskIsCancelled(raw) == 0 && time.Now().Before(end); {
		time.Sleep(time.Microsecond)
	}
	var state TaskState
	capi.TaskWait(raw, 1, &state, nil)
}

// Cancel ends the task when it has not begun; one that runs finds its context done. It may be called
// again.
func (t *Task) Cancel() {
	if raw := t.hold(); raw != nil {
		capi.TaskCancel(raw, nil)
		capi.TaskUnref(raw)
		t.cancel()
	}
}

// Done returns a channel that is closed when the task has ended.
func (t *Task) Done() <-chan struct{} { return t.done }

// State returns how far the task is, or how it ended.
func (t *Task) State() TaskState {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw == nil {
		return t.state
	}
	return capi.TaskPoll(t.raw)
}

// Wait waits for the end of the task, and returns what its function gave. A wait holds no thread;
// inside a task, it runs other tasks of the pool meanwhile, so that tasks may wait for tasks. A task
// that waits for itself gets [ErrDeadlock].
//
// When ctx ends first, the error is its own, and the task goes on. A task whose deadline passed
// answers [ErrTimeout], one that a context or Cancel ended context.Canceled, or what its function
// returned then, and one that its pool left [ErrClosed].
func (t *Task) Wait(ctx context.Context) (any, error) {
	select {
	case <-t.done:
		return t.value, t.err
	default:
	}
	if capi.InTask() {
		if err := t.help(ctx); err != nil {
			return nil, err
		}
	}
	select {
	case <-t.done:
		return t.value, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// help waits inside C, which runs other tasks of the pool on this thread meanwhile.
func (t *Task) help(ctx context.Context) error {
	raw := t.hold()
	if raw == nil {
		return nil
	}
	defer capi.TaskUnref(raw)
	for ctx.Err() == nil {
		var state TaskState
		var failed *capi.Error
		status := capi.TaskWait(raw, uint64(slice), &state, &failed)
		if status == capi.StatusTimeout {
			continue
		}
		t.settle()
		return check(status, failed)
	}
	return ctx.Err()
}
