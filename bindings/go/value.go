// Value: a pinned value.

package brisk

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Value is a pinned value. Its bytes stay valid and unchanged until Release, even when the entry is
// evicted, or the cache closed and forgotten; until then they count towards the capacity.
//
// Release it when it is no longer needed. One that is forgotten is released at some time after it is
// unreachable, which its bytes alone do not prevent.
type Value struct {
	raw      *capi.Value
	data     []byte
	released atomic.Bool
	cleanup  runtime.Cleanup
}

// adoptValue takes over one reference.
func adoptValue(raw *capi.Value) *Value {
	v := &Value{raw: raw, data: valueBytes(raw)}
	v.cleanup = runtime.AddCleanup(v, func(raw *capi.Value) { capi.ValueUnref(raw) }, raw)
	return v
}

func valueBytes(raw *capi.Value) []byte {
	var size uint64
	data := capi.ValueData(raw, &size)
	return unsafe.Slice((*byte)(data), size)
}

// takeValue copies a value and drops its reference.
func takeValue(raw *capi.Value) []byte {
	value := bytes.Clone(valueBytes(raw))
	capi.ValueUnref(raw)
	return value
}

// Bytes returns the bytes of the value, in the memory of the cache: they may not be written to, nor
// used after Release. After Release it returns nil.
func (v *Value) Bytes() []byte {
	if v.released.Load() {
		return nil
	}
	return v.data
}

// String returns a copy of the bytes.
func (v *Value) String() string {
	defer runtime.KeepAlive(v)
	return string(v.Bytes())
}

// Release lets the cache have the memory back. It may be called again.
func (v *Value) Release() {
	if !v.released.Swap(true) {
		v.cleanup.Stop()
		capi.ValueUnref(v.raw)
	}
}
