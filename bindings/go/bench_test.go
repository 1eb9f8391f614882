// What calls cost: go test -bench . -run '^$'

package brisk_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func benchmarked(b *testing.B) (cache *brisk.Cache, keys [][]byte) {
	cache = newCache(b, brisk.CacheOptions{})
	for i := range 100 {
		keys = append(keys, fmt.Appendf(nil, "key:%012d", i))
		put(b, cache, string(keys[i]), fmt.Sprintf("%064d", i))
	}
	b.ReportAllocs()
	return cache, keys
}

func BenchmarkGet(b *testing.B) {
	cache, keys := benchmarked(b)
	buffer := make([]byte, 0, 64)
	for i := 0; b.Loop(); i++ {
		cache.Get(keys[i%100], buffer)
	}
}

func BenchmarkGetWithoutRoom(b *testing.B) {
	cache, keys := benchmarked(b)
	for i := 0; b.Loop(); i++ {
		cache.Get(keys[i%100], nil)
	}
}

func BenchmarkGetManyOf100(b *testing.B) {
	cache, keys := benchmarked(b)
	var batch brisk.Batch
	for b.Loop() {
		cache.GetMany(keys, &batch)
	}
}

func BenchmarkPut(b *testing.B) {
	cache, keys := benchmarked(b)
	value := make([]byte, 64)
	for i := 0; b.Loop(); i++ {
		cache.Put(keys[i%100], value)
	}
}

func BenchmarkPin(b *testing.B) {
	cache, keys := benchmarked(b)
	for i := 0; b.Loop(); i++ {
		value, _, _ := cache.Pin(keys[i%100])
		value.Release()
	}
}

func BenchmarkGetOrLoadHit(b *testing.B) {
	cache, keys := benchmarked(b)
	for i := 0; b.Loop(); i++ {
		cache.GetOrLoad(noDeadline, keys[i%100], never)
	}
}

func BenchmarkGetOrLoadMiss(b *testing.B) {
	cache, keys := benchmarked(b)
	load := gives("value")
	for i := 0; b.Loop(); i++ {
		cache.Erase(keys[i%100])
		cache.GetOrLoad(noDeadline, keys[i%100], load)
	}
}

func nothing(context.Context) (any, error) { return nil, nil }

func BenchmarkSubmitAndWait(b *testing.B) {
	workers := newWorkers(b, brisk.WorkersOptions{})
	b.ReportAllocs()
	for b.Loop() {
		task, _ := workers.Submit(noDeadline, nothing)
		task.Wait(noDeadline)
	}
}

func BenchmarkSubmit1000(b *testing.B) {
	workers := newWorkers(b, brisk.WorkersOptions{})
	tasks := make([]*brisk.Task, 1000)
	b.ReportAllocs()
	for b.Loop() {
		for i := range tasks {
			tasks[i], _ = workers.Submit(noDeadline, nothing)
		}
		for _, task := range tasks {
			task.Wait(noDeadline)
		}
	}
}

func BenchmarkBatchOf1000(b *testing.B) {
	workers := newWorkers(b, brisk.WorkersOptions{})
	b.ReportAllocs()
	for b.Loop() {
		workers.Batch(noDeadline, 1000, func(context.Context, int) error { return nil })
	}
}

func BenchmarkLoadOfALoadedModule(b *testing.B) {
	modules := newModules(b, brisk.ModulesOptions{})
	add(b, modules, "part", loads(nil))
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		modules.Load(ctx, "part")
	}
}

func BenchmarkFirstLoad(b *testing.B) {
	modules := newModules(b, brisk.ModulesOptions{})
	names := make([]string, 1000)
	for b.Loop() {
		b.StopTimer()
		modules.Close()
		modules = newModules(b, brisk.ModulesOptions{})
		for i := range names {
			names[i] = fmt.Sprint("part", i)
			add(b, modules, names[i], loads(nil))
		}
		b.StartTimer()
		for _, name := range names {
			modules.Load(context.Background(), name)
		}
	}
}

func BenchmarkSymbolCall(b *testing.B) {
	modules := newModules(b, brisk.ModulesOptions{})
	must(modules.Scan(folderOf(b, map[string]string{"math.module": "library = libm.so.6\n"})))
	absolute := must(modules.Symbol(context.Background(), "math", "fabs"))
	b.ReportAllocs()
	for b.Loop() {
		absolute.CallFloat(-1)
	}
}
