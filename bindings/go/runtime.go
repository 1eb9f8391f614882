// Runtime: what caches share.

package brisk

import (
	"runtime"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// RuntimeOptions are the settings of a runtime; what is zero has the documented default.
type RuntimeOptions struct {
	// Clock is the clock to read; default ClockSystem.
	Clock Clock
	// Budget bounds the bytes held by everything in the runtime, as in "1 GiB"; default none.
	Budget string
	// BudgetPercent is the same bound as a share of the memory that the container or machine has,
	// 1 to 100; default none. The smaller bound counts.
	BudgetPercent uint32
}

// Runtime is what caches share: a memory budget, a clock, and the names under which they are found
// again. Most programs need none of their own: [NewCache] uses that of the process.
type Runtime struct {
	raw *capi.Runtime
}

// NewRuntime creates a runtime apart from that of the process.
func NewRuntime(options RuntimeOptions) (*Runtime, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	budget, err := optionalSize(options.Budget)
	if err != nil {
		return nil, err
	}
	raw := capi.NewRuntimeOptions()
	raw.Clock = options.Clock
	raw.BudgetBytes = budget
	raw.BudgetPercent = options.BudgetPercent
	var made *capi.Runtime
	var failed *capi.Error
	status := capi.RuntimeNew(&raw, &made, &failed)
	return adoptRuntime(made), check(status, failed)
}

// DefaultRuntime returns the runtime of the process, which every language in it shares. It cannot be
// closed.
func DefaultRuntime() (*Runtime, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	var found *capi.Runtime
	var failed *capi.Error
	status := capi.RuntimeDefault(&found, &failed)
	return adoptRuntime(found), check(status, failed)
}

// adoptRuntime takes over one reference, which goes when the handle does.
func adoptRuntime(raw *capi.Runtime) *Runtime {
	if raw == nil {
		return nil
	}
	r := &Runtime{raw}
	runtime.AddCleanup(r, func(raw *capi.Runtime) { capi.RuntimeUnref(raw) }, raw)
	return r
}

// checkABI refuses a library that these calls would not fit.
func checkABI() error {
	if err := capi.CheckABI(); err != nil {
		return &Error{StatusInvalid, err.Error(), nil}
	}
	return nil
}

// Close closes every cache of the runtime, for all who share them, and ends its work. It may be
// called again; later calls on the runtime return [ErrClosed]. It may block.
func (r *Runtime) Close() error {
	defer runtime.KeepAlive(r)
	var failed *capi.Error
	return check(capi.RuntimeClose(r.raw, &failed), failed)
}

// Now reads the clock, to the tick that decides about expiry: the time since an arbitrary start.
func (r *Runtime) Now() (time.Duration, error) {
	defer runtime.KeepAlive(r)
	var now uint64
	var failed *capi.Error
	status := capi.RuntimeNow(r.raw, &now, &failed)
	return time.Duration(now), check(status, failed)
}

// Advance moves a manual clock forward and frees what has expired by then. It walks over all
// entries.
func (r *Runtime) Advance(step time.Duration) error {
	defer runtime.KeepAlive(r)
	ns, err := nanoseconds(step)
	if err != nil {
		return err
	}
	var failed *capi.Error
	return check(capi.RuntimeAdvance(r.raw, ns, &failed), failed)
}

// Stats reads the figures of the runtime.
func (r *Runtime) Stats() (RuntimeStats, error) {
	defer runtime.KeepAlive(r)
	raw := capi.NewRuntimeStats()
	var failed *capi.Error
	status := capi.RuntimeReadStats(r.raw, &raw, &failed)
	return newRuntimeStats(&raw), check(status, failed)
}

// NewCache creates a cache in this runtime.
func (r *Runtime) NewCache(options CacheOptions) (*Cache, error) {
	defer runtime.KeepAlive(r)
	return newCache(r.raw, options)
}

// FindCache is [FindCache] in this runtime.
func (r *Runtime) FindCache(name string) (cache *Cache, ok bool, err error) {
	defer runtime.KeepAlive(r)
	return findCache(r.raw, name)
}
