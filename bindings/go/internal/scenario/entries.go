// The operations on entries, and on the cache as a whole.

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/brisk-runtime/brisk/bindings/go"
)

var aims = map[string]brisk.Aim{
	"objects": brisk.AimObjects, "bytes": brisk.AimBytes, "cost": brisk.AimCost,
}

var policies = map[string]brisk.Policy{
	"auto": brisk.PolicyAuto, "lru": brisk.PolicyLRU, "s3fifo": brisk.PolicyS3FIFO,
}

var compressions = map[string]brisk.Compression{
	"auto": brisk.CompressionAuto, "off": brisk.CompressionOff,
}

func open(p *player, w words) (string, error) {
	var options brisk.CacheOptions
	for i, setting := range w {
		name, value, _ := strings.Cut(setting, "=")
		switch name {
		case "capacity":
			options.Capacity = value
		case "max_entries":
			options.MaxEntries = number[uint64](value)
		case "ttl":
			options.TTL = duration(value)
		case "idle":
			options.Idle = duration(value)
		case "ttl_jitter":
			options.TTLJitter = fraction(value)
		case "early_beta":
			options.EarlyBeta = fraction(value)
		case "load_costs":
			options.LoadCosts = value != "0"
		case "stale":
			options.Stale = duration(value)
		case "stale_if_error":
			options.StaleIfError = duration(value)
		case "policy":
			options.Policy = policies[value]
		case "aim":
			options.Aim = aims[value]
		case "compression":
			options.Compression = compressions[value]
		case "compression_level":
			options.CompressionLevel = number[int32](value)
		case "compression_threshold":
			options.CompressionThreshold = number[uint64](value)
		case "load_timeout":
			options.LoadTimeout = duration(value)
		case "event_capacity":
			options.EventCapacity = number[uint32](value)
		case "name":
			w[i] = value
			options.Name = string(w.bytes(i))
		default:
			die(fmt.Errorf("no option is called %q", name))
		}
	}
	cache, err := p.runtime.NewCache(options)
	if err != nil {
		return "", err
	}
	p.cache = cache
	return "ok", nil
}

func find(p *player, w words) (string, error) {
	cache, ok, err := p.runtime.FindCache(string(w.bytes(0)))
	if ok {
		p.cache = cache
	}
	return yes(ok, "miss"), err
}

func closeCache(p *player, _ words) (string, error) { return "ok", p.cache.Close() }

func clearCache(p *player, _ words) (string, error) { return "ok", p.cache.Clear() }

func put(p *player, w words) (string, error) {
	stored, err := p.cache.PutTTL(w.bytes(0), w.bytes(1), w.duration(2))
	return yes(stored, "refused"), err
}

func putCost(p *player, w words) (string, error) {
	stored, err := p.cache.PutCost(w.bytes(0), w.bytes(1), w.duration(2), fraction(w[3]))
	return yes(stored, "refused"), err
}

func putMany(p *player, w words) (string, error) {
	stored, err := p.cache.PutManyTTL(w.many(1, 2), w.many(2, 2), w.duration(0))
	return fmt.Sprint("count ", stored), err
}

func found(value []byte, ok bool, err error) (string, error) {
	if !ok {
		return "miss", err
	}
	return "value " + word(value), err
}

func read(p *player, w words) (string, error) { return found(p.cache.Get(w.bytes(0), nil)) }

func get(p *player, w words) (string, error) {
	value, ok, err := p.cache.Pin(w.bytes(0))
	if !ok {
		return "miss", err
	}
	defer value.Release()
	return found(value.Bytes(), ok, err)
}

func pin(p *player, w words) (string, error) {
	value, ok, err := p.cache.Pin(w.bytes(0))
	if !ok {
		return "miss", err
	}
	p.pins = append(p.pins, value)
	return found(value.Bytes(), ok, err)
}

func pinned(p *player, _ words) (string, error) {
	said := "values"
	for _, value := range p.pins {
		said += " " + word(value.Bytes())
	}
	return said, nil
}

func unpin(p *player, _ words) (string, error) {
	for _, value := range p.pins {
		value.Release()
	}
	p.pins = nil
	return "ok", nil
}

func getMany(p *player, w words) (string, error) {
	values, err := p.cache.PinMany(w.many(0, 1))
	said := "values"
	for _, value := range values {
		if value == nil {
			said += " -"
			continue
		}
		said += " " + word(value.Bytes())
		value.Release()
	}
	return said, err
}

func readMany(p *player, w words) (string, error) {
	var batch brisk.Batch
	_, err := p.cache.GetMany(w.many(0, 1), &batch)
	said := "values"
	for i := range batch.Len() {
		if value, ok := batch.Value(i); ok {
			said += " " + word(value)
		} else {
			said += " -"
		}
	}
	return said, err
}

func contains(p *player, w words) (string, error) {
	ok, err := p.cache.Contains(w.bytes(0))
	return yes(ok, "miss"), err
}

func touch(p *player, w words) (string, error) {
	ok, err := p.cache.Touch(w.bytes(0), w.duration(1))
	return yes(ok, "miss"), err
}

func erase(p *player, w words) (string, error) {
	ok, err := p.cache.Erase(w.bytes(0))
	return yes(ok, "miss"), err
}

func eraseMatching(p *player, w words) (string, error) {
	erased, err := p.cache.EraseMatching(string(w.bytes(0)))
	return fmt.Sprint("count ", erased), err
}

func keys(p *player, _ words) (string, error) {
	said := []string{}
	for key, err := range p.cache.Keys() {
		if err != nil {
			return "", err
		}
		said = append(said, word(key))
	}
	slices.Sort(said)
	return strings.Join(append([]string{"keys"}, said...), " "), nil
}

func event(p *player, _ words) (string, error) {
	event, ok, err := p.cache.NextEvent()
	if !ok {
		return "end", err
	}
	return fmt.Sprintf("event %s %v", word(event.Key), event.Cause), err
}

func advance(p *player, w words) (string, error) { return "ok", p.runtime.Advance(w.duration(0)) }

func stats(p *player, _ words) (string, error) {
	s, err := p.cache.Stats()
	return fmt.Sprintf("stats entries=%d hits=%d misses=%d puts=%d refusals=%d loads=%d"+
		" load_failures=%d evicted_capacity=%d evicted_expired=%d evicted_erased=%d"+
		" evicted_replaced=%d events_dropped=%d capacity_bytes=%d raw_bytes=%d"+
		" compressed_entries=%d stale_hits=%d stale_errors=%d absent_hits=%d"+
		" saved_cost=%.0f", s.Entries, s.Hits, s.Misses, s.Puts, s.Refusals, s.Loads,
		s.LoadFailures, s.EvictedCapacity, s.EvictedExpired, s.EvictedErased, s.EvictedReplaced,
		s.EventsDropped, s.CapacityBytes, s.RawBytes, s.CompressedEntries,
		s.StaleHits, s.StaleErrors, s.AbsentHits,
		s.SavedCost), err
}

func parseSize(_ *player, w words) (string, error) {
	size, err := brisk.ParseSize(string(w.bytes(0)))
	return fmt.Sprint("size ", size), err
}
