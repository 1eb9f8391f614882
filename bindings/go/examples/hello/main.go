// Command hello puts, gets, and loads what is missing.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func main() {
	cache, err := brisk.NewCache(brisk.CacheOptions{Capacity: "16 MiB", TTL: time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	defer cache.Close()

	if _, err := cache.Put([]byte("user:1"), []byte("Ada")); err != nil {
		log.Fatal(err)
	}
	if name, ok, err := cache.Get([]byte("user:1"), nil); err == nil && ok {
		fmt.Printf("hello, %s\n", name)
	}

	// One caller loads, however many ask; the others wait for its value, as long as their context
	// lets them.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	page, err := cache.GetOrLoad(ctx, []byte("page:7"), func(context.Context) ([]byte, error) {
		return []byte("page 7, made to order"), nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", page)

	stats, err := cache.Stats()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d entries, hit ratio %v\n", stats.Entries, stats.HitRatio)
}
