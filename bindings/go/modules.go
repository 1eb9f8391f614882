// Modules: parts of a program, and shared objects, that load when they are first used.

package brisk

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// ModulesOptions are the settings of a set of modules; what is zero has the documented default.
type ModulesOptions struct {
	// Eager loads each module as soon as it and all that it needs are known, inside the Add or Scan that
	// makes it so, so that what is broken shows at once; default false, which BRISK_EAGER=1 in the
	// environment turns into true.
	Eager bool
	// LoadTimeout ends the wait for a load where the context has no deadline; default 30 seconds.
	LoadTimeout time.Duration
}

// ModuleOptions are what may be said of a module that a function loads.
type ModuleOptions struct {
	// Version is for the report; default none.
	Version string
	// Dependencies are the names of the modules that are loaded first; default none.
	Dependencies []string
	// WarmUp runs after the load, to make the first use fast; what it fails with fails the module.
	// Default none.
	WarmUp func(ctx context.Context) error
}

// Modules is a set of modules: it knows many and loads few. A native one is a shared object with a
// manifest beside it, which Scan reads; any other is a function, which Add takes. The first use of a
// module loads it, once, after those that it depends on, however many goroutines ask. What failed
// stays failed, with its whole reason, until Retry. Nothing is ever unloaded.
//
// A set that is forgotten ends its work, and keeps none of its functions alive.
type Modules struct {
	raw     *capi.Modules
	timeout time.Duration
	ctx     context.Context // of the loaders: done when the set is closed, or forgotten
	cancel  context.CancelFunc

	mu      sync.Mutex
	parts   []*part
	flights map[string]*flight // by the module that they load
}

// NewModules creates a set without modules, in the runtime of the process. It touches no file.
func NewModules(options ModulesOptions) (*Modules, error) { return newModules(nil, options) }

// NewModules creates a set of modules whose drivers take their memory from the budget of this runtime.
func (r *Runtime) NewModules(options ModulesOptions) (*Modules, error) {
	defer runtime.KeepAlive(r)
	return newModules(r.raw, options)
}

func newModules(in *capi.Runtime, options ModulesOptions) (*Modules, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	raw := capi.NewModulesOptions()
	if options.Eager {
		raw.Eager = 1
	}
	var err error
	if raw.LoadTimeoutNs, err = nanoseconds(options.LoadTimeout); err != nil {
		return nil, err
	}
	var made *capi.Modules
	var failed *capi.Error
	if err := check(capi.ModulesNew(in, &raw, &made, &failed), failed); err != nil {
		return nil, err
	}
	m := &Modules{raw: made, timeout: options.LoadTimeout, flights: map[string]*flight{}}
	if m.timeout == 0 {
		m.timeout = defaultLoadTimeout
	}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	cancel := m.cancel
	runtime.AddCleanup(m, func(raw *capi.Modules) {
		cancel()
		capi.ModulesUnref(raw)
	}, made)
	return m, nil
}

// Close ends every wait for a load, loading in the background after the module in hand, and the
// context of the loaders. What was loaded stays. It may be called again, and while other calls run;
// later calls answer [ErrClosed].
func (m *Modules) Close() error {
	defer runtime.KeepAlive(m)
	var failed *capi.Error
	if err := check(capi.ModulesClose(m.raw, &failed), failed); err != nil {
		return err
	}
	m.cancel()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parts = nil
	return nil
}

// Scan reads every manifest, NAME.module, of a folder, and opens no library; it returns how many
// modules are new. A manifest that is wrong, or open to be written by everyone, becomes a module that
// has failed; a name that is taken stays with the first.
//
// No folder is the search path: each of BRISK_MODULE_PATH in the environment, brisk/modules in the
// user's data folder, and that of the installation, as far as they exist. A folder that cannot be read,
// or that everyone may write to, is [ErrInvalid].
//
// An eager set answers [ErrLoadFailed] when one of its modules failed; they are in the set all the
// same.
func (m *Modules) Scan(folder string) (found int, err error) {
	defer runtime.KeepAlive(m)
	defer m.forgetFlights()
	var count uint64
	var failed *capi.Error
	status := capi.ModulesScan(m.raw, []byte(folder), &count, &failed)
	return int(count), m.check(status, failed)
}

// Add adds a module that load loads: at its first use, on some thread, outside every lock. Load may use
// other modules of the set, on its own goroutine, so that circles are found. Its context is done when
// the set is closed, not with that of the first caller, since others wait for it as well.
//
// What load returns is the reason of a failure, and errors.Is finds it in the errors of those who use
// the module. A panic is a failure as well, whose stack is in the error below. Load may not call
// runtime.Goexit.
//
// A name has 1 to 255 letters, digits and any of "_-."; one that is taken is [ErrExists]. An eager set
// answers [ErrLoadFailed] when one of its modules failed; they are in the set all the same.
func (m *Modules) Add(name string, load func(ctx context.Context) error) error {
	return m.AddWith(name, ModuleOptions{}, load)
}

// AddWith is Add with what else there is to say. Modules that this one depends on may be added later.
func (m *Modules) AddWith(
	name string, options ModuleOptions, load func(ctx context.Context) error,
) error {
	defer runtime.KeepAlive(m)
	defer m.forgetFlights()
	if load == nil {
		return &Error{StatusInvalid, "load is nil; a module has a function that loads it", nil}
	}
	dependencies := strings.Join(options.Dependencies, " ")
	raw := capi.NewModuleOptions()
	raw.NameSize = size32(len(name))
	raw.Name = unsafe.Pointer(unsafe.StringData(name))
	raw.VersionSize = size32(len(options.Version))
	raw.Version = unsafe.Pointer(unsafe.StringData(options.Version))
	raw.DependenciesSize = size32(len(dependencies))
	raw.Dependencies = unsafe.Pointer(unsafe.StringData(dependencies))
	if options.WarmUp != nil {
		raw.WarmUp = 1
	}
	p, number := newPart(name, m.ctx, load, options.WarmUp)
	var failed *capi.Error
	status := capi.ModulesAddGo(m.raw, &raw, number, &failed)
	if status != capi.StatusInvalid && status != capi.StatusExists && status != capi.StatusClosed {
		m.mu.Lock()
		m.parts = append(m.parts, p)
		m.mu.Unlock()
	}
	return m.check(status, failed)
}

// Preload loads what is not loaded yet in idle time, and returns at once: one module at a time on a
// thread of its own, never while a caller loads one, with pauses as long as the loads. Failures are
// kept for who uses the module.
func (m *Modules) Preload() error {
	defer runtime.KeepAlive(m)
	var failed *capi.Error
	return check(capi.ModulesPreload(m.raw, &failed), failed)
}

// Retry forgets the failure of a module and of those that it depends on, and reads their manifests
// anew; the next use tries again. It reports false when there is no such module.
func (m *Modules) Retry(name string) (bool, error) {
	defer runtime.KeepAlive(m)
	defer m.forgetFlights()
	var failed *capi.Error
	status := capi.ModulesRetry(m.raw, []byte(name), &failed)
	return status == capi.StatusOK, check(status, failed)
}

// State tells how far a module is, and loads nothing; ok is false when there is no such module.
func (m *Modules) State(name string) (state ModuleState, ok bool, err error) {
	defer runtime.KeepAlive(m)
	var failed *capi.Error
	status := capi.ModulesState(m.raw, []byte(name), &state, &failed)
	return state, status == capi.StatusOK, check(status, failed)
}
