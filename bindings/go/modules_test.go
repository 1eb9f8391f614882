// Modules of Go: order, failures, circles, reports, and what is eager.

package brisk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

type loader = func(context.Context) error

func newModules(t testing.TB, options brisk.ModulesOptions) *brisk.Modules {
	t.Helper()
	modules, err := brisk.NewModules(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { modules.Close() })
	return modules
}

func add(t testing.TB, modules *brisk.Modules, name string, load loader, needs ...string) {
	t.Helper()
	if err := modules.AddWith(name, brisk.ModuleOptions{Dependencies: needs}, load); err != nil {
		t.Fatal(err)
	}
}

func loads(err error) loader { return func(context.Context) error { return err } }

// gated is a loader that holds a load until let is called.
func gated(t testing.TB) (load loader, running chan struct{}, let func()) {
	running, end := make(chan struct{}), make(chan struct{})
	let = sync.OnceFunc(func() { close(end) })
	t.Cleanup(let)
	return func(context.Context) error {
		close(running)
		<-end
		return nil
	}, running, let
}

func stateIs(t testing.TB, modules *brisk.Modules, name string, want brisk.ModuleState) {
	t.Helper()
	if state, ok, err := modules.State(name); state != want || !ok || err != nil {
		t.Errorf("%s is %v, %v, %v, want %v", name, state, ok, err, want)
	}
}

func says(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v, want one with %q", err, text)
	}
}

func TestModulesLoadAtTheirFirstUse(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	var order []string
	step := func(name string) loader {
		return func(ctx context.Context) error {
			order = append(order, name)
			return ctx.Err()
		}
	}
	options := brisk.ModuleOptions{
		Version: "1.2", Dependencies: []string{"store", "net"}, WarmUp: step("warm"),
	}
	if err := modules.AddWith("app", options, step("app")); err != nil {
		t.Fatal(err)
	}
	add(t, modules, "net", step("net"), "store")
	if err := modules.Add("store", step("store")); err != nil {
		t.Fatal(err)
	}
	stateIs(t, modules, "app", brisk.ModuleStateUnloaded)
	for range 3 {
		if err := modules.Load(noDeadline, "app"); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"store", "net", "app", "warm"}; !slices.Equal(order, want) {
		t.Errorf("loaded %v, want %v", order, want)
	}
	stateIs(t, modules, "net", brisk.ModuleStateLoaded)
	if state, ok, err := modules.State("nobody"); ok || err != nil {
		t.Error(state, ok, err)
	}
	expectError(t, modules.Add("net", step("net")), brisk.ErrExists)
	expectError(t, modules.Add("a/b", step("a/b")), brisk.ErrInvalid)
	expectError(t, modules.Add("empty", nil), brisk.ErrInvalid)
	err := modules.Load(noDeadline, "nobody")
	expectError(t, err, brisk.ErrLoadFailed)
	says(t, err, `no module "nobody"`)
}

func TestModulesLoadOnce(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	load, running, let := gated(t)
	var count atomic.Int32
	add(t, modules, "part", func(ctx context.Context) error {
		count.Add(1)
		return load(ctx)
	})
	add(t, modules, "above", loads(nil), "part")
	before := threads()
	var all sync.WaitGroup
	for i := range 200 {
		all.Add(1)
		go func() {
			defer all.Done()
			if err := modules.Load(noDeadline, []string{"part", "above"}[i%2]); err != nil {
				t.Error(err)
			}
		}()
	}
	<-running
	time.Sleep(5 * time.Millisecond)
	stateIs(t, modules, "part", brisk.ModuleStateLoading)
	if now := threads(); now > before+20 {
		t.Errorf("200 who wait hold %d threads", now-before)
	}
	let()
	all.Wait()
	if count.Load() != 1 {
		t.Errorf("%d loads", count.Load())
	}
}

func TestModulesFailUntilRetry(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	fault, count := error(&fs.PathError{Op: "open", Path: "license", Err: fs.ErrNotExist}), 0
	add(t, modules, "part", func(context.Context) error { count++; return fault })
	add(t, modules, "above", loads(nil), "part")
	add(t, modules, "other", loads(context.Canceled))
	add(t, modules, "good", loads(nil))
	expectError(t, modules.Load(noDeadline, "other"), context.Canceled)
	for range 3 {
		err := modules.Load(noDeadline, "above")
		expectError(t, err, brisk.ErrLoadFailed)
		expectError(t, err, fs.ErrNotExist)
		says(t, err, "module above needs part: module part: its callback returned BRISK_LOAD_FAILED: open license")
		if errors.Is(err, context.Canceled) {
			t.Error("a failure of others is told")
		}
	}
	err := modules.LoadAll(noDeadline, 2)
	says(t, err, "3 modules failed")
	expectError(t, err, fs.ErrNotExist)
	expectError(t, err, context.Canceled)
	stateIs(t, modules, "good", brisk.ModuleStateLoaded)
	stateIs(t, modules, "above", brisk.ModuleStateFailed)
	if fault = nil; count != 1 {
		t.Errorf("%d loads before it was tried again", count)
	}
	if known, err := modules.Retry("above"); !known || err != nil {
		t.Error(known, err)
	}
	if known, err := modules.Retry("nobody"); known || err != nil {
		t.Error(known, err)
	}
	if err := modules.Load(noDeadline, "above"); err != nil || count != 2 {
		t.Error(err, count)
	}
}

func TestModulesPanics(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	mine := errors.New("mine")
	for name, thrown := range map[string]any{"text": "boom", "error": mine, "nothing": nil} {
		add(t, modules, name, func(context.Context) error { panic(thrown) })
		err := modules.Load(noDeadline, name)
		expectError(t, err, brisk.ErrLoadFailed)
		says(t, err, "the loader panicked: ")
		says(t, errors.Unwrap(err), "modules_test.go")
		if errors.Is(err, mine) != (thrown == mine) {
			t.Error(name, err)
		}
	}
	warm := brisk.ModuleOptions{WarmUp: func(context.Context) error { panic("cold\n" + strings.Repeat("ü", 1000)) }}
	if err := modules.AddWith("warm", warm, loads(nil)); err != nil {
		t.Fatal(err)
	}
	err := modules.Load(noDeadline, "warm")
	says(t, err, "module warm: its warm-up returned BRISK_LOAD_FAILED: the loader panicked: cold\nü")
	if text := strings.ToValidUTF8(err.Error(), "?"); strings.Contains(text, "?") || len(text) > 1200 {
		t.Error(len(text), text)
	}
	var typed *brisk.Error
	add(t, modules, "typed", loads(typed))
	says(t, modules.Load(noDeadline, "typed"), "the loader panicked: runtime error: invalid memory address")
	add(t, modules, "fine", loads(nil))
	if err := modules.Load(noDeadline, "fine"); err != nil {
		t.Error(err)
	}
}

func TestModulesNameCircles(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	add(t, modules, "start", loads(nil), "a")
	add(t, modules, "a", loads(nil), "b")
	add(t, modules, "b", loads(nil), "a")
	err := modules.Load(noDeadline, "start")
	expectError(t, err, brisk.ErrDeadlock)
	says(t, err, "a -> b -> a")
	var inner, all error
	add(t, modules, "self", func(ctx context.Context) error {
		inner, all = modules.Load(ctx, "self"), modules.LoadAll(ctx, 0)
		return nil
	})
	if err := modules.Load(noDeadline, "self"); err != nil {
		t.Error(err)
	}
	expectError(t, inner, brisk.ErrDeadlock)
	says(t, inner, "self -> self")
	expectError(t, all, brisk.ErrDeadlock)

	var both sync.WaitGroup
	both.Add(2)
	asks := func(other string) loader {
		return func(ctx context.Context) error {
			both.Done()
			both.Wait()
			return modules.Load(ctx, other)
		}
	}
	add(t, modules, "left", asks("right"))
	add(t, modules, "right", asks("left"))
	ended := make(chan error)
	go func() { ended <- modules.Load(noDeadline, "left") }()
	says(t, modules.Load(noDeadline, "right"), "in a circle")
	says(t, <-ended, "in a circle")
}

func TestLoadersUseOtherModules(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	var order []string
	for i := range 20 {
		add(t, modules, fmt.Sprint("part", i), func(ctx context.Context) error {
			defer func() { order = append(order, fmt.Sprint("part", i)) }()
			if i == 19 {
				return nil
			}
			return modules.Load(ctx, fmt.Sprint("part", i+1))
		})
	}
	if err := modules.LoadAll(noDeadline, 1); err != nil {
		t.Fatal(err)
	}
	if len(order) != 20 || order[0] != "part19" || order[19] != "part0" {
		t.Error(order)
	}
	other := newModules(t, brisk.ModulesOptions{})
	add(t, other, "all", func(ctx context.Context) error { return modules.LoadAll(ctx, 2) })
	task := submit(t, one(t), brisk.TaskOptions{}, func(ctx context.Context) (any, error) {
		return nil, other.Load(ctx, "all")
	})
	ends(t, task, brisk.TaskStateDone, nil)
	stateIs(t, other, "all", brisk.ModuleStateLoaded)
}

func TestModulesAreReported(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	options := brisk.ModuleOptions{
		Version: "1.2", Dependencies: []string{"bad", "good"},
		WarmUp: func(context.Context) error { time.Sleep(2 * time.Millisecond); return nil },
	}
	if err := modules.AddWith("app", options, loads(nil)); err != nil {
		t.Fatal(err)
	}
	add(t, modules, "bad", loads(errors.New("no license")))
	options.Dependencies = nil
	if err := modules.AddWith("good", options, loads(nil)); err != nil {
		t.Fatal(err)
	}
	modules.Load(noDeadline, "bad")
	modules.Load(noDeadline, "good")
	report := must(modules.Report())
	modules.Close()
	if len(report.Modules) != 3 {
		t.Fatal(report.Modules)
	}
	app, bad, good := report.Modules[0], report.Modules[1], report.Modules[2]
	if app.Name != "app" || app.Version != "1.2" || !slices.Equal(app.Dependencies, []string{"bad", "good"}) ||
		app.State != brisk.ModuleStateUnloaded || app.Attempts != 0 || app.Thread != 0 {
		t.Errorf("%+v", app)
	}
	if bad.State != brisk.ModuleStateFailed || !strings.Contains(bad.Reason, "no license") ||
		!slices.Equal(bad.NeededBy, []string{"app"}) || bad.Dependents != 1 {
		t.Errorf("%+v", bad)
	}
	if !slices.Equal(good.Kinds, []string{"host"}) || good.WarmUpTime < 2*time.Millisecond || good.Thread == 0 ||
		good.Attempts != 1 || good.Reason != "" || good.Source != "" || len(good.Log) != 0 {
		t.Errorf("%+v", good)
	}
	if text := report.Text(); !strings.Contains(text, "3 modules, 1 loaded") {
		t.Error(text)
	}
	var parsed struct {
		Modules []struct{ Name, Reason string }
	}
	if err := json.Unmarshal([]byte(report.JSON()), &parsed); err != nil || len(parsed.Modules) != 3 ||
		parsed.Modules[1].Name != "bad" || parsed.Modules[1].Reason != bad.Reason {
		t.Error(err, report.JSON())
	}
}

func TestModulesLoadInIdleTime(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	for i := range 3 {
		add(t, modules, fmt.Sprint("part", i), loads(nil))
	}
	add(t, modules, "bad", func(context.Context) error { panic("boom") })
	add(t, modules, "last", loads(nil))
	if err := modules.Preload(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the last is not loaded", func() bool {
		state, _, _ := modules.State("last")
		return state == brisk.ModuleStateLoaded
	})
	stateIs(t, modules, "part2", brisk.ModuleStateLoaded)
	says(t, modules.Load(noDeadline, "bad"), "the loader panicked: boom")
}

func TestEagerModules(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{Eager: true})
	count := 0
	add(t, modules, "above", func(context.Context) error { count++; return nil }, "part")
	stateIs(t, modules, "above", brisk.ModuleStateUnloaded)
	add(t, modules, "part", func(context.Context) error { count++; return nil })
	stateIs(t, modules, "above", brisk.ModuleStateLoaded)
	mine := errors.New("mine")
	works := false
	err := modules.Add("bad", func(context.Context) error {
		if works {
			return nil
		}
		return mine
	})
	expectError(t, err, brisk.ErrLoadFailed)
	expectError(t, err, mine)
	works = true
	must(modules.Retry("bad"))
	if err := modules.Load(noDeadline, "bad"); err != nil || count != 2 {
		t.Error(err, count)
	}
	t.Setenv("BRISK_EAGER", "1")
	add(t, newModules(t, brisk.ModulesOptions{}), "part", func(context.Context) error { count++; return nil })
	if count != 3 {
		t.Error("the environment makes nothing eager")
	}
}
