// What a cache answers, and what it refuses.

package brisk_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func TestPutGetErase(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	expect(t, cache, "key")
	put(t, cache, "key", "value")
	expect(t, cache, "key", "value")
	put(t, cache, "key", "another")
	expect(t, cache, "key", "another")
	if !must(cache.Contains([]byte("key"))) || must(cache.Contains([]byte("other"))) {
		t.Error("Contains is wrong")
	}
	if !must(cache.Erase([]byte("key"))) || must(cache.Erase([]byte("key"))) {
		t.Error("Erase is wrong")
	}
	expect(t, cache, "key")
}

func TestBytesOfAnyKind(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	for _, text := range []string{"", "\x00", "a\x00b", "\xff\xfe", strings.Repeat("k", 65535)} {
		put(t, cache, text, "value of "+text)
		put(t, cache, "key of "+text[:min(len(text), 9)], text)
	}
	for _, text := range []string{"", "\x00", "a\x00b", "\xff\xfe", strings.Repeat("k", 65535)} {
		expect(t, cache, text, "value of "+text)
		expect(t, cache, "key of "+text[:min(len(text), 9)], text)
	}
	must(cache.Put(nil, nil))
	value, ok, err := cache.Get(nil, nil)
	if len(value) != 0 || !ok || err != nil {
		t.Errorf("the nil key has %q, %v, %v", value, ok, err)
	}
}

func TestGetAppends(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	for _, size := range []int{0, 1, 64, 511, 512, 513, 5000, 300000} {
		value := make([]byte, size)
		for i := range value {
			value[i] = byte(rand.Uint32())
		}
		must(cache.Put([]byte("key"), value))
		for _, room := range []int{0, 1, 8, 600, 400000} {
			dst := append(make([]byte, 0, 6+room), "before"...)
			got, ok, err := cache.Get([]byte("key"), dst)
			if err != nil || !ok || string(got) != "before"+string(value) {
				t.Fatalf("a value of %d bytes, room for %d: %d bytes, %v, %v", size, room, len(got), ok, err)
			}
			if room > size && &got[0] != &dst[0] {
				t.Errorf("a value of %d bytes left the %d bytes it had", size, room)
			}
		}
	}
	dst := []byte("kept")
	if got, ok, err := cache.Get([]byte("none"), dst); string(got) != "kept" || ok || err != nil {
		t.Errorf("a miss gave %q, %v, %v", got, ok, err)
	}
}

func TestLimits(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Capacity: "1 MiB", Compression: brisk.CompressionOff})
	long := []byte(strings.Repeat("k", 65536))
	_, err := cache.Put(long, nil)
	expectError(t, err, brisk.ErrTooLarge)
	_, _, err = cache.Get(long, nil)
	expectError(t, err, brisk.ErrTooLarge)
	_, _, err = cache.Pin(long)
	expectError(t, err, brisk.ErrTooLarge)
	_, err = cache.Put([]byte("key"), make([]byte, 600000))
	expectError(t, err, brisk.ErrTooLarge)
	if err == nil || !strings.Contains(err.Error(), "600003") {
		t.Errorf("%v does not name the size", err)
	}
}

func TestOptions(t *testing.T) {
	for _, wrong := range []brisk.CacheOptions{
		{Capacity: "lots"},
		{Capacity: "100 KiB"},
		{TTL: -1},
		{Idle: -time.Hour},
		{LoadTimeout: -1},
		{Policy: 77},
		{Compression: -1},
		{CompressionLevel: 99},
		{EventCapacity: 1 << 30},
		{Name: strings.Repeat("n", 256)},
	} {
		_, err := brisk.NewCache(wrong)
		if !errors.Is(err, brisk.ErrInvalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	cache := newCache(t, brisk.CacheOptions{
		Capacity: "1 MiB", MaxEntries: 10, TTL: time.Hour, Idle: brisk.Forever, Policy: brisk.PolicyLRU,
		Compression: brisk.CompressionAuto, CompressionLevel: 3, CompressionThreshold: 64,
		LoadTimeout: brisk.Forever, EventCapacity: 100, Name: "every option",
	})
	for i := range 100 {
		put(t, cache, fmt.Sprint(i), strings.Repeat("a", 200))
	}
	stats := must(cache.Stats())
	if stats.CapacityBytes != 1<<20 || stats.Entries > 10 || stats.CompressedEntries != stats.Entries {
		t.Errorf("%+v", stats)
	}
}

func TestNames(t *testing.T) {
	name := fmt.Sprint("found by name ", time.Now().UnixNano(), "\x00and more")
	if _, ok, err := brisk.FindCache(name); ok || err != nil {
		t.Fatal(ok, err)
	}
	cache := newCache(t, brisk.CacheOptions{Name: name})
	found, ok, err := brisk.FindCache(name)
	if found != cache || !ok || err != nil {
		t.Errorf("found %p, %v, %v, want %p", found, ok, err, cache)
	}
	_, err = brisk.NewCache(brisk.CacheOptions{Name: name})
	expectError(t, err, brisk.ErrExists)
	apart := manual(t)
	if _, ok, err := apart.FindCache(name); ok || err != nil {
		t.Errorf("another runtime has it: %v, %v", ok, err)
	}
	if err := cache.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := brisk.FindCache(name); ok || err != nil {
		t.Errorf("a closed cache was found: %v, %v", ok, err)
	}
}

func TestLifetimes(t *testing.T) {
	runtime := manual(t)
	cache := must(runtime.NewCache(brisk.CacheOptions{TTL: 10 * time.Second}))
	put(t, cache, "inherits", "1")
	for key, ttl := range map[string]time.Duration{"short": time.Second, "long": time.Minute, "forever": brisk.Forever} {
		if !must(cache.PutTTL([]byte(key), []byte("1"), ttl)) {
			t.Error(key, "was not stored")
		}
	}
	if !must(cache.Touch([]byte("short"), 20*time.Second)) || must(cache.Touch([]byte("none"), 0)) {
		t.Error("Touch is wrong")
	}
	if err := runtime.Advance(11 * time.Second); err != nil {
		t.Fatal(err)
	}
	if now := must(runtime.Now()); now != 11*time.Second {
		t.Errorf("the clock shows %v", now)
	}
	expect(t, cache, "inherits")
	expect(t, cache, "short", "1")
	if err := runtime.Advance(365 * 24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	expect(t, cache, "short")
	expect(t, cache, "long")
	expect(t, cache, "forever", "1")
	_, err := cache.PutTTL(nil, nil, -1)
	expectError(t, err, brisk.ErrInvalid)
	_, err = cache.Touch(nil, -1)
	expectError(t, err, brisk.ErrInvalid)
	_, err = cache.PutManyTTL(nil, nil, -1)
	expectError(t, err, brisk.ErrInvalid)
	expectError(t, runtime.Advance(-1), brisk.ErrInvalid)
	system := must(brisk.DefaultRuntime())
	expectError(t, system.Advance(1), brisk.ErrInvalid)
	expectError(t, system.Close(), brisk.ErrInvalid)
}

func TestEventsTellWhy(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{EventCapacity: 10})
	long := strings.Repeat("k", 300)
	put(t, cache, "a", "1")
	put(t, cache, "a", "2")
	put(t, cache, long, "3")
	must(cache.Erase([]byte(long)))
	for _, want := range []string{"a replaced", long + " erased"} {
		event, ok, err := cache.NextEvent()
		if got := fmt.Sprintf("%s %v", event.Key, event.Cause); got != want || !ok || err != nil {
			t.Errorf("the event is %.40q, %v, %v, want %.40q", got, ok, err, want)
		}
	}
	if event, ok, err := cache.NextEvent(); ok || err != nil {
		t.Errorf("one more event: %v, %v", event, err)
	}
}

func TestKeysWalkOnce(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	want := []string{"", strings.Repeat("k", 65535)}
	for i := range 1000 {
		want = append(want, fmt.Sprint("key:", i))
	}
	for _, key := range want {
		put(t, cache, key, "")
	}
	var got []string
	for key, err := range cache.Keys() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(key))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d keys came, want %d", len(got), len(want))
	}
	for range cache.Keys() {
		break
	}
	if n := must(cache.EraseMatching("key:1*")); n != 111 {
		t.Errorf("%d keys matched", n)
	}
	if err := cache.Clear(); err != nil || must(cache.Stats()).Entries != 0 {
		t.Errorf("Clear: %v", err)
	}
}

func TestKeysAreCopies(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	put(t, cache, "aa", "")
	put(t, cache, "bb", "")
	var got []string
	var kept [][]byte
	for key := range cache.Keys() {
		got, kept = append(got, string(key)), append(kept, key)
	}
	for i, key := range kept {
		if string(key) != got[i] {
			t.Errorf("%q became %q", got[i], key)
		}
	}
}

func TestBatches(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{})
	large := strings.Repeat("large", 40000)
	keys := bytesOf("a", "", "none", "large", "a")
	stored, err := cache.PutMany(bytesOf("a", "", "large"), bytesOf("1", "", large))
	if stored != 3 || err != nil {
		t.Fatalf("%d stored, %v", stored, err)
	}
	var batch brisk.Batch
	for range 2 {
		found, err := cache.GetMany(keys, &batch)
		if found != 4 || err != nil || batch.Len() != len(keys) {
			t.Fatalf("%d of %d found, %v", found, batch.Len(), err)
		}
		for i, want := range []string{"1", "", "", large, "1"} {
			value, ok := batch.Value(i)
			if string(value) != want || ok != (i != 2) {
				t.Errorf("the value of %q is %.20q, %v", keys[i], value, ok)
			}
		}
	}
	values := must(cache.PinMany(keys))
	for i, want := range []string{"1", "", "", large, "1"} {
		if (values[i] == nil) != (i == 2) || (i != 2 && values[i].String() != want) {
			t.Errorf("the pinned value of %q is wrong", keys[i])
		}
	}
	if found, err := cache.GetMany(nil, &batch); found != 0 || err != nil || batch.Len() != 0 {
		t.Errorf("a batch of none: %d, %v", found, err)
	}
	_, err = cache.PutMany(keys, nil)
	expectError(t, err, brisk.ErrInvalid)
	tooLong := [][]byte{[]byte("ok"), bytes.Repeat([]byte("k"), 65536)}
	_, err = cache.PutMany(tooLong, tooLong)
	expectError(t, err, brisk.ErrTooLarge)
	_, err = cache.GetMany(tooLong, &batch)
	expectError(t, err, brisk.ErrTooLarge)
	if batch.Len() != 0 {
		t.Error("a batch that failed is not empty")
	}
	_, err = cache.PinMany(tooLong)
	expectError(t, err, brisk.ErrTooLarge)
	expect(t, cache, "ok")
}

func TestPinsHold(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Capacity: "1 MiB", Compression: brisk.CompressionOff})
	put(t, cache, "key", strings.Repeat("v", 1000))
	value, ok, err := cache.Pin([]byte("key"))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, ok, err := cache.Pin([]byte("none")); ok || err != nil {
		t.Error(ok, err)
	}
	put(t, cache, "key", "new")
	if must(cache.Stats()).PinnedBytes == 0 {
		t.Error("the pinned value is not counted")
	}
	cache.Close()
	if value.String() != strings.Repeat("v", 1000) {
		t.Error("the pinned value changed")
	}
	value.Release()
	value.Release()
	if value.Bytes() != nil || value.String() != "" {
		t.Error("a released value has bytes")
	}
}

func TestRefusals(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Capacity: "1 MiB", Compression: brisk.CompressionOff})
	var pins []*brisk.Value
	for i := 0; ; i++ {
		key := fmt.Appendf(nil, "key:%d", i)
		if stored := must(cache.Put(key, make([]byte, 100000))); !stored {
			expect(t, cache, string(key))
			break
		}
		value, _, err := cache.Pin(key)
		if err != nil {
			t.Fatal(err)
		}
		pins = append(pins, value)
	}
	many := make([][]byte, 3)
	for i := range many {
		many[i] = make([]byte, 100000)
	}
	if stored, err := cache.PutMany(bytesOf("x", "y", "z"), many); stored != 0 || err != nil {
		t.Errorf("%d stored in a full cache, %v", stored, err)
	}
	for _, pin := range pins {
		pin.Release()
	}
	put(t, cache, "key", "value")
}

func TestRefusalsThatAreErrors(t *testing.T) {
	cache := newCache(t, brisk.CacheOptions{Capacity: "8 MiB"})
	packed := []byte(strings.Repeat("packed ", 400000))
	key := []byte("packed")
	must(cache.Put(key, packed))
	var pins []*brisk.Value
	for {
		value, ok, err := cache.Pin(key)
		if err != nil {
			expectError(t, err, brisk.ErrRefused)
			break
		}
		if !ok || len(pins) > 10 {
			t.Fatalf("%d values of %d bytes are unpacked into 8 MiB", len(pins), len(packed))
		}
		pins = append(pins, value)
	}
	_, err := cache.GetOrLoad(t.Context(), key, nil)
	expectError(t, err, brisk.ErrRefused)
	_, _, err = cache.Begin(t.Context(), key)
	expectError(t, err, brisk.ErrRefused)
	for _, pin := range pins {
		pin.Release()
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]uint64{"64 MiB": 64 << 20, "1.5GB": 1500000000, "0": 0} {
		if size, err := brisk.ParseSize(text); size != want || err != nil {
			t.Errorf("%q is %d, %v", text, size, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1 MiB\x00"} {
		_, err := brisk.ParseSize(text)
		expectError(t, err, brisk.ErrInvalid)
	}
}

func TestBudget(t *testing.T) {
	_, err := brisk.NewRuntime(brisk.RuntimeOptions{Budget: "little"})
	expectError(t, err, brisk.ErrInvalid)
	_, err = brisk.NewRuntime(brisk.RuntimeOptions{BudgetPercent: 101})
	expectError(t, err, brisk.ErrInvalid)
	runtime := must(brisk.NewRuntime(brisk.RuntimeOptions{Budget: "8 MiB"}))
	cache := must(runtime.NewCache(brisk.CacheOptions{Compression: brisk.CompressionOff}))
	for i := range 200 {
		must(cache.Put(fmt.Append(nil, i), make([]byte, 100000)))
	}
	stats := must(runtime.Stats())
	if stats.BudgetBytes != 8<<20 || stats.HeldBytes > stats.BudgetBytes || stats.Caches != 1 {
		t.Errorf("%+v", stats)
	}
	if err := runtime.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = cache.Get(nil, nil)
	expectError(t, err, brisk.ErrClosed)
	_, err = runtime.NewCache(brisk.CacheOptions{})
	expectError(t, err, brisk.ErrClosed)
}
