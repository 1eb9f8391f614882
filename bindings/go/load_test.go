// Loads: one loader a key, its answers, errors and panics, and the waits for it.

package brisk_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

var (
	key        = []byte("key")
	noDeadline = context.Background()
)

func gives(value string) brisk.Loader {
	return func(context.Context) ([]byte, error) { return []byte(value), nil }
}

func never(context.Context) ([]byte, error) { panic("called without need") }

// begun is a load whose loader runs until finish lets it.
type begun struct {
	running, let chan struct{}
	ended        chan error
}

func begin(cache *brisk.Cache, how brisk.Loader) *begun {
	b := &begun{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
	go func() {
		err := errors.New("the goroutine ended")
		defer func() {
			if thrown := recover(); thrown != nil {
				err = fmt.Errorf("panic: %v", thrown)
			}
			b.ended <- err
		}()
		_, err = cache.GetOrLoad(noDeadline, key, func(ctx context.Context) ([]byte, error) {
			close(b.running)
			<-b.let
			return how(ctx)
		})
	}()
	<-b.running
	return b
}

func (b *begun) finish() error {
	close(b.let)
	return <-b.ended
}

func TestLoadFillsWhatIsMissing(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	for _, load := range []brisk.Loader{gives("value"), never} {
		value, err := cache.GetOrLoad(t.Context(), key, load)
		if string(value) != "value" || err != nil {
			t.Errorf("%q, %v", value, err)
		}
	}
	value, err := cache.GetOrLoad(t.Context(), nil, func(context.Context) ([]byte, error) { return nil, nil })
	if len(value) != 0 || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	if !must(cache.Contains(nil)) || must(cache.Stats()).Loads != 2 {
		t.Errorf("%+v", must(cache.Stats()))
	}
}

func TestLoadHasALifetime(t *testing.T) {
	clock := manual(t)
	cache := must(clock.NewCache(brisk.CacheOptions{}))
	must(cache.GetOrLoadTTL(t.Context(), key, time.Second, gives("value")))
	clock.Advance(2 * time.Second)
	expect(t, cache, "key")
	_, err := cache.GetOrLoadTTL(t.Context(), key, -1, never)
	expectError(t, err, brisk.ErrInvalid)
}

func TestLoadErrorReachesEveryone(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	load := begin(cache, func(context.Context) ([]byte, error) {
		return nil, fmt.Errorf("no such page: %w", fs.ErrNotExist)
	})
	_, lease, err := cache.Begin(t.Context(), key)
	if err != nil || lease.Leads() {
		t.Fatal(err)
	}
	err = load.finish()
	expectError(t, err, brisk.ErrLoadFailed)
	expectError(t, err, fs.ErrNotExist)
	_, err = lease.Wait(t.Context())
	expectError(t, err, brisk.ErrLoadFailed)
	if errors.Is(err, fs.ErrNotExist) || err.Error() != "brisk: no such page: file does not exist" {
		t.Errorf("who waits gets %v", err)
	}
	expect(t, cache, "key")
	if string(must(cache.GetOrLoad(t.Context(), key, gives("better")))) != "better" {
		t.Error("the next caller does not load again")
	}
}

func TestLoadPanicGoesOn(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	load := begin(cache, func(context.Context) ([]byte, error) { panic("boom") })
	_, lease, _ := cache.Begin(t.Context(), key)
	if err := load.finish(); err.Error() != "panic: boom" {
		t.Errorf("the panic became %v", err)
	}
	_, err := lease.Wait(t.Context())
	expectError(t, err, brisk.ErrLoadFailed)
	if !strings.Contains(err.Error(), "panicked: boom") {
		t.Errorf("who waits gets %v", err)
	}
}

func TestLoadMayEndItsGoroutine(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	load := begin(cache, func(context.Context) ([]byte, error) { runtime.Goexit(); return nil, nil })
	_, lease, _ := cache.Begin(t.Context(), key)
	if err := load.finish(); err.Error() != "the goroutine ended" {
		t.Errorf("the goroutine went on: %v", err)
	}
	_, err := lease.Wait(t.Context())
	expectError(t, err, brisk.ErrLoadFailed)
}

func TestLoadTooLarge(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Capacity: "1 MiB", Compression: brisk.CompressionOff})
	_, err := cache.GetOrLoad(t.Context(), make([]byte, 65536), never)
	expectError(t, err, brisk.ErrTooLarge)
	value, err := cache.GetOrLoad(t.Context(), key, func(context.Context) ([]byte, error) {
		return make([]byte, 1<<20), nil
	})
	if err == nil && len(value) != 1<<20 {
		t.Errorf("%d bytes", len(value))
	}
	if _, lease, err := cache.Begin(t.Context(), key); lease == nil || !lease.Leads() {
		t.Errorf("the load goes on: %v", err)
	}
}

func TestLoadCallsBackIn(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	value, err := cache.GetOrLoad(t.Context(), key, func(ctx context.Context) ([]byte, error) {
		put(t, cache, "beside", "1")
		inner, err := cache.GetOrLoad(ctx, []byte("inner"), gives("inner"))
		return append(inner, " and outer"...), err
	})
	if string(value) != "inner and outer" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
	expect(t, cache, "inner", "inner")
}

func TestLoadCirclesAreFound(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	other := newCache(t, brisk.CacheOptions{})
	var a, b brisk.Loader
	a = func(ctx context.Context) ([]byte, error) { return other.GetOrLoad(ctx, []byte("b"), b) }
	b = func(ctx context.Context) ([]byte, error) { return cache.GetOrLoad(ctx, []byte("a"), a) }
	_, err := cache.GetOrLoad(t.Context(), []byte("a"), a)
	expectError(t, err, brisk.ErrDeadlock)
	expectError(t, err, brisk.ErrLoadFailed)

	_, lead, _ := cache.Begin(t.Context(), key)
	_, _, err = cache.Begin(brisk.WithLead(t.Context(), lead), key)
	expectError(t, err, brisk.ErrDeadlock)
}

func TestLoadContextOutlivesItsLead(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	var kept context.Context
	must(cache.GetOrLoad(t.Context(), key, func(ctx context.Context) ([]byte, error) {
		kept = ctx
		return nil, nil
	}))
	must(cache.Erase(key))
	if value := must(cache.GetOrLoad(kept, key, gives("again"))); string(value) != "again" {
		t.Errorf("%q", value)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	load := begin(cache, gives("value"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := cache.GetOrLoad(ctx, key, never)
	expectError(t, err, context.DeadlineExceeded)

	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	_, err = cache.GetOrLoad(ctx, key, never)
	expectError(t, err, context.Canceled)

	if err := load.finish(); err != nil {
		t.Fatal(err)
	}
	if value, err := cache.GetOrLoad(ctx, key, never); string(value) != "value" || err != nil {
		t.Errorf("a hit under a context that is over: %q, %v", value, err)
	}
}

func TestWaitHasTheTimeoutOfTheCache(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{LoadTimeout: time.Millisecond})
	load := begin(cache, gives("value"))
	_, err := cache.GetOrLoad(t.Context(), key, never)
	expectError(t, err, brisk.ErrTimeout)
	if err == nil || !strings.Contains(err.Error(), `"key" takes longer than 1ms`) {
		t.Errorf("%v names neither key nor limit", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = cache.GetOrLoad(ctx, key, never)
	expectError(t, err, brisk.ErrTimeout)
	if err := load.finish(); err != nil {
		t.Fatal(err)
	}
}

func TestDeadlinesStandAboveTheTimeoutOfTheCache(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{LoadTimeout: time.Millisecond})
	load := begin(cache, gives("value"))
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	time.AfterFunc(20*time.Millisecond, func() { load.finish() })
	if value, err := cache.GetOrLoad(ctx, key, never); string(value) != "value" || err != nil {
		t.Errorf("%q, %v", value, err)
	}
}

func TestWaitEndsWithTheCache(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	load := begin(cache, gives("late"))
	waited := make(chan error)
	go func() {
		_, err := cache.GetOrLoad(noDeadline, key, never)
		waited <- err
	}()
	cache.Close()
	expectError(t, <-waited, brisk.ErrClosed)
	expectError(t, load.finish(), brisk.ErrClosed)
}

func TestOneLoadForManyGoroutines(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	const many = 1000
	threads := pprof.Lookup("threadcreate").Count()
	var calls, waiting atomic.Int32
	var all sync.WaitGroup
	for range many {
		all.Add(1)
		go func() {
			defer all.Done()
			waiting.Add(1)
			value, err := cache.GetOrLoad(noDeadline, key, func(context.Context) ([]byte, error) {
				calls.Add(1)
				for waiting.Load() < many {
					runtime.Gosched()
				}
				time.Sleep(5 * time.Millisecond)
				return []byte("value"), nil
			})
			if string(value) != "value" || err != nil {
				t.Errorf("%q, %v", value, err)
			}
		}()
	}
	all.Wait()
	if calls.Load() != 1 {
		t.Errorf("%d loaders ran", calls.Load())
	}
	if grown := pprof.Lookup("threadcreate").Count() - threads; grown > many/10 {
		t.Errorf("waiting took %d threads", grown)
	}
}

func TestLeadsPassOn(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	_, first, _ := cache.Begin(t.Context(), key)
	value := make(chan string)
	go func() { value <- string(must(cache.GetOrLoad(noDeadline, key, gives("second")))) }()
	for must(cache.Stats()).Misses < 2 {
		runtime.Gosched()
	}
	if err := first.Abandon(); err != nil {
		t.Fatal(err)
	}
	if got := <-value; got != "second" {
		t.Errorf("%q", got)
	}
}

func TestLoadsRace(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	bad := errors.New("bad luck")
	var all sync.WaitGroup
	for worker := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 500 {
				key := fmt.Append(nil, i/5)
				value, err := cache.GetOrLoad(noDeadline, key, func(context.Context) ([]byte, error) {
					if (i+worker)%3 == 0 {
						return nil, bad
					}
					return key, nil
				})
				if !(err == nil && string(value) == string(key)) && !errors.Is(err, brisk.ErrLoadFailed) {
					t.Errorf("%q, %v", value, err)
				}
				if i%50 == worker {
					cache.Erase(key)
				}
			}
		}()
	}
	all.Wait()
}

func TestLeasesByHand(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	_, lead, err := cache.Begin(t.Context(), key)
	if err != nil || !lead.Leads() {
		t.Fatal(err)
	}
	_, wait, err := cache.Begin(t.Context(), key)
	if err != nil || wait.Leads() {
		t.Fatal(err)
	}
	expectError(t, wait.Complete(nil, 0), brisk.ErrInvalid)
	expectError(t, lead.Complete(nil, -1), brisk.ErrInvalid)
	_, err = lead.Wait(t.Context())
	expectError(t, err, brisk.ErrInvalid)
	if err := lead.Complete([]byte("value"), 0); err != nil || lead.Leads() {
		t.Error(err)
	}
	expectError(t, lead.Fail("too late"), brisk.ErrInvalid)
	if value := must(wait.Wait(t.Context())); value.String() != "value" {
		t.Errorf("%q", value)
	}
	value, lease, err := cache.Begin(t.Context(), key)
	if lease != nil || err != nil || value.String() != "value" {
		t.Error(value, lease, err)
	}
	wait.Release()
	wait.Release()
	_, err = wait.Wait(t.Context())
	expectError(t, err, brisk.ErrClosed)
	expectError(t, wait.Abandon(), brisk.ErrClosed)
}

func TestErasedLoadsReachThoseWhoWait(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	_, first, _ := cache.Begin(t.Context(), key)
	_, wait, _ := cache.Begin(t.Context(), key)
	must(cache.Erase(key))
	_, second, _ := cache.Begin(t.Context(), key)
	_, later, _ := cache.Begin(t.Context(), key)
	if !second.Leads() || later.Leads() {
		t.Fatal("the load that was erased goes on as if it was not")
	}
	first.Complete([]byte("first"), 0)
	if value := must(wait.Wait(t.Context())).String(); value != "first" {
		t.Errorf("%q", value)
	}
	second.Complete([]byte("second"), 0)
	if value := must(later.Wait(t.Context())).String(); value != "second" {
		t.Errorf("%q", value)
	}
	expect(t, cache, "key", "second")
}

func TestLeadsAreHandedOn(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	for _, letGo := range []func(*brisk.Lease){
		func(l *brisk.Lease) { l.Abandon() }, (*brisk.Lease).Release,
	} {
		_, first, _ := cache.Begin(t.Context(), key)
		_, second, _ := cache.Begin(t.Context(), key)
		letGo(first)
		if value, err := second.Wait(t.Context()); value != nil || err != nil || !second.Leads() {
			t.Errorf("%v, %v, leads %v", value, err, second.Leads())
		}
		second.Fail("enough")
		first.Release()
		second.Release()
	}
}
