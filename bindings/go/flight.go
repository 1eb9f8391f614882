// Flights: loads of modules under way, which any number of goroutines wait for without a thread each.

package brisk

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// flight is one call of C on a goroutine of its own. It ends with the load, whoever waits for it.
type flight struct {
	done chan struct{}
	err  error
}

// Load loads a module that is not loaded yet, after all that it depends on. A failure is that of the
// first time, with its whole reason, until Retry; a name that nobody has is [ErrLoadFailed] as well. A
// circle of dependencies, or of loads that wait for each other, is [ErrDeadlock], which names it.
//
// The wait ends with the context's error, and where that has no deadline with [ErrTimeout] after the
// LoadTimeout of the set; the load itself goes on. Those who wait hold no thread. Inside a loader, or a
// task of [Workers], the module is loaded on the thread of that, and a loader that runs is not
// interrupted.
func (m *Modules) Load(ctx context.Context, name string) error {
	defer runtime.KeepAlive(m)
	state, _, err := m.State(name)
	if err != nil || state == ModuleStateLoaded {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if capi.InLoader() || capi.InTask() {
		return m.loadHere(ctx, name)
	}
	return m.wait(ctx, m.fly(name), "module "+name+" is")
}

// LoadAll loads every module, in parallel where dependencies allow, on at most this many threads; 0 is
// 4. More than one are used only while loads take long. A failure comes after all have been tried, and
// names each module that failed, and why. The load of a module that loads all is [ErrDeadlock].
//
// The wait ends as that of Load does, and loads go on. Inside a loader of another set it sees the
// deadline of its context, and nothing else of it.
func (m *Modules) LoadAll(ctx context.Context, threads uint32) error {
	defer runtime.KeepAlive(m)
	if _, _, err := m.State(""); err != nil { // closed by whatever hand
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	load := func(timeout uint64, failed **capi.Error) capi.Status {
		return capi.ModulesLoadAll(m.raw, threads, timeout, failed)
	}
	if !capi.InLoader() {
		return m.wait(ctx, m.start(load), "some modules are")
	}
	var failed *capi.Error
	status := load(uint64(max(time.Until(m.limit(ctx)), 1)), &failed)
	if status == capi.StatusTimeout {
		return m.late(ctx, "some modules are")
	}
	return m.check(status, failed)
}

func (m *Modules) start(call func(timeout uint64, failed **capi.Error) capi.Status) *flight {
	f := &flight{done: make(chan struct{})}
	go func() {
		defer close(f.done)
		var failed *capi.Error
		f.err = m.check(call(capi.Forever, &failed), failed)
	}()
	return f
}

// fly returns the flight that loads a module, a new one where there is none.
func (m *Modules) fly(name string) *flight {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.flights[name]; f != nil {
		return f
	}
	var f *flight
	f = m.start(func(timeout uint64, failed **capi.Error) capi.Status {
		status := capi.ModulesLoad(m.raw, []byte(name), timeout, failed)
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.flights[name] == f {
			delete(m.flights, name)
		}
		return status
	})
	m.flights[name] = f
	return f
}

// forgetFlights lets who comes from now on see what has changed: a flight may be about to tell of a
// failure from before.
func (m *Modules) forgetFlights() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.flights)
}

func (m *Modules) wait(ctx context.Context, f *flight, what string) error {
	var timeout <-chan time.Time
	if _, ok := ctx.Deadline(); !ok {
		timer := time.NewTimer(m.timeout)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	case <-m.ctx.Done():
		_, _, err := m.State("")
		return err
	case <-timeout:
		return m.late(ctx, what)
	}
}

// loadHere loads on this thread, so that C knows for which load, and does what it waits for in slices.
func (m *Modules) loadHere(ctx context.Context, name string) error {
	for limit := m.limit(ctx); ; {
		var failed *capi.Error
		status := capi.ModulesLoad(m.raw, []byte(name), uint64(slice), &failed)
		if status != capi.StatusTimeout {
			return m.check(status, failed)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !time.Now().Before(limit) {
			return m.late(ctx, "module "+name+" is")
		}
	}
}

// limit is when a wait of this context ends.
func (m *Modules) limit(ctx context.Context) time.Time {
	if deadline, ok := ctx.Deadline(); ok {
		return deadline
	}
	return time.Now().Add(m.timeout)
}

func (m *Modules) late(ctx context.Context, what string) error {
	if _, ok := ctx.Deadline(); ok {
		return context.DeadlineExceeded
	}
	return timedOut(fmt.Sprintf("%s not loaded yet, and the load goes on; wait longer than the LoadTimeout"+
		" of %v, by a context with a deadline", what, m.timeout))
}
