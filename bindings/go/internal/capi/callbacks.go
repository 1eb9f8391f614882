// The way from threads of C into Go: tasks, items of batches and modules, known by a number, since C
// may not keep a pointer of Go.

package capi

/*
#include <brisk/brisk.h>

int32_t briskGoTask(uintptr_t number);
int32_t briskGoRange(uintptr_t number, size_t first, size_t last, size_t *at);
int32_t briskGoModule(uintptr_t number, int32_t step, void *message, size_t capacity);

// How many tasks and items this thread is inside of, and how many loads of modules.
static _Thread_local int depth;
static _Thread_local int loads;

static brisk_status run_task(void *user, brisk_task *task) {
  (void)task;
  ++depth;
  const brisk_status status = briskGoTask((uintptr_t)user);
  --depth;
  return status;
}

static brisk_status run_range(void *user, size_t first, size_t last, size_t *at,
                              brisk_batch *batch) {
  (void)batch;
  ++depth;
  const brisk_status status = briskGoRange((uintptr_t)user, first, last, at);
  --depth;
  return status;
}

static brisk_status run_module(void *user, brisk_module_step step, void *message,
                               size_t capacity) {
  ++loads;
  const brisk_status status = briskGoModule((uintptr_t)user, step, message, capacity);
  --loads;
  return status;
}

static int in_task(void) { return depth != 0; }
static int in_loader(void) { return loads != 0; }

static brisk_status submit(brisk_workers *workers, const brisk_task_options *options,
                           uintptr_t number, uint64_t timeout_ns, brisk_completions *completions,
                           brisk_task **task, brisk_error **error) {
  return brisk_workers_submit(workers, options, run_task, (void *)number, NULL, timeout_ns, NULL,
                              completions, task, error);
}

static brisk_status batch(brisk_workers *workers, size_t count, uint64_t timeout_ns, uint32_t race,
                          uintptr_t number, brisk_batch **batch, brisk_error **error) {
  return brisk_workers_batch_ranges(workers, count, timeout_ns, race, run_range, (void *)number,
                                    NULL, NULL, batch, error);
}

static brisk_status add_module(brisk_modules *modules, const brisk_module_options *options,
                               uintptr_t number, brisk_error **error) {
  return brisk_modules_add(modules, options, run_module, (void *)number, NULL, error);
}

#cgo noescape in_task
#cgo nocallback in_task
#cgo noescape in_loader
#cgo nocallback in_loader
#cgo noescape submit
#cgo nocallback submit
#cgo noescape batch
#cgo nocallback batch
*/
import "C"

import (
	"strings"
	"unsafe"
)

// What runs the task, items or module of a number. The package above sets each before C knows a number.
var (
	RunTask   func(number uint64) Status
	RunRange  func(number uint64, first, last int, at *uintptr) Status
	RunModule func(number uint64, step ModuleStep) (status Status, reason string)
)

//export briskGoTask
func briskGoTask(number C.uintptr_t) C.int32_t { return C.int32_t(RunTask(uint64(number))) }

//export briskGoRange
func briskGoRange(number C.uintptr_t, first, last C.size_t, at *C.size_t) C.int32_t {
	return C.int32_t(RunRange(uint64(number), int(first), int(last), (*uintptr)(unsafe.Pointer(at))))
}

//export briskGoModule
func briskGoModule(number C.uintptr_t, step C.int32_t, message unsafe.Pointer, capacity C.size_t) C.int32_t {
	status, reason := RunModule(uint64(number), ModuleStep(step))
	room := unsafe.Slice((*byte)(message), capacity)
	// Where it is cut, a rune may be.
	reason = strings.ToValidUTF8(reason[:min(len(reason), len(room)-1)], "")
	room[copy(room, reason)] = 0
	return C.int32_t(status)
}

// InTask reports whether the calling thread is one of a pool, inside a task or an item of Go.
func InTask() bool { return C.in_task() != 0 }

// InLoader reports whether the calling thread loads a module of Go.
func InLoader() bool { return C.in_loader() != 0 }

// SubmitGo is brisk_workers_submit of the task of Go that has this number, which its completion has
// for a tag.
func SubmitGo(
	workers *Workers, options *TaskOptions, number uint64, timeoutNs uint64,
	completions *Completions, task **Task, err **Error,
) Status {
	options.Tag = number
	if options.Name != nil {
		var name pins
		defer name.Unpin()
		name.Pin(options.Name)
	}
	return Status(C.submit(workers, (*C.brisk_task_options)(unsafe.Pointer(options)),
		C.uintptr_t(number), C.uint64_t(timeoutNs), completions, task, err))
}

// BatchGo is brisk_workers_batch_ranges of the items of Go that have this number.
func BatchGo(
	workers *Workers, count, timeoutNs uint64, race uint32, number uint64, batch **Batch, err **Error,
) Status {
	return Status(C.batch(workers, C.size_t(count), C.uint64_t(timeoutNs), C.uint32_t(race),
		C.uintptr_t(number), batch, err))
}

// ModulesAddGo is brisk_modules_add of the module of Go that has this number.
func ModulesAddGo(modules *Modules, options *ModuleOptions, number uint64, err **Error) Status {
	var texts pins
	defer texts.Unpin()
	texts.Pin(options.Name)
	texts.Pin(options.Version)
	texts.Pin(options.Dependencies)
	return Status(C.add_module(modules, (*C.brisk_module_options)(unsafe.Pointer(options)),
		C.uintptr_t(number), err))
}
