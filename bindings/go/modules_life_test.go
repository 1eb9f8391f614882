// How sets of modules end, and what waits for them: time, contexts, closing, the collector of Go.

package brisk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// useOf is each way to use a set, by what it is called.
func useOf(modules *brisk.Modules, ctx context.Context) map[string]error {
	said := map[string]error{}
	said["Load"] = modules.Load(ctx, "good")
	said["LoadAll"] = modules.LoadAll(ctx, 2)
	said["Preload"] = modules.Preload()
	_, said["Retry"] = modules.Retry("good")
	_, _, said["State"] = modules.State("good")
	_, said["Scan"] = modules.Scan("/usr")
	_, said["Symbol"] = modules.Symbol(ctx, "native", "cos")
	_, said["Report"] = modules.Report()
	if said["Add"] = modules.Add("good", loads(nil)); errors.Is(said["Add"], brisk.ErrExists) {
		said["Add"] = nil
	}
	return said
}

func usable(t *testing.T, options brisk.ModulesOptions) *brisk.Modules {
	modules := newModules(t, options)
	must(modules.Scan(folderOf(t, map[string]string{"native.module": "library = libm.so.6\n"})))
	add(t, modules, "good", loads(nil))
	return modules
}

func TestClosedModules(t *testing.T) {
	modules := usable(t, brisk.ModulesOptions{})
	for name, err := range useOf(modules, noDeadline) {
		if err != nil {
			t.Errorf("%s while open: %v", name, err)
		}
	}
	home := manual(t)
	others := must(home.NewModules(brisk.ModulesOptions{}))
	home.Close()
	for range 3 {
		if err := modules.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, closed := range []*brisk.Modules{modules, others} {
		for name, err := range useOf(closed, noDeadline) {
			if !errors.Is(err, brisk.ErrClosed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	_, err := home.NewModules(brisk.ModulesOptions{})
	expectError(t, err, brisk.ErrClosed)
	var none brisk.Modules
	for name, err := range useOf(&none, noDeadline) {
		if !errors.Is(err, brisk.ErrInvalid) {
			t.Errorf("%s of no set: %v", name, err)
		}
	}
	expectError(t, none.Close(), brisk.ErrInvalid)
	if report := (brisk.ModuleReport{}); report.Text() != "" || report.JSON() != "" {
		t.Error("no report has a text")
	}
	_, err = brisk.NewModules(brisk.ModulesOptions{LoadTimeout: -1})
	expectError(t, err, brisk.ErrInvalid)
}

func TestWaitsForModulesEnd(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{LoadTimeout: 20 * time.Millisecond})
	load, running, let := gated(t)
	var count atomic.Int32
	add(t, modules, "slow", func(ctx context.Context) error { count.Add(1); return load(ctx) })
	add(t, modules, "above", loads(nil), "slow")
	add(t, modules, "asks", func(ctx context.Context) error { return modules.Load(ctx, "slow") })
	waits := map[string]func(context.Context) error{
		"Load":    func(ctx context.Context) error { return modules.Load(ctx, "slow") },
		"above":   func(ctx context.Context) error { return modules.Load(ctx, "above") },
		"LoadAll": func(ctx context.Context) error { return modules.LoadAll(ctx, 1) },
		"Symbol":  func(ctx context.Context) error { _, err := modules.Symbol(ctx, "slow", "x"); return err },
	}
	go modules.Load(noDeadline, "slow")
	<-running
	expectError(t, modules.Load(noDeadline, "asks"), brisk.ErrTimeout)
	eventually(t, "a load in a load waits", func() bool {
		state, _, _ := modules.State("asks")
		return state == brisk.ModuleStateFailed
	})
	err := modules.Load(noDeadline, "asks")
	expectError(t, err, brisk.ErrTimeout)
	says(t, err, "module slow is not loaded yet")
	for name, wait := range waits {
		begin := time.Now()
		err := wait(noDeadline)
		expectError(t, err, brisk.ErrTimeout)
		expectError(t, err, context.DeadlineExceeded)
		says(t, err, "20ms")
		if took := time.Since(begin); took < 20*time.Millisecond || took > 20*time.Second {
			t.Error(name, took)
		}
		ctx, cancel := context.WithTimeout(noDeadline, time.Millisecond)
		expectError(t, wait(ctx), context.DeadlineExceeded)
		expectError(t, wait(ctx), context.DeadlineExceeded)
		cancel()
		ctx, cancel = context.WithTimeout(noDeadline, time.Minute) // above the set's 20 ms
		time.AfterFunc(time.Millisecond, cancel)
		expectError(t, wait(ctx), context.Canceled)
		ctx, cancel = context.WithTimeout(noDeadline, time.Minute)
		defer cancel()
		ended := make(chan error)
		go func() { ended <- wait(ctx) }()
		select {
		case err := <-ended:
			t.Error(name, "does not wait as long as its context:", err)
		case <-time.After(40 * time.Millisecond):
		}
		go func() { <-ended }()
	}
	let()
	must(modules.Retry("asks"))
	if err := modules.LoadAll(noDeadline, 1); err != nil || count.Load() != 1 {
		t.Error(err, count.Load())
	}
}

func TestContextsEndWaitsInsideLoads(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	load, running, _ := gated(t)
	add(t, modules, "slow", load)
	add(t, modules, "asks", func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(2*time.Millisecond, cancel)
		return modules.Load(ctx, "slow")
	})
	go modules.Load(noDeadline, "slow")
	<-running
	ctx, cancel := context.WithTimeout(noDeadline, 10*time.Second)
	defer cancel()
	err := modules.Load(ctx, "asks")
	expectError(t, err, brisk.ErrLoadFailed)
	expectError(t, err, context.Canceled)
}

// A wait that was given up leaves nothing behind once the load has ended.
func TestWaitsForModulesLeaveNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	modules := newModules(t, brisk.ModulesOptions{})
	load, running, let := gated(t)
	add(t, modules, "slow", load)
	for range 10 {
		ctx, cancel := context.WithTimeout(noDeadline, time.Millisecond)
		defer cancel()
		modules.Load(ctx, "slow")
		modules.LoadAll(ctx, 2)
	}
	<-running
	let()
	eventually(t, "goroutines stay", func() bool { return runtime.NumGoroutine() <= before })
}

func TestClosingEndsWaits(t *testing.T) {
	modules := newModules(t, brisk.ModulesOptions{})
	load, running, _ := gated(t)
	cancelled, ended := make(chan struct{}), make(chan error)
	add(t, modules, "slow", func(ctx context.Context) error {
		context.AfterFunc(ctx, func() { close(cancelled) })
		return load(ctx)
	})
	add(t, modules, "above", loads(nil), "slow")
	for _, name := range []string{"slow", "slow", "above"} {
		go func() { ended <- modules.Load(noDeadline, name) }()
		go func() { ended <- modules.LoadAll(noDeadline, 2) }()
	}
	<-running
	time.Sleep(5 * time.Millisecond)
	modules.Close()
	<-cancelled
	for range 6 {
		expectError(t, <-ended, brisk.ErrClosed)
	}
}

// big is something whose end the collector tells.
func big(freed *atomic.Int32) *[1 << 16]byte {
	value := new([1 << 16]byte)
	runtime.AddCleanup(value, func(int) { freed.Add(1) }, 0)
	return value
}

func TestLoadersLiveAsLongAsTheirSet(t *testing.T) {
	var freed atomic.Int32
	fill := func(modules *brisk.Modules) {
		value := big(&freed)
		add(t, modules, "part", func(ctx context.Context) error {
			value[0]++
			return modules.Load(ctx, "other") // a circle, for the collector
		})
		add(t, modules, "other", loads(nil))
		modules.Add("part", func(context.Context) error { value[1]++; return nil })
	}
	modules := must(brisk.NewModules(brisk.ModulesOptions{}))
	fill(modules)
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if freed.Load() != 0 {
		t.Fatal("a loader that may be called is gone")
	}
	if err := modules.Load(noDeadline, "part"); err != nil {
		t.Fatal(err)
	}
	modules.Close()
	eventually(t, "closing keeps loaders", func() bool { return freed.Load() == 1 })
	runtime.KeepAlive(modules)
	func() {
		modules := must(brisk.NewModules(brisk.ModulesOptions{}))
		fill(modules)
		must(modules.Report())
	}()
	eventually(t, "a forgotten set keeps loaders", func() bool { return freed.Load() == 2 })
}

// Sets, runtimes and handles go in any order, and what runs then ends in peace.
func TestModulesEndWhileLoadsRun(t *testing.T) {
	folder := folderOf(t, map[string]string{"sums.c": sums, "sums.module": ""})
	t.Setenv("TRACE", filepath.Join(folder, "trace"))
	for i := range 4 {
		begin := time.Now()
		var freed atomic.Int32
		load, running, let := gated(t)
		cancelled := make(chan struct{})
		func() {
			home := must(brisk.NewRuntime(brisk.RuntimeOptions{}))
			modules := must(home.NewModules(brisk.ModulesOptions{}))
			value := big(&freed)
			options := brisk.ModuleOptions{WarmUp: func(context.Context) error { value[0]++; return nil }}
			err := modules.AddWith("slow", options, func(ctx context.Context) error {
				context.AfterFunc(ctx, func() { close(cancelled) })
				return load(ctx)
			})
			if err != nil {
				t.Fatal(err)
			}
			must(modules.Scan(folder))
			modules.Preload()
			<-running
			switch i {
			case 1:
				modules.Close()
			case 2:
				home.Close()
			case 3:
				modules.Close()
				home.Close()
			}
		}()
		eventually(t, "a loader does not hear of the end", func() bool {
			select {
			case <-cancelled:
				return true
			default:
				return false
			}
		})
		let()
		eventually(t, "a loader outlives its set", func() bool { return freed.Load() == 1 })
		// The pause after a load in idle time is as long as the load.
		time.Sleep(3*time.Since(begin)/2 + 10*time.Millisecond)
		if _, err := os.Stat(filepath.Join(folder, "trace")); err == nil {
			t.Fatal("a set that is over loads on")
		}
	}
}

func TestModulesStorm(t *testing.T) {
	span := time.Second
	if testing.Short() {
		span = 100 * time.Millisecond
	}
	stop := time.Now().Add(span)
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for round := 0; time.Now().Before(stop); round++ {
				modules := must(brisk.NewModules(brisk.ModulesOptions{Eager: round%3 == 0}))
				for i := range 8 {
					modules.AddWith(fmt.Sprint("part", i), brisk.ModuleOptions{Dependencies: []string{"good"}},
						func(ctx context.Context) error { return modules.Load(ctx, fmt.Sprint("part", (i+3)%8)) })
				}
				modules.Add("good", loads(nil))
				var users sync.WaitGroup
				for i := range 6 {
					users.Add(1)
					go func() {
						defer users.Done()
						ctx, cancel := context.WithTimeout(noDeadline, time.Duration(i)*time.Millisecond)
						defer cancel()
						modules.Load(ctx, fmt.Sprint("part", i))
						for name, err := range useOf(modules, ctx) {
							if errors.Is(err, brisk.ErrInternal) || errors.Is(err, brisk.ErrOutOfMemory) {
								t.Error(name, err)
							}
						}
					}()
				}
				if round%2 == 0 {
					modules.Close()
					users.Wait()
				}
				runtime.GC()
			}
		}()
	}
	all.Wait()
}

func TestLoadedModulesAllocateNothing(t *testing.T) {
	modules := usable(t, brisk.ModulesOptions{})
	ctx := t.Context()
	for _, name := range []string{"good", "native"} {
		if err := modules.Load(ctx, name); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(1000, func() { modules.Load(ctx, name) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func TestGoexitInALoaderEndsTheProgram(t *testing.T) {
	program := exec.Command(must(os.Executable()))
	program.Env = append(os.Environ(), role+"=goexit in a loader")
	said, err := program.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "brisk: the loader called runtime.Goexit") {
		t.Errorf("%v\n%s", err, said)
	}
}
