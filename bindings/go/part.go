// Parts: the modules that functions of Go load, and how C calls them.

package brisk

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// part is a module that a function of Go loads. Its set keeps it, and with it all that the functions
// hold, which may be the set; C only has its number.
type part struct {
	name  string
	ctx   context.Context
	steps [ModuleStepWarmUp + 1]func(context.Context) error
	fault atomic.Pointer[error] // what the latest load failed with
}

// The parts that somebody keeps. A number is never given twice.
var parts struct {
	last atomic.Uint64
	live sync.Map // of weak.Pointer[part]
}

func init() { capi.RunModule = runPart }

func newPart(name string, ctx context.Context, load, warmUp func(context.Context) error) (*part, uint64) {
	p := &part{name: name, ctx: ctx}
	p.steps[ModuleStepLoad], p.steps[ModuleStepWarmUp] = load, warmUp
	number := parts.last.Add(1)
	parts.live.Store(number, weak.Make(p))
	runtime.AddCleanup(p, func(number uint64) { parts.live.Delete(number) }, number)
	return p, number
}

// runPart is called by any thread. A set that was closed or forgotten may be asked for a part once
// more, by who loads in the background.
func runPart(number uint64, step ModuleStep) (capi.Status, string) {
	if found, ok := parts.live.Load(number); ok {
		if p := found.(weak.Pointer[part]).Value(); p != nil {
			return p.run(step)
		}
	}
	return capi.StatusClosed, "its set is closed"
}

func (p *part) run(step ModuleStep) (capi.Status, string) {
	var reason string
	stack, err := caught("the loader", func() error {
		err := p.steps[step](p.ctx)
		if err != nil {
			reason = strings.TrimPrefix(err.Error(), "brisk: ") // here, since it may panic as well
		}
		return err
	})
	if err == nil {
		return capi.StatusOK, ""
	}
	if stack != nil {
		reason = err.(*Error).Message
	}
	fault := traced(stack, err)
	p.fault.Store(&fault)
	return capi.StatusLoadFailed, reason
}

// check makes an error of a failure, with what the functions of the set failed with below it.
func (m *Modules) check(status capi.Status, failed *capi.Error) error {
	err := check(status, failed)
	if failure, ok := err.(*Error); ok {
		failure.cause = m.faults(failure.Message)
	}
	return err
}

// faults are those that a reason tells of.
func (m *Modules) faults(reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var told []error
	for _, p := range m.parts {
		if fault := p.fault.Load(); fault != nil && strings.Contains(reason, "module "+p.name+": its ") {
			told = append(told, *fault)
		}
	}
	return errors.Join(told...)
}
