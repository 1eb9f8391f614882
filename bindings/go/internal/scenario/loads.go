// The operations of loads, by loader and by lease.

package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func load(p *player, w words) (string, error) {
	loader := func(context.Context) ([]byte, error) { return w.bytes(1), nil }
	return loaded(p.cache.GetOrLoadTTL(context.Background(), w.bytes(0), w.duration(2), loader))
}

func loadFails(p *player, w words) (string, error) {
	loader := func(context.Context) ([]byte, error) { return nil, errors.New(string(w.bytes(1))) }
	return loaded(p.cache.GetOrLoad(context.Background(), w.bytes(0), loader))
}

func loadAbsent(p *player, w words) (string, error) {
	loader := func(context.Context) ([]byte, error) { return nil, brisk.Absent(w.duration(1)) }
	return loaded(p.cache.GetOrLoad(context.Background(), w.bytes(0), loader))
}

func completeAbsent(p *player, w words) (string, error) {
	return "ok", p.lease(w).CompleteAbsent(w.duration(1))
}

func loadSelf(p *player, w words) (string, error) {
	var inner error
	var again brisk.Loader
	again = func(ctx context.Context) ([]byte, error) {
		var value []byte
		value, inner = p.cache.GetOrLoad(ctx, w.bytes(0), again)
		return value, inner
	}
	value, err := p.cache.GetOrLoad(context.Background(), w.bytes(0), again)
	if inner != nil {
		err = inner
	}
	return loaded(value, err)
}

func loaded(value []byte, err error) (string, error) { return found(value, true, err) }

func begin(p *player, w words) (string, error) {
	value, lease, err := p.cache.Begin(context.Background(), w.bytes(1))
	if lease == nil {
		return kept(value, "miss", err)
	}
	p.leases[w[0]] = lease
	if value != nil {
		defer value.Release()
		return part(lease) + " " + word(value.Bytes()), nil
	}
	return part(lease), nil
}

func part(lease *brisk.Lease) string {
	if lease.Leads() {
		return "lead"
	}
	return "wait"
}

// kept answers with a pinned value and lets it go.
func kept(value *brisk.Value, otherwise string, err error) (string, error) {
	if value == nil {
		return otherwise, err
	}
	defer value.Release()
	return found(value.Bytes(), true, err)
}

func (p *player) lease(w words) *brisk.Lease {
	lease, ok := p.leases[w[0]]
	if !ok {
		die(fmt.Errorf("no lease has the number %s", w[0]))
	}
	return lease
}

func wait(p *player, w words) (string, error) {
	ctx := context.Background()
	if limit := w.duration(1); limit != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	value, err := p.lease(w).Wait(ctx)
	return kept(value, "lead", err)
}

func complete(p *player, w words) (string, error) {
	return "ok", p.lease(w).Complete(w.bytes(1), w.duration(2))
}

func setCost(p *player, w words) (string, error) { return "ok", p.lease(w).SetCost(fraction(w[1])) }

func fail(p *player, w words) (string, error) { return "ok", p.lease(w).Fail(string(w.bytes(1))) }

func abandon(p *player, w words) (string, error) { return "ok", p.lease(w).Abandon() }

func drop(p *player, w words) (string, error) {
	p.lease(w).Release()
	return "ok", nil
}
