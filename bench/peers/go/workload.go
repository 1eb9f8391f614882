// The work that every contestant does: keys, values, checks and the timed loop.

package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	batch = 100
	block = 64 * batch // operations between two looks at the clock
	isSet = 1 << 31    // in a sequence: this operation is a set
)

type (
	key   = [16]byte
	value = [64]byte
)

// A contestant copies values out, as the caller keeps them, and in.
type contestant interface {
	get(k key, v *value) bool
	put(k key, v *value)
	version() string
}

// batches are contestants that get many keys at once, into memory that a goroutine has of its own;
// they count the values found.
type batches interface {
	newBatch() func(keys *[batch]key) (found int)
}

func mix(x uint64) uint64 { // the finalizer of splitmix64
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

func keyOf(id uint32) (k key) {
	binary.NativeEndian.PutUint64(k[:8], mix(uint64(id)+0x9e3779b97f4a7c15))
	binary.NativeEndian.PutUint64(k[8:], mix(uint64(id)+0x3c6ef372fe94f82a))
	return k
}

func fillValue(k *key, v *value) {
	first := binary.NativeEndian.Uint64(k[:8])
	for i := range uint64(8) {
		binary.NativeEndian.PutUint64(v[8*i:], first+i)
	}
}

// keep makes the compiler believe that somebody reads all of the values.
//
//go:noinline
func keep(unsafe.Pointer) {}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

// A sequence is a file of ids, a power of two of them, mapped and walked round and round.
type sequence []uint32

func openSequence(path string) sequence {
	file, err := os.Open(path)
	if err != nil {
		fail(err.Error())
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		fail(err.Error())
	}
	size := int(info.Size())
	if size%4 != 0 || bits.OnesCount(uint(size/4)) != 1 {
		fail("not a sequence: " + path)
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ,
		syscall.MAP_SHARED|syscall.MAP_POPULATE)
	if err != nil {
		fail(err.Error())
	}
	return unsafe.Slice((*uint32)(unsafe.Pointer(&data[0])), size/4)
}

func (s sequence) at(i int) uint32 { return s[i&(len(s)-1)] }

type work struct {
	name     string
	keys     uint32
	room     int
	threads  int
	seconds  float64
	sequence string
}

// operationsPerSecond runs a block over and over on each goroutine, from another offset on each.
// newBlock gives each its own memory. All goroutines count together.
func (w work) operationsPerSecond(size int, newBlock func() func(position int)) (sum float64) {
	rates := make([]float64, w.threads)
	start := make(chan struct{})
	var ready, done sync.WaitGroup
	for thread := range rates {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			run := newBlock()
			position, count, elapsed := size/w.threads*thread, 0, 0.0
			ready.Done()
			<-start
			for begin := time.Now(); elapsed < w.seconds; elapsed = time.Since(begin).Seconds() {
				run(position)
				position += block
				count += block
			}
			rates[thread] = float64(count) / elapsed
		}()
	}
	ready.Wait()
	close(start)
	done.Wait()
	for _, rate := range rates {
		sum += rate
	}
	return sum
}

func set(c contestant, id uint32, v *value) {
	k := keyOf(id)
	fillValue(&k, v)
	c.put(k, v)
}

// checkedGet gets one key and checks what comes; it returns whether it was there.
func checkedGet(c contestant, id uint32, v, want *value) bool {
	k := keyOf(id)
	if !c.get(k, v) {
		return false
	}
	fillValue(&k, want)
	if *v != *want {
		fail("a wrong value came back")
	}
	return true
}

func report(c contestant, rate, hit float64) {
	version, err := json.Marshal(c.version())
	if err != nil {
		fail(err.Error())
	}
	fmt.Printf("{\"version\": %s, \"ns\": %.3f, \"mops\": %.4f, \"hit\": %.6f}\n", version,
		1e9/rate, rate/1e6, hit)
}

func (w work) allHits(c contestant) {
	ids := openSequence(w.sequence)
	var v, want value
	for id := range w.keys {
		set(c, id, &v)
	}
	for id := range w.keys {
		if !checkedGet(c, id, &v, &want) {
			fail("an entry is missing although there is room")
		}
	}
	newBlock := func() func(int) {
		v := new(value)
		return func(position int) {
			found := 0
			for i := range block {
				if c.get(keyOf(ids.at(position+i)), v) {
					found++
				}
				keep(unsafe.Pointer(v))
			}
			if found != block {
				fail("an entry was lost")
			}
		}
	}
	if w.name == "W1-batch" {
		batches, ok := c.(batches)
		if !ok {
			fail("this cache has no batches")
		}
		newBlock = func() func(int) {
			keys, getMany := new([batch]key), batches.newBatch()
			return func(position int) {
				found := 0
				for i := 0; i < block; i += batch {
					for n := range keys {
						keys[n] = keyOf(ids.at(position + i + n))
					}
					found += getMany(keys)
				}
				if found != block {
					fail("an entry was lost")
				}
			}
		}
	}
	warm := newBlock()
	for i := 0; i < len(ids); i += block {
		warm(i)
	}
	report(c, w.operationsPerSecond(len(ids), newBlock), 1)
}

func (w work) mixed(c contestant) {
	ids := openSequence(w.sequence)
	// One round warms the cache; its second half, the same for all, gives the hit ratio.
	gets, hits := 0, 0
	var v, want value
	for i, id := range ids {
		if id&isSet != 0 {
			set(c, id&^isSet, &v)
			continue
		}
		hit := checkedGet(c, id, &v, &want)
		if i < len(ids)/2 {
			continue
		}
		gets++
		if hit {
			hits++
		}
	}
	rate := w.operationsPerSecond(len(ids), func() func(int) {
		v, made := new(value), new(value)
		return func(position int) {
			for i := range block {
				if id := ids.at(position + i); id&isSet != 0 {
					set(c, id&^isSet, made)
				} else {
					c.get(keyOf(id), v)
					keep(unsafe.Pointer(v))
				}
			}
		}
	})
	report(c, rate, float64(hits)/float64(gets))
}
