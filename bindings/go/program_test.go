// The package inside programs: another library, other programs, the README.

package brisk_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/brisk-runtime/brisk/bindings/go"
	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
	"github.com/brisk-runtime/brisk/bindings/go/internal/ctest"
)

// A test that needs a program of its own runs this one again, in the role that the variable names.
const role = "BRISK_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "open":
		_, err := brisk.NewCache(brisk.CacheOptions{})
		fmt.Println(err)
		_, err = brisk.NewRuntime(brisk.RuntimeOptions{})
		fmt.Println(err)
		_, err = brisk.DefaultRuntime()
		fmt.Println(err)
		_, _, err = brisk.FindCache("name")
		fmt.Println(err)
	case "goexit":
		workers := must(brisk.NewWorkers(brisk.WorkersOptions{}))
		task := must(workers.Submit(noDeadline, func(context.Context) (any, error) {
			runtime.Goexit()
			return nil, nil
		}))
		task.Wait(noDeadline)
	case "goexit in a loader":
		modules := must(brisk.NewModules(brisk.ModulesOptions{}))
		modules.Add("inner", func(context.Context) error { runtime.Goexit(); return nil })
		modules.Add("outer", func(ctx context.Context) error { return modules.Load(ctx, "inner") })
		modules.Load(noDeadline, "outer")
	}
}

func again(t *testing.T, as string, env ...string) string {
	t.Helper()
	program := exec.Command(must(os.Executable()))
	program.Env = append(os.Environ(), append(env, role+"="+as)...)
	said, err := program.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return string(said)
}

func TestAnotherInterfaceIsRefused(t *testing.T) {
	if said := again(t, "open"); said != strings.Repeat("<nil>\n", 4) {
		t.Fatal(said)
	}
	folder := t.TempDir()
	source, other := filepath.Join(folder, "other.c"), filepath.Join(folder, "other.so")
	text := "unsigned brisk_abi_version(void) { return 9u << 16 | 7; }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("gcc", "-shared", "-fPIC", "-o", other, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	said := again(t, "open", "LD_PRELOAD="+other)
	want := fmt.Sprintf("brisk: the loaded libbrisk has the binary interface 9.7, this package needs"+
		" %d.%d; install the library and the package of one version\n",
		capi.BuiltABIVersion>>16, capi.BuiltABIVersion&0xffff)
	if said != strings.Repeat(want, 4) {
		t.Error(said)
	}
}

func TestGoexitInATaskEndsTheProgram(t *testing.T) {
	program := exec.Command(must(os.Executable()))
	program.Env = append(os.Environ(), role+"=goexit")
	said, err := program.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "brisk: the task called runtime.Goexit") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestOtherProgramsRunWhileCachesAndPoolsLive(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	put(t, cache, "key", "value")
	workers := one(t)
	for range 5 {
		ends(t, submit(t, workers, brisk.TaskOptions{}, answer(1, nil)), brisk.TaskStateDone, nil)
		if said, err := exec.Command("echo", "hello").Output(); string(said) != "hello\n" || err != nil {
			t.Errorf("%q, %v", said, err)
		}
	}
	expect(t, cache, "key", "value")
}

func TestMallocIsTheHosts(t *testing.T) {
	newCache(t, brisk.CacheOptions{})
	for _, symbol := range []string{"malloc", "free", "calloc", "realloc"} {
		if home := filepath.Base(ctest.HomeOf(symbol)); !strings.HasPrefix(home, "libc.so") {
			t.Errorf("%s comes from %q", symbol, home)
		}
	}
	if home := filepath.Base(ctest.HomeOf("brisk_version")); !strings.HasPrefix(home, "libbrisk.so") {
		t.Errorf("brisk_version comes from %q", home)
	}
}

func TestVersions(t *testing.T) {
	if version := brisk.Version(); !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
		t.Error(version)
	}
	if info := brisk.BuildInfo(); !strings.Contains(info, brisk.Version()) {
		t.Error(info)
	}
}

// The README shows whole programs and what they print: those of examples.
func TestReadmeHasTheExamples(t *testing.T) {
	readme := string(must(os.ReadFile("README.md")))
	for _, example := range must(filepath.Glob("examples/*")) {
		program := string(must(os.ReadFile(filepath.Join(example, "main.go"))))
		if !strings.Contains(readme, "```go\n"+program+"```\n") {
			t.Error("README.md does not show", example)
		}
		if testing.Short() {
			continue
		}
		said, err := exec.Command("go", "run", "./"+example).CombinedOutput()
		if err != nil || !strings.Contains(readme, "It prints\n\n```\n"+string(said)+"```\n") {
			t.Errorf("README.md does not show what %s prints: %v\n%s", example, err, said)
		}
	}
}
