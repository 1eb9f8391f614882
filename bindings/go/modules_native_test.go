// Native modules: shared objects with a manifest, and their symbols.

package brisk_test

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// sums is a module in C; opening it leaves a trace where TRACE says.
const sums = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int counter = 7;
int count(void) { return ++counter; }
int negate(int a) { return -a; }
int64_t two(int64_t a, int64_t b) { return a * 10 + b; }
int64_t three(int64_t a, int64_t b, int64_t c) { return two(a, b) * 10 + c; }
int64_t four(int64_t a, int64_t b, int64_t c, int64_t d) { return three(a, b, c) * 10 + d; }
int64_t five(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e) { return four(a, b, c, d) * 10 + e; }
int64_t six(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f) {
  return five(a, b, c, d, e) * 10 + f;
}
double zero(void) { return 0.5; }
double mix(double a, double b, double c, double d, double e, double f) {
  return a - b * 2 + c * 4 - d * 8 + e * 16 - f * 32;
}
__attribute__((constructor)) static void opened(void) {
  if (getenv("TRACE") != NULL) fclose(fopen(getenv("TRACE"), "w"));
}
`

// folderOf makes a folder of files. What ends in .c is compiled into a library of the same name.
func folderOf(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		stem, source := strings.CutSuffix(path, ".c")
		if !source {
			continue
		}
		if said, err := exec.Command("gcc", "-shared", "-fPIC", "-o", stem+".so", path).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
	}
	return folder
}

func symbol(t *testing.T, modules *brisk.Modules, module, name string) brisk.Symbol {
	t.Helper()
	found, err := modules.Symbol(noDeadline, module, name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestNativeModules(t *testing.T) {
	folder := folderOf(t, map[string]string{
		"sums.c": sums, "sums.module": "version = 2.5\ndependencies = part\n",
		"wrong.module": "colour = blue\n", "gone.module": "# no library\n",
	})
	trace := filepath.Join(folder, "trace")
	t.Setenv("TRACE", trace)
	modules := newModules(t, brisk.ModulesOptions{})
	if found, err := modules.Scan(folder); found != 3 || err != nil {
		t.Fatal(found, err)
	}
	if found, err := modules.Scan(folder); found != 0 || err != nil {
		t.Fatal(found, err)
	}
	loaded := false
	add(t, modules, "part", func(context.Context) error { loaded = true; return nil })
	if _, err := os.Stat(trace); err == nil || loaded {
		t.Error("scanning opened the library")
	}
	if got := symbol(t, modules, "sums", "two").Call(4, 2); got != 42 || !loaded {
		t.Error(got, loaded)
	}
	if _, err := os.Stat(trace); err != nil {
		t.Error(err)
	}
	stateIs(t, modules, "sums", brisk.ModuleStateLoaded)

	for name, text := range map[string]string{
		"wrong": `"colour" is no key`, "gone": "gone.so", "nobody": "scanned were " + folder,
	} {
		err := modules.Load(noDeadline, name)
		expectError(t, err, brisk.ErrLoadFailed)
		says(t, err, text)
	}
	for module, name := range map[string]string{"sums": "nothing", "part": "two"} {
		_, err := modules.Symbol(noDeadline, module, name)
		expectError(t, err, brisk.ErrInvalid)
	}
	_, err := modules.Symbol(noDeadline, "sums", "two\x00")
	says(t, err, "it has a NUL")
	_, err = modules.Symbol(noDeadline, "gone", "two")
	expectError(t, err, brisk.ErrLoadFailed)

	infos := must(modules.Report()).Modules
	info := infos[slices.IndexFunc(infos, func(info brisk.ModuleInfo) bool { return info.Name == "sums" })]
	if info.Version != "2.5" || info.Kinds[0] != "library" || info.Dependencies[0] != "part" ||
		info.Source != filepath.Join(folder, "sums.module") || info.Library != filepath.Join(folder, "sums.so") {
		t.Errorf("%+v", info)
	}
	_, err = modules.Scan(filepath.Join(folder, "nowhere"))
	expectError(t, err, brisk.ErrInvalid)
	says(t, err, "nowhere")
}

func TestSymbols(t *testing.T) {
	folder := folderOf(t, map[string]string{"sums.c": sums, "sums.module": ""})
	modules := newModules(t, brisk.ModulesOptions{})
	must(modules.Scan(folder))
	count, counter := symbol(t, modules, "sums", "count"), symbol(t, modules, "sums", "counter")
	negate, six, mix := symbol(t, modules, "sums", "negate"), symbol(t, modules, "sums", "six"), symbol(t, modules, "sums", "mix")
	others := []brisk.Symbol{}
	for _, name := range []string{"two", "three", "four", "five"} {
		others = append(others, symbol(t, modules, "sums", name))
	}
	half := symbol(t, modules, "sums", "zero")
	modules.Close()

	if got := *(*int32)(counter.Pointer()); got != 7 {
		t.Error(got)
	}
	if got := count.Call(); got != 8 || *(*int32)(counter.Pointer()) != 8 {
		t.Error(got)
	}
	if got := int32(negate.Call(-5)) + int32(negate.Call(math.MaxInt32)); got != 5-math.MaxInt32 {
		t.Error(got)
	}
	args := []int64{1, 2, 3, 4, 5, 6}
	for i, want := range []int64{12, 123, 1234, 12345} {
		if got := others[i].Call(args[:i+2]...); got != want {
			t.Error(got, want)
		}
	}
	if got := six.Call(args...); got != 123456 {
		t.Error(got)
	}
	if got := mix.CallFloat(1, 2, 3, 4, 5, 6.5); got != 1-4+12-32+80-208 {
		t.Error(got)
	}
	if got := half.CallFloat(); got != 0.5 {
		t.Error(got)
	}
	if n := testing.AllocsPerRun(100, func() { six.Call(1, 2, 3, 4, 5, 6); mix.CallFloat(1, 2, 3, 4, 5, 6) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for name, call := range map[string]func(){
		"7 arguments": func() { six.Call(1, 2, 3, 4, 5, 6, 7) },
		"no symbol":   func() { (brisk.Symbol{}).CallFloat() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a call with", name, "goes on")
				}
			}()
			call()
		}()
	}
	if (brisk.Symbol{}).Pointer() != nil || count.Pointer() == unsafe.Pointer(nil) {
		t.Error(count.Pointer())
	}
}

func TestSystemLibrariesAreModules(t *testing.T) {
	folder := folderOf(t, map[string]string{"math.module": "library = libm.so.6\n"})
	t.Setenv("BRISK_MODULE_PATH", folder)
	modules := newModules(t, brisk.ModulesOptions{})
	if found, err := modules.Scan(""); found == 0 || err != nil {
		t.Fatal(found, err)
	}
	for x, want := range map[float64]float64{0: 1, 60 * math.Pi / 180: 0.5} {
		if got := symbol(t, modules, "math", "cos").CallFloat(x); math.Abs(got-want) > 1e-15 {
			t.Error(x, got)
		}
	}
	if got := symbol(t, modules, "math", "pow").CallFloat(2, 10); got != 1024 {
		t.Error(got)
	}
}

// A manifest may be the last thing that a module of Go needs, so that Scan calls into Go.
func TestEagerScanLoadsModulesOfGo(t *testing.T) {
	folder := folderOf(t, map[string]string{"math.module": "library = libm.so.6\n", "wrong.module": "colour = blue\n"})
	modules := newModules(t, brisk.ModulesOptions{Eager: true})
	loaded := false
	add(t, modules, "part", func(context.Context) error { loaded = true; return nil }, "math")
	found, err := modules.Scan(folder)
	expectError(t, err, brisk.ErrLoadFailed)
	says(t, err, `"colour" is no key`)
	if found != 0 || !loaded {
		t.Error(found, loaded)
	}
	stateIs(t, modules, "math", brisk.ModuleStateLoaded)
}

func TestManifestsAreReadAnew(t *testing.T) {
	folder := folderOf(t, map[string]string{"math.module": "library = libbrisk-gone.so\n"})
	modules := newModules(t, brisk.ModulesOptions{})
	must(modules.Scan(folder))
	expectError(t, modules.Load(noDeadline, "math"), brisk.ErrLoadFailed)
	text := []byte("library = libm.so.6\n")
	if err := os.WriteFile(filepath.Join(folder, "math.module"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	must(modules.Retry("math"))
	if err := modules.Load(noDeadline, "math"); err != nil {
		t.Error(err)
	}
}
