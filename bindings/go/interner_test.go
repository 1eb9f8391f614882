// Interners: one id for equal strings, from any goroutine, up to a bound.

package brisk_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func ExampleInterner() {
	names := must(brisk.NewInterner(brisk.InternerOptions{Capacity: "16 MiB"}))
	ids := must(names.PutMany([]string{"red", "green", "red"}))
	green, ok := names.At(1)
	fmt.Println(ids, green, ok)
	// Output: [0 1 0] green true
}

func TestEqualStringsAreOne(t *testing.T) {
	names := must(brisk.NewInterner(brisk.InternerOptions{}))
	for i, s := range []string{"red", "gr\x00en", ""} {
		for range 2 {
			if id, err := names.Put(s); id != uint32(i) || err != nil {
				t.Errorf("Put(%q) = %d, %v", s, id, err)
			}
		}
		if id, ok := names.Find(s); id != uint32(i) || !ok {
			t.Errorf("Find(%q) = %d, %v", s, id, ok)
		}
		if got, ok := names.At(uint32(i)); got != s || !ok {
			t.Errorf("At(%d) = %q, %v", i, got, ok)
		}
	}
	if id, ok := names.Find("re"); id != brisk.NoID || ok {
		t.Errorf("Find = %d, %v", id, ok)
	}
	for _, id := range []uint32{3, brisk.NoID} {
		if s, ok := names.At(id); s != "" || ok {
			t.Errorf("At(%d) = %q, %v", id, s, ok)
		}
	}
	found := must(names.FindMany([]string{"", "blue", "red"}))
	if !slices.Equal(found, []uint32{2, brisk.NoID, 0}) {
		t.Errorf("FindMany = %v", found)
	}
	stats := must(names.Stats())
	if stats.Strings != 3 || stats.StringBytes != 8 || stats.Hits != 8 {
		t.Errorf("Stats = %+v", stats)
	}
}

func TestAnInternerRefusesBeyondItsCapacity(t *testing.T) {
	runtime := manual(t)
	names := must(runtime.NewInterner(brisk.InternerOptions{Capacity: "64 KiB"}))
	all := make([]string, 10_000)
	for i := range all {
		all[i] = strconv.Itoa(i)
	}
	ids, err := names.PutMany(all)
	if len(ids) < 500 || len(ids) > 5000 || !errors.Is(err, brisk.ErrRefused) {
		t.Errorf("PutMany gave %d ids, %v", len(ids), err)
	}
	id, err := names.Put(all[len(ids)])
	if id != brisk.NoID || !errors.Is(err, brisk.ErrRefused) ||
		!strings.Contains(err.Error(), "65536 bytes") {
		t.Errorf("Put = %d, %v", id, err)
	}
	if id, err := names.Put("0"); id != 0 || err != nil {
		t.Errorf("Put = %d, %v", id, err)
	}
	if _, err := names.Put(strings.Repeat("x", 65536)); !errors.Is(err, brisk.ErrTooLarge) {
		t.Errorf("Put: %v", err)
	}
	if held := must(runtime.Stats()).HeldBytes; held == 0 || held > 65536 {
		t.Errorf("the runtime holds %d", held)
	}
	for _, capacity := range []string{"1", "much"} {
		if _, err := brisk.NewInterner(brisk.InternerOptions{Capacity: capacity}); !errors.Is(err, brisk.ErrInvalid) {
			t.Errorf("%q: %v", capacity, err)
		}
	}
}

func TestGoroutinesAgree(t *testing.T) {
	names := must(brisk.NewInterner(brisk.InternerOptions{}))
	var wait sync.WaitGroup
	ids := make([][]uint32, 8)
	for i := range ids {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for at := range 2000 {
				ids[i] = append(ids[i], must(names.Put(strconv.Itoa(at))))
			}
		}()
	}
	wait.Wait()
	for _, own := range ids {
		if !slices.Equal(own, ids[0]) {
			t.Fatal("two goroutines have different ids")
		}
	}
}
