// Errors: what errors.Is tells apart, and how a failure of C becomes one.

package brisk

import (
	"fmt"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Error says why a call failed. errors.Is tells failures apart by the Err values of this package;
// the message names the input, the limit and the way out.
type Error struct {
	Status  Status
	Message string
	cause   error
}

// What errors.Is compares with.
var (
	// ErrTimeout is a wait that ended before the load it waited for, of a value or of modules, which
	// goes on, or a task that was not done by its deadline.
	ErrTimeout error = &Error{Status: StatusTimeout}
	// ErrRefused is a call that needs room while callers pin all that the cache holds, or a queue of
	// tasks or an interner that is full.
	ErrRefused error = &Error{Status: StatusRefused}
	// ErrAbsent is a key that is known to have no value, so that it is not loaded.
	ErrAbsent error = &Error{Status: StatusAbsent}
	// ErrInvalid is a wrong argument.
	ErrInvalid error = &Error{Status: StatusInvalid}
	// ErrClosed is a cache, runtime, pool or set of modules that was closed, or a handle that was
	// released.
	ErrClosed error = &Error{Status: StatusClosed}
	// ErrOutOfMemory is a system that has no memory.
	ErrOutOfMemory error = &Error{Status: StatusOutOfMemory}
	// ErrTooLarge is a key, a value, an entry or the bytes of a task beyond a limit.
	ErrTooLarge error = &Error{Status: StatusTooLarge}
	// ErrExists is a name that a live cache has, or another module of the set.
	ErrExists error = &Error{Status: StatusExists}
	// ErrLoadFailed is a loader that failed, for this caller or for the one it waited for, a module that
	// could not be loaded or does not exist, a task that panicked, or a race that nobody won.
	ErrLoadFailed error = &Error{Status: StatusLoadFailed}
	// ErrDeadlock is a load or a task that waits, directly or through others, for itself, or a circle
	// of dependencies.
	ErrDeadlock error = &Error{Status: StatusDeadlock}
	// ErrInternal is an unexpected condition inside the library; please report its message.
	ErrInternal error = &Error{Status: StatusInternal}
)

// Error returns the message, or the name of the status where there is none.
func (e *Error) Error() string {
	if e.Message == "" {
		return "brisk: " + e.Status.String()
	}
	return "brisk: " + e.Message
}

// Is reports whether target is the Err value of this status.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && *other == Error{Status: e.Status}
}

// Unwrap returns what the caller's own function failed with, or for a deadline that of contexts.
func (e *Error) Unwrap() error { return e.cause }

// check makes an error of a failure, and nothing of success and outcomes.
func check(status capi.Status, failed *capi.Error) error {
	if status >= 0 {
		return nil
	}
	return failure(status, failed)
}

func failure(status capi.Status, failed *capi.Error) error {
	defer capi.ErrorUnref(failed)
	return &Error{status, capi.ErrorMessage(failed), nil}
}

// absent is the answer for a key that is known to have no value.
func absent(key string) error {
	return &Error{StatusAbsent, fmt.Sprintf("the key %.64q is known to have no value", key), nil}
}

// refused is the failure of a call that has no other way to tell of a refusal.
func refused(what string) error {
	return &Error{StatusRefused, what + ", because callers pin what the cache holds;" +
		" release values, or give the cache more capacity", nil}
}
