// Symbol: a function or variable of a native module.

package brisk

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Symbol is a function or variable of a native module. It is good for as long as the process lives,
// also when its set is closed: keep it, and a call costs what any call of C does.
type Symbol struct{ address uintptr }

// Symbol loads a native module as [Modules.Load] does, and finds a symbol of it. A module without a
// library, or without this symbol, answers [ErrInvalid].
func (m *Modules) Symbol(ctx context.Context, module, symbol string) (Symbol, error) {
	defer runtime.KeepAlive(m)
	if strings.IndexByte(symbol, 0) >= 0 {
		return Symbol{}, &Error{StatusInvalid, fmt.Sprintf("%q is no name of a symbol: it has a NUL", symbol), nil}
	}
	if err := m.Load(ctx, module); err != nil {
		return Symbol{}, err
	}
	var address uint64
	var failed *capi.Error
	status := capi.ModulesSymbol(m.raw, []byte(module), symbol, 0, &address, &failed)
	return Symbol{uintptr(address)}, m.check(status, failed)
}

// Pointer returns the address: of a variable, to read or write, or of a function, for the cgo of the
// caller.
func (s Symbol) Pointer() unsafe.Pointer { return capi.PointerTo(s.address) }

// Call calls a function of at most 6 integers or addresses, as many as it declares, that returns one
// or nothing. A narrower result is converted by the caller, as in int32(add.Call(2, 3)) for an int of
// C; that of a function without one means nothing. It panics with more arguments, or without a symbol.
func (s Symbol) Call(args ...int64) int64 {
	var room [6]int64
	s.check(copy(room[:], args) == len(args))
	return capi.CallIntegers(s.address, len(args), &room)
}

// CallFloat calls a function of at most 6 doubles that returns a double. It panics with more
// arguments, or without a symbol.
func (s Symbol) CallFloat(args ...float64) float64 {
	var room [6]float64
	s.check(copy(room[:], args) == len(args))
	return capi.CallDoubles(s.address, len(args), &room)
}

func (s Symbol) check(fits bool) {
	if s.address == 0 {
		panic("brisk: a call of a Symbol that no module gave")
	}
	if !fits {
		panic("brisk: a call of a Symbol with more than 6 arguments; use its Pointer with cgo")
	}
}
