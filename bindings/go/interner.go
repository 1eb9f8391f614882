// Interner: equal strings as one number.

package brisk

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// NoID is the id of no string.
const NoID = capi.InternNone

// InternerOptions are the settings of an interner; what is zero has the documented default.
type InternerOptions struct {
	// Capacity bounds all bytes held, as in "16 MiB"; at least "64 KiB"; default "64 MiB".
	Capacity string
}

// Interner keeps one copy of each string that it is given and a number for it: ids count from 0 in the
// order of the first coming. What it holds stays until it is garbage as a whole, outside of Go's heap.
type Interner struct {
	raw *capi.Intern
}

// NewInterner creates an interner that is charged to the runtime of the process.
func NewInterner(options InternerOptions) (*Interner, error) { return newInterner(nil, options) }

// NewInterner creates an interner that is charged to this runtime.
func (r *Runtime) NewInterner(options InternerOptions) (*Interner, error) {
	defer runtime.KeepAlive(r)
	return newInterner(r.raw, options)
}

func newInterner(in *capi.Runtime, options InternerOptions) (*Interner, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	raw := capi.NewInternOptions()
	var err error
	if raw.CapacityBytes, err = optionalSize(options.Capacity); err != nil {
		return nil, err
	}
	var made *capi.Intern
	var failed *capi.Error
	if err := check(capi.InternNew(in, &raw, &made, &failed), failed); err != nil {
		return nil, err
	}
	n := &Interner{made}
	runtime.AddCleanup(n, func(raw *capi.Intern) { capi.InternUnref(raw) }, made)
	return n, nil
}

// bytesOf is the memory of a string, which C reads and does not keep.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Put returns the id of a string, which is copied when it is new. Without room for it the error is
// [ErrRefused].
func (n *Interner) Put(s string) (id uint32, err error) {
	defer runtime.KeepAlive(n)
	var failed *capi.Error
	status := capi.InternPut(n.raw, bytesOf(s), &id, &failed)
	if status == capi.StatusRefused {
		return NoID, n.full()
	}
	return id, check(status, failed)
}

// PutMany returns the ids of many strings in their order, at a lower cost each. Without room for one
// of them the error is [ErrRefused], and the ids are those of the strings before it.
func (n *Interner) PutMany(strings []string) (ids []uint32, err error) {
	var done uint64
	ids, status, err := n.many(strings, capi.InternPutMany, &done)
	if status == capi.StatusRefused {
		err = n.full()
	}
	return ids[:done], err
}

// Find returns the id of a string that is there; ok is false for another one.
func (n *Interner) Find(s string) (id uint32, ok bool) {
	defer runtime.KeepAlive(n)
	status := capi.InternFind(n.raw, bytesOf(s), &id, nil)
	return id, status == capi.StatusOK
}

// FindMany returns the ids of many strings in their order, [NoID] for each that is not there.
func (n *Interner) FindMany(strings []string) (ids []uint32, err error) {
	var found uint64
	ids, _, err = n.many(strings, capi.InternFindMany, &found)
	return ids, err
}

func (n *Interner) many(strings []string, call func(*capi.Intern, uint64, []byte, []uint32, []uint32,
	*uint64, **capi.Error) capi.Status, count *uint64) ([]uint32, capi.Status, error) {
	defer runtime.KeepAlive(n)
	b := scratch.Get().(*puts)
	defer scratch.Put(b)
	pack(&b.keys, strings)
	ids := make([]uint32, len(strings))
	var failed *capi.Error
	status := call(n.raw, uint64(len(strings)), b.keys.bytes, b.keys.sizes, ids, count, &failed)
	return ids, status, check(status, failed)
}

// At returns a copy of the string of an id; ok is false for an id that was not given out.
func (n *Interner) At(id uint32) (s string, ok bool) {
	defer runtime.KeepAlive(n)
	var size uint64
	data := capi.InternAt(n.raw, id, &size)
	if data == nil {
		return "", false
	}
	return string(unsafe.Slice((*byte)(data), size)), true
}

// Stats reads the figures of the interner.
func (n *Interner) Stats() (InternStats, error) {
	defer runtime.KeepAlive(n)
	raw := capi.NewInternStats()
	var failed *capi.Error
	status := capi.InternReadStats(n.raw, &raw, &failed)
	return newInternStats(&raw), check(status, failed)
}

// full is the failure of a put without room.
func (n *Interner) full() error {
	stats, err := n.Stats()
	if err != nil {
		return err
	}
	return &Error{StatusRefused, fmt.Sprintf("no room for another string: %d of at most %d bytes are"+
		" held; raise Capacity, or the budget of the runtime", stats.HeldBytes, stats.CapacityBytes), nil}
}
