// Reports: what a set of modules was at one moment.

package brisk

import (
	"runtime"
	"strings"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// ModuleInfo is what a module was at the moment of a report.
type ModuleInfo struct {
	// Name is its name.
	Name string
	// Kinds is what it offers: kinds of drivers, or "library" or "host".
	Kinds []string
	// Schemes are those of addresses that it serves.
	Schemes []string
	// Version is its version.
	Version string
	// Dependencies are the modules that it needs.
	Dependencies []string
	// NeededBy are the modules that need it.
	NeededBy []string
	// Source is the path of its manifest; empty for one that a function loads.
	Source string
	// Library is the path of the library that was opened.
	Library string
	// Reason is why it failed.
	Reason string
	// Log has the latest messages of its driver, the oldest first.
	Log []string
	ModuleFigures
}

// ModuleReport is what a set of modules was at one moment. It outlives its set.
type ModuleReport struct {
	// Modules are in the order in which they were found.
	Modules []ModuleInfo
	raw     *capi.ModuleReport
}

// Report describes every module as it is now, and loads nothing.
func (m *Modules) Report() (*ModuleReport, error) {
	defer runtime.KeepAlive(m)
	var raw *capi.ModuleReport
	var failed *capi.Error
	if err := check(capi.ModulesReport(m.raw, &raw, &failed), failed); err != nil {
		return nil, err
	}
	r := &ModuleReport{make([]ModuleInfo, capi.ModuleReportCount(raw)), raw}
	runtime.AddCleanup(r, func(raw *capi.ModuleReport) { capi.ModuleReportUnref(raw) }, raw)
	for i := range r.Modules {
		if err := r.Modules[i].read(raw, uint64(i)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (info *ModuleInfo) read(raw *capi.ModuleReport, index uint64) error {
	text := func(part ModuleText) string { return capi.ModuleReportText(raw, index, part) }
	list := func(part ModuleText) []string { return strings.Fields(text(part)) }
	figures := capi.NewModuleFigures()
	var failed *capi.Error
	status := capi.ModuleReportRead(raw, index, &figures, &failed)
	*info = ModuleInfo{
		Name:          text(ModuleTextName),
		Kinds:         list(ModuleTextKinds),
		Schemes:       list(ModuleTextSchemes),
		Version:       text(ModuleTextVersion),
		Dependencies:  list(ModuleTextDependencies),
		NeededBy:      list(ModuleTextDependents),
		Source:        text(ModuleTextSource),
		Library:       text(ModuleTextLibrary),
		Reason:        text(ModuleTextReason),
		Log:           strings.FieldsFunc(text(ModuleTextLog), func(c rune) bool { return c == '\n' }),
		ModuleFigures: newModuleFigures(&figures),
	}
	return check(status, failed)
}

// Text returns the report as a table to read, slowest module first.
func (r *ModuleReport) Text() string {
	defer runtime.KeepAlive(r)
	return capi.ModuleReportFormat(r.raw, ReportFormatText)
}

// JSON returns the report as one object, with all that is known.
func (r *ModuleReport) JSON() string {
	defer runtime.KeepAlive(r)
	return capi.ModuleReportFormat(r.raw, ReportFormatJson)
}
