// Package capi is the C interface of brisk, function by function, with no policy of its own: zcapi.go
// is generated from the description of the interface, this file is what it stands on.
package capi

import (
	"fmt"
	"runtime"
	"sync"
)

// The memory of Go that a struct points to while C reads it.
type pins = runtime.Pinner

// CheckABI refuses a library whose binary interface is not the one this package was generated for.
// It asks the library once; until it has answered, no other function may be called.
var CheckABI = sync.OnceValue(func() error {
	loaded := ABIVersion()
	if loaded == BuiltABIVersion {
		return nil
	}
	return fmt.Errorf("the loaded libbrisk has the binary interface %d.%d, this package needs %d.%d;"+
		" install the library and the package of one version",
		loaded>>16, loaded&0xffff, BuiltABIVersion>>16, BuiltABIVersion&0xffff)
})
