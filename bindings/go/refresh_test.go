// Values kept beyond their lifetime: they serve loads that run and loads that fail.

package brisk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

// outdated makes a cache whose value of key is beyond its lifetime.
func outdated(t *testing.T, options brisk.CacheOptions) (*brisk.Runtime, *brisk.Cache) {
	home := manual(t)
	options.TTL = 10 * time.Second
	cache := must(home.NewCache(options))
	put(t, cache, "key", "old")
	if err := home.Advance(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	return home, cache
}

func gone(context.Context) ([]byte, error) { return nil, errors.New("the disk is gone") }

func TestAValueFromBeforeServesWhileOneLoads(t *testing.T) {
	home, cache := outdated(t, brisk.CacheOptions{Stale: 5 * time.Second})
	ctx, key := context.Background(), []byte("key")
	if must(cache.Contains(key)) {
		t.Error("a lookup finds what is beyond its lifetime")
	}
	value, lease, err := cache.Begin(ctx, key)
	if err != nil || lease == nil || !lease.Leads() || value.String() != "old" {
		t.Fatal(value, lease, err)
	}
	if got := must(cache.GetOrLoad(ctx, key, never)); string(got) != "old" {
		t.Errorf("%q", got)
	}
	if err := lease.Complete([]byte("new"), 0); err != nil {
		t.Fatal(err)
	}
	expect(t, cache, "key", "new")

	home.Advance(10 * time.Second)
	workers := must(brisk.NewWorkers(brisk.WorkersOptions{Threads: 1}))
	gate := make(chan struct{})
	ended, cancel := context.WithCancel(ctx)
	slow := func(ctx context.Context) ([]byte, error) {
		<-gate
		return []byte("newer"), ctx.Err()
	}
	if got := must(cache.GetOrRefresh(ended, key, 0, workers, slow)); string(got) != "new" {
		t.Errorf("%q", got)
	}
	cancel()
	if got := must(cache.GetOrRefresh(ctx, key, 0, workers, never)); string(got) != "new" {
		t.Errorf("%q", got)
	}
	close(gate)
	eventually(t, "no new value", func() bool { return must(cache.Contains(key)) })
	expect(t, cache, "key", "newer")
	if stats := must(cache.Stats()); stats.StaleHits != 4 {
		t.Errorf("%+v", stats)
	}

	must(workers.Close(ctx))
	home.Advance(10 * time.Second)
	here := func(context.Context) ([]byte, error) { return []byte("here"), nil }
	if got := must(cache.GetOrRefresh(ctx, key, 0, workers, here)); string(got) != "here" {
		t.Errorf("%q", got)
	}
}

func TestAValueFromBeforeAnswersForAFailure(t *testing.T) {
	home, cache := outdated(t, brisk.CacheOptions{StaleIfError: 5 * time.Second})
	ctx, key := context.Background(), []byte("key")
	if got := must(cache.GetOrLoad(ctx, key, gone)); string(got) != "old" {
		t.Errorf("%q", got)
	}
	_, lead, _ := cache.Begin(ctx, key)
	_, waits, _ := cache.Begin(ctx, key)
	if err := lead.Fail("the disk is gone"); err != nil {
		t.Fatal(err)
	}
	for _, lease := range []*brisk.Lease{lead, waits} {
		if got := must(lease.Wait(ctx)); got.String() != "old" {
			t.Errorf("%q", got)
		}
	}
	if stats := must(cache.Stats()); stats.StaleErrors != 3 {
		t.Errorf("%+v", stats)
	}
	home.Advance(5 * time.Second)
	_, err := cache.GetOrLoad(ctx, key, gone)
	expectError(t, err, brisk.ErrLoadFailed)
}

func TestWhatHasNoValueIsNotLoadedAgain(t *testing.T) {
	home := manual(t)
	cache := must(home.NewCache(brisk.CacheOptions{}))
	ctx, key := context.Background(), []byte("key")
	none := func(context.Context) ([]byte, error) { return nil, brisk.Absent(5 * time.Second) }
	for _, load := range []brisk.Loader{none, never} {
		_, err := cache.GetOrLoad(ctx, key, load)
		expectError(t, err, brisk.ErrAbsent)
	}
	_, err := cache.GetOrLoad(ctx, []byte("other"), func(ctx context.Context) ([]byte, error) {
		return cache.GetOrLoad(ctx, key, never)
	})
	expectError(t, err, brisk.ErrLoadFailed) // only the key itself
	_, _, err = cache.Begin(ctx, key)
	expectError(t, err, brisk.ErrAbsent)
	if stats := must(cache.Stats()); stats.AbsentHits != 3 {
		t.Errorf("%+v", stats)
	}

	home.Advance(5 * time.Second)
	_, lead, _ := cache.Begin(ctx, key)
	_, waits, _ := cache.Begin(ctx, key)
	if err := lead.CompleteAbsent(0); err != nil {
		t.Fatal(err)
	}
	_, err = waits.Wait(ctx)
	expectError(t, err, brisk.ErrAbsent)
	put(t, cache, "key", "value")
	if got := must(cache.GetOrLoad(ctx, key, never)); string(got) != "value" {
		t.Errorf("%q", got)
	}
}
