// Jobs: what C knows of Go, by number, and the news of tasks that ended.

package brisk

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// A job is a task, or the items of a batch, for as long as C may ask for it.
type job interface {
	owner() *Workers
	closed() // its pool was
}

// The jobs of the process. A number is never given twice, so that one that is over is not found.
var jobs struct {
	sync.Mutex
	last uint64
	live map[uint64]job
}

func init() {
	jobs.live = map[uint64]job{}
	capi.RunTask = runTask
	capi.RunRange = runRange
}

// addJob takes j among the jobs, which keep it and its pool alive.
func addJob(j job) (number uint64) {
	jobs.Lock()
	defer jobs.Unlock()
	jobs.last++
	jobs.live[jobs.last] = j
	return jobs.last
}

func findJob(number uint64) job {
	jobs.Lock()
	defer jobs.Unlock()
	return jobs.live[number]
}

func endJob(number uint64) job {
	jobs.Lock()
	defer jobs.Unlock()
	j := jobs.live[number]
	delete(jobs.live, number)
	return j
}

// jobsOf are the jobs of one pool.
func jobsOf(w *Workers) (own []job) {
	jobs.Lock()
	defer jobs.Unlock()
	for _, j := range jobs.live {
		if j.owner() == w {
			own = append(own, j)
		}
	}
	return own
}

// runTask is called by threads of pools. Who asks for a job that is over comes after its deadline, and
// what it would give is dropped.
func runTask(number uint64) capi.Status {
	if t, ok := findJob(number).(*Task); ok {
		return t.run()
	}
	return capi.StatusClosed
}

// runRange is the same for items from first to last, until one fails.
func runRange(number uint64, first, last int, at *uintptr) capi.Status {
	if g, ok := findJob(number).(*group); ok {
		return g.run(first, last, at)
	}
	return capi.StatusClosed
}

// guarded makes an error of a panic, with the stack.
func guarded(what string, run func() error) error { return traced(caught(what, run)) }

// caught makes an error of a panic, since there is nobody above to take it.
func caught(what string, run func() error) (stack []byte, err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		thrown := recover()
		if thrown == nil {
			// There is C below, which could not go on. Where Go is below that, nobody may recover.
			go panic("brisk: " + what + " called runtime.Goexit, as t.FailNow does; return an error instead")
			select {}
		}
		cause, _ := thrown.(error)
		stack = debug.Stack()
		err = &Error{StatusLoadFailed, fmt.Sprintf("%s panicked: %v", what, thrown), cause}
	}()
	err = run()
	returned = true
	return nil, err
}

// traced adds the stack of a panic to its error.
func traced(stack []byte, err error) error {
	if failure, ok := err.(*Error); ok && stack != nil {
		return &Error{failure.Status, failure.Message + "\n" + string(stack), failure.cause}
	}
	return err
}

// completions is where every task of Go tells its end, and one goroutine listens: it sleeps in the
// poller of Go's runtime, so that waits hold no threads.
var completions = sync.OnceValues(func() (*capi.Completions, error) {
	var queue *capi.Completions
	var failed *capi.Error
	if err := check(capi.CompletionsNew(&queue, &failed), failed); err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(capi.CompletionsFd(queue)), "completions of brisk")
	poll, err := file.SyscallConn()
	if err != nil {
		return nil, &Error{StatusInternal, err.Error(), err}
	}
	go func() {
		// Returns never; what keeps the descriptor open is the file, which lives as long.
		poll.Read(func(uintptr) bool { return !settleAll(queue) })
		panic("brisk: the runtime of Go does not poll the completions of tasks")
	}()
	return queue, nil
})

// settleAll ends the tasks that the queue has; it is true when the queue has no more.
func settleAll(queue *capi.Completions) bool {
	var tags [256]uint64
	for {
		var taken uint64
		if capi.CompletionsNext(queue, uint64(len(tags)), tags[:], &taken, nil) != capi.StatusOK {
			return true
		}
		for _, tag := range tags[:taken] {
			endJob(tag).(*Task).settle()
		}
	}
}
