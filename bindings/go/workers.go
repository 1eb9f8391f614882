// Workers: a pool of threads that Go shares with native code.

package brisk

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// WorkersOptions are the settings of a pool; what is zero has the documented default.
type WorkersOptions struct {
	// Threads bounds the threads, 1 to 1024; default one for each processor the process may use.
	Threads uint32
	// QueueTasks bounds the tasks that wait for a thread; default 65536, at most 16777216.
	QueueTasks uint64
	// QueueBytes bounds what waiting tasks have declared together, as in "1 GiB"; default no bound but
	// the budget of the runtime.
	QueueBytes string
	// Name is the name of the threads, as a debugger shows it, of at most 12 bytes; default "brisk".
	Name string
}

// Workers is a pool of threads for tasks that count: with a bound on how many run and how many wait,
// memory that is there before they start, priorities, deadlines and figures. Goroutines are cheaper
// where none of this matters.
//
// Threads start when there is work. Close ends the pool; one that is only forgotten does the tasks
// that it has, and goes.
type Workers struct {
	raw  *capi.Workers
	room chan struct{} // held by the one goroutine that waits inside C for room in the queue
}

const (
	defaultWait = 30 * time.Second
	// How long a call stays in C before it looks at its context.
	slice = 5 * time.Millisecond
)

// NewWorkers creates a pool in the runtime of the process. No thread is started yet.
func NewWorkers(options WorkersOptions) (*Workers, error) { return newWorkers(nil, options) }

// NewWorkers creates a pool whose tasks take their memory from the budget of this runtime.
func (r *Runtime) NewWorkers(options WorkersOptions) (*Workers, error) {
	defer runtime.KeepAlive(r)
	return newWorkers(r.raw, options)
}

func newWorkers(in *capi.Runtime, options WorkersOptions) (*Workers, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	raw := capi.NewWorkersOptions()
	raw.Threads = options.Threads
	raw.QueueTasks = options.QueueTasks
	raw.NameSize = size32(len(options.Name))
	raw.Name = unsafe.Pointer(unsafe.StringData(options.Name))
	var err error
	if raw.QueueBytes, err = optionalSize(options.QueueBytes); err != nil {
		return nil, err
	}
	var made *capi.Workers
	var failed *capi.Error
	if err := check(capi.WorkersNew(in, &raw, &made, &failed), failed); err != nil {
		return nil, err
	}
	w := &Workers{made, make(chan struct{}, 1)}
	runtime.AddCleanup(w, func(raw *capi.Workers) { capi.WorkersUnref(raw) }, made)
	return w, nil
}

// Close ends the pool: tasks that have not begun are never started, the contexts of those that run are
// cancelled, and they are waited for until ctx ends, or 30 seconds where it has no deadline. Then the
// error is that of ctx, or [ErrTimeout], and stragglers are the tasks that still run, each with how
// long: "import of events.h5 (1250 ms)". The pool ends with them.
//
// It may be called again, and while other calls run; later calls answer [ErrClosed]. A task that
// closes its own pool gets [ErrDeadlock].
func (w *Workers) Close(ctx context.Context) (stragglers []string, err error) {
	defer runtime.KeepAlive(w)
	limit := time.Now().Add(defaultWait)
	if deadline, ok := ctx.Deadline(); ok {
		limit = deadline
	}
	wait := time.Nanosecond
	for lines := make([]byte, 4096); ; wait = slice {
		var size uint64
		var failed *capi.Error
		status := capi.WorkersClose(w.raw, uint64(wait), lines, &size, &failed)
		if status < 0 {
			return nil, failure(status, failed)
		}
		if wait != slice { // the first time
			for _, j := range jobsOf(w) {
				j.closed()
			}
		}
		if status == capi.StatusOK {
			return nil, nil
		}
		if size > uint64(len(lines)) {
			lines = make([]byte, 2*size)
			continue
		}
		err := ctx.Err()
		if err == nil && !time.Now().Before(limit) {
			err = timedOut("some tasks still run; let them look at their contexts, or close with more time")
		}
		if err != nil {
			return strings.FieldsFunc(string(lines[:size]), func(c rune) bool { return c == '\n' }), err
		}
	}
}

// Stats reads the figures of the pool.
func (w *Workers) Stats() (WorkersStats, error) {
	defer runtime.KeepAlive(w)
	raw := capi.NewWorkersStats()
	var failed *capi.Error
	status := capi.WorkersReadStats(w.raw, &raw, &failed)
	return newWorkersStats(&raw), check(status, failed)
}

// isClosed asks C, since the pool may end by another hand.
func (w *Workers) isClosed() bool {
	_, err := w.Stats()
	return err != nil
}

// timedOut is a deadline that passed, for errors.Is also that of contexts.
func timedOut(what string) error {
	return &Error{StatusTimeout, what, context.DeadlineExceeded}
}

// unfinished tells why what has no answer of its own ended.
func unfinished(w *Workers, state TaskState, what string) error {
	switch {
	case state == TaskStateTimedOut:
		return timedOut(fmt.Sprintf("%s was not done by its deadline; what it gives is dropped", what))
	case w.isClosed():
		return &Error{StatusClosed, what + " ended with its pool, which was closed", nil}
	case state == TaskStateNeverStarted:
		return timedOut(fmt.Sprintf("%s had not begun by its deadline; give it more time, or the pool"+
			" more threads", what))
	}
	return context.Canceled
}
