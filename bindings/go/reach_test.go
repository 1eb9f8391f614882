// Nothing of the C interface is out of reach.

package brisk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the package has no use for.
var unreached = map[string]string{
	"brisk_abi_digest":           "a library of the same binary interface may have grown since",
	"brisk_error_status":         "the status comes from the call itself",
	"brisk_error_ref":            "an error in Go has a copy of the message",
	"brisk_runtime_ref":          "a handle in Go has one reference and is shared by its address",
	"brisk_cache_ref":            "a handle in Go has one reference and is shared by its address",
	"brisk_value_ref":            "a handle in Go has one reference and is shared by its address",
	"brisk_lease_ref":            "a handle in Go has one reference and is shared by its address",
	"brisk_cache_get_or_load":    "loads stand on leases, so that nothing calls into Go",
	"brisk_cache_get_or_refresh": "loads stand on leases, so that nothing calls into Go",

	"brisk_intern_ref":        "a handle in Go has one reference and is shared by its address",
	"brisk_modules_ref":       "a handle in Go has one reference and is shared by its address",
	"brisk_module_report_ref": "a handle in Go has one reference and is shared by its address",

	"brisk_workers_batch":      "items are called in ranges",
	"brisk_workers_ref":        "a handle in Go has one reference and is shared by its address",
	"brisk_batch_ref":          "a batch lives as long as the call that makes it",
	"brisk_completions_ref":    "there is one queue in the process, for as long as it lives",
	"brisk_completions_unref":  "there is one queue in the process, for as long as it lives",
	"brisk_limiter_ref":        "a handle in Go has one reference and is shared by its address",
	"brisk_token_ref":          "what cancels in Go is a context",
	"brisk_token_unref":        "what cancels in Go is a context",
	"brisk_token_new":          "what cancels in Go is a context",
	"brisk_token_cancel":       "what cancels in Go is a context",
	"brisk_token_is_cancelled": "what cancels in Go is a context",
	"brisk_batch_is_cancelled": "an item in Go sees its context",
	"brisk_task_succeed":       "what a function of Go gives stays in Go, where it needs no copy",
	"brisk_task_fail":          "what a function of Go gives stays in Go, where it needs no copy",
	"brisk_task_read":          "what a function of Go gives stays in Go, where it needs no copy",
	"brisk_batch_fail":         "what a function of Go gives stays in Go, where it needs no copy",
	"brisk_batch_check":        "what a function of Go gives stays in Go, where it needs no copy",
}

// sources are the files of the package, and of the generated layer below it, but for tests.
func sources(t *testing.T, pattern string) (text string) {
	t.Helper()
	for _, path := range must(filepath.Glob(pattern)) {
		if !strings.HasSuffix(path, "_test.go") {
			text += string(must(os.ReadFile(path)))
		}
	}
	return text
}

func TestEveryFunctionIsReached(t *testing.T) {
	functions := regexp.MustCompile(`brisk_\w+`).FindAllString(
		string(must(os.ReadFile("../../lib/abi/brisk.map"))), -1)
	if len(functions) < 40 {
		t.Fatalf("brisk.map has %d functions", len(functions))
	}
	text := sources(t, "*.go") + sources(t, "internal/capi/c*.go")
	layer := sources(t, "internal/capi/zcapi.go")
	text += strings.Join(regexp.MustCompile(`String\(\) string \{.*`).FindAllString(layer, -1), "\n")
	for _, function := range functions {
		// The generated layer says in its documentation which function is which.
		wrapper := regexp.MustCompile(`// (\w+) is ` + function + `\. `).FindStringSubmatch(layer)
		if wrapper == nil {
			t.Errorf("%s is not in the generated layer", function)
			continue
		}
		reached := regexp.MustCompile(`\b` + wrapper[1] + `\(|capi\.` + wrapper[1] + `\b| ` + function + `\(`).MatchString(text)
		if _, excused := unreached[function]; reached == excused {
			t.Errorf("%s is reached: %v, and has an excuse: %v", function, reached, excused)
		}
		delete(unreached, function)
	}
	for function, reason := range unreached {
		t.Errorf("%s does not exist, and yet: %s", function, reason)
	}
}

// Every option of C is set from one of Go.
func TestEveryOptionIsReached(t *testing.T) {
	header := string(must(os.ReadFile("../../include/brisk/cache.h"))) +
		string(must(os.ReadFile("../../include/brisk/intern.h"))) +
		string(must(os.ReadFile("../../include/brisk/modules.h"))) +
		string(must(os.ReadFile("../../include/brisk/runtime.h"))) +
		string(must(os.ReadFile("../../include/brisk/workers.h")))
	text := strings.ToLower(sources(t, "*.go") + sources(t, "internal/capi/callbacks.go"))
	options := 0
	for _, body := range regexp.MustCompile(`(?s)struct brisk_\w+_options \{(.*?)\}`).FindAllString(header, -1) {
		for _, member := range regexp.MustCompile(`(?m)^  \w[\w ]* \*?(\w+);`).FindAllStringSubmatch(body, -1) {
			name := strings.ReplaceAll(member[1], "_", "")
			if name == "structsize" || name == "reserved" {
				continue
			}
			options++
			if !regexp.MustCompile(`raw\.` + name + `\b(, err)? =|options\.` + name + `\b =|&raw\.` + name + `\b`).MatchString(text) {
				t.Errorf("%s is not reached", member[1])
			}
		}
	}
	if options < 30 {
		t.Errorf("the headers have %d options", options)
	}
}
