// Flights, where nobody else looks.

package brisk

import (
	"context"
	"errors"
	"testing"
)

// A flight that is about to tell of a failure is still known, for a moment. Who has changed something
// since is not told.
func TestEarlierFlightsAreForgotten(t *testing.T) {
	for name, change := range map[string]func(*Modules) error{
		"Retry": func(m *Modules) error { _, err := m.Retry("part"); return err },
		"Scan":  func(m *Modules) error { _, err := m.Scan(t.TempDir()); return err },
		"Add":   func(m *Modules) error { return m.Add("more", func(context.Context) error { return nil }) },
	} {
		m, err := NewModules(ModulesOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if err := m.Add("part", func(context.Context) error { return nil }); err != nil {
			t.Fatal(err)
		}
		earlier := &flight{make(chan struct{}), errors.New("from before")}
		close(earlier.done)
		m.flights["part"] = earlier
		if err := m.Load(context.Background(), "part"); err != earlier.err {
			t.Fatal(err)
		}
		if err := change(m); err != nil {
			t.Fatal(err)
		}
		if err := m.Load(context.Background(), "part"); err != nil {
			t.Error(name, err)
		}
		if len(m.flights) != 0 {
			t.Error("a flight that is over is known")
		}
	}
}
