// Leaders and caches of other languages, which this package hears nothing of.

package brisk

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// A leader elsewhere in the process, in a language that tells this package nothing.
func foreignLead(t *testing.T, c *Cache, key string) *capi.Lease {
	t.Helper()
	var value *capi.Value
	var lease *capi.Lease
	if status := capi.CacheBegin(c.raw, []byte(key), nil, &value, &lease, nil); status != StatusLead {
		t.Fatal(status)
	}
	return lease
}

func TestForeignLeaders(t *testing.T) {
	c, err := NewCache(CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ends := map[string]func(*capi.Lease){
		"value":  func(l *capi.Lease) { capi.LeaseComplete(l, []byte("value"), 0, nil, nil) },
		"loaded": func(l *capi.Lease) { capi.LeaseAbandon(l, nil) },
		"":       func(l *capi.Lease) { capi.LeaseFail(l, []byte("no such page"), nil) },
	}
	for want, end := range ends {
		// Where the lead ends before anybody waits, because the machine paused: later.
		for _, after := range []time.Duration{5 * time.Millisecond, time.Second, 15 * time.Second} {
			lead := foreignLead(t, c, "key")
			time.AfterFunc(after, func() { end(lead) })
			led := false
			value, err := c.GetOrLoad(context.Background(), []byte("key"),
				func(context.Context) ([]byte, error) { led = true; return []byte("loaded"), nil })
			capi.LeaseUnref(lead)
			c.Clear()
			if led && want == "" && after < 15*time.Second {
				continue
			}
			if string(value) != want || errors.Is(err, ErrLoadFailed) != (want == "") {
				t.Errorf("%q, %v, want %q", value, err, want)
			}
			break
		}
	}
}

func TestForeignCaches(t *testing.T) {
	options := capi.NewCacheOptions()
	name := []byte("made elsewhere")
	var pins runtime.Pinner
	defer pins.Unpin()
	pins.Pin(&name[0])
	options.NameSize = uint32(len(name))
	options.Name = unsafe.Pointer(&name[0])
	var raw *capi.Cache
	if status := capi.CacheNew(nil, &options, &raw, nil); status != StatusOK {
		t.Fatal(status)
	}
	found, ok, err := FindCache(string(name))
	if !ok || err != nil || found.raw != raw || found.loadTimeout != 30*time.Second {
		t.Fatal(found, ok, err)
	}
	capi.CacheUnref(raw)
	if again, ok, err := FindCache(string(name)); again != found || !ok || err != nil {
		t.Error(again, ok, err)
	}
}

func TestTheEndOfALeadIsAnnounced(t *testing.T) {
	c, err := NewCache(CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *Lease {
		_, lease, err := c.Begin(context.Background(), []byte("key"))
		if err != nil || !lease.Leads() || len(c.leads) != 1 {
			t.Fatal(lease, err, len(c.leads))
		}
		return lease
	}
	for _, end := range []func(*Lease){
		func(l *Lease) { l.Complete(nil, 0); c.Clear() },
		func(l *Lease) { l.Fail("why") },
		func(l *Lease) { l.Abandon() },
		(*Lease).Release,
		func(l *Lease) { c.Close(); l.Release() },
	} {
		lease := begin()
		ended := c.leads["key"]
		end(lease)
		if len(c.leads) != 0 {
			t.Error("a lead that is over is announced")
		}
		select {
		case <-ended:
		default:
			t.Error("nobody is told that the lead is over")
		}
	}
	<-c.closed
}
