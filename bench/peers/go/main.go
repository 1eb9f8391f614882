// The contestants in Go: ../workload.h step by step; what and why is said there. The first argument
// is the contestant, the others are those of every program.
//
// otter and golang-lru hold keys and values as arrays of fixed size, which is their best: a lookup
// hashes no string, a set allocates no value, and the collector finds no pointer in an entry. brisk
// is called as its users do, with slices, and reads into a buffer that is used again.
package main

import (
	"os"
	"runtime/debug"
	"strconv"

	"github.com/brisk-runtime/brisk/bindings/go"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/maypok86/otter/v2"
)

type briskCache struct {
	cache *brisk.Cache
}

// Room counts entries only in W2, where it is less than the keys; the bytes are ample for all.
func newBrisk(w work) contestant {
	options := brisk.CacheOptions{Capacity: "256 MiB"}
	if w.room < int(w.keys) {
		options.MaxEntries = uint64(w.room)
	}
	cache, err := brisk.NewCache(options)
	if err != nil {
		fail(err.Error())
	}
	return briskCache{cache}
}

func (c briskCache) get(k key, v *value) bool {
	_, ok, err := c.cache.Get(k[:], v[:0])
	return ok && err == nil
}

func (c briskCache) put(k key, v *value) {
	if stored, err := c.cache.Put(k[:], v[:]); !stored || err != nil {
		fail("a put failed")
	}
}

func (briskCache) version() string { return brisk.Version() }

func (c briskCache) newBatch() func(*[batch]key) int {
	slices := make([][]byte, batch)
	var answers brisk.Batch
	return func(keys *[batch]key) int {
		for i := range keys {
			slices[i] = keys[i][:]
		}
		found, err := c.cache.GetMany(slices, &answers)
		if err != nil {
			fail(err.Error())
		}
		return found
	}
}

type otterCache struct {
	cache *otter.Cache[key, value]
}

func newOtter(w work) contestant {
	return otterCache{otter.Must(&otter.Options[key, value]{MaximumSize: w.room})}
}

func (c otterCache) get(k key, v *value) (ok bool) {
	found, ok := c.cache.GetIfPresent(k)
	if ok {
		*v = found
	}
	return ok
}

func (c otterCache) put(k key, v *value) { c.cache.Set(k, *v) }

func (otterCache) version() string { return pinned("github.com/maypok86/otter/v2") }

type lruCache struct {
	cache *lru.Cache[key, value]
}

func newLRU(w work) contestant {
	cache, err := lru.New[key, value](w.room)
	if err != nil {
		fail(err.Error())
	}
	return lruCache{cache}
}

func (c lruCache) get(k key, v *value) (ok bool) {
	found, ok := c.cache.Get(k)
	if ok {
		*v = found
	}
	return ok
}

func (c lruCache) put(k key, v *value) { c.cache.Add(k, *v) }

func (lruCache) version() string { return pinned("github.com/hashicorp/golang-lru/v2") }

// pinned is the version of a module that go.mod pins.
func pinned(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		fail("the program does not know its modules")
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version[1:]
		}
	}
	fail("the program has no module " + path)
	return ""
}

var contestants = map[string]func(work) contestant{
	"brisk": newBrisk, "otter": newOtter, "golang-lru": newLRU,
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "goroutines" {
		timeRaces(os.Args[2:])
		return
	}
	if len(os.Args) < 7 {
		fail("usage: CONTESTANT WORK KEYS ROOM THREADS SECONDS [SEQUENCE]")
	}
	number := func(i int) int {
		n, err := strconv.Atoi(os.Args[i])
		if err != nil {
			fail(err.Error())
		}
		return n
	}
	w := work{name: os.Args[2], keys: uint32(number(3)), room: number(4), threads: number(5)}
	var err error
	if w.seconds, err = strconv.ParseFloat(os.Args[6], 64); err != nil {
		fail(err.Error())
	}
	if len(os.Args) > 7 {
		w.sequence = os.Args[7]
	}
	begin, ok := contestants[os.Args[1]]
	if !ok {
		fail("unknown contestant " + os.Args[1])
	}
	switch w.name {
	case "W1", "W1-batch":
		w.allHits(begin(w))
	case "W2":
		w.mixed(begin(w))
	default:
		fail("unknown work " + w.name)
	}
}
