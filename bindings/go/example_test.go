// The examples of the documentation.

package brisk_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func ExampleCache_Get() {
	cache := must(brisk.NewCache(brisk.CacheOptions{Capacity: "16 MiB"}))
	defer cache.Close()
	cache.Put([]byte("user:1"), []byte("Ada"))

	buffer := make([]byte, 0, 64)
	name, ok, err := cache.Get([]byte("user:1"), buffer[:0])
	fmt.Println(string(name), ok, err)
	// Output: Ada true <nil>
}

func ExampleCache_GetMany() {
	cache := must(brisk.NewCache(brisk.CacheOptions{}))
	defer cache.Close()
	cache.PutMany(bytesOf("a", "b"), bytesOf("1", "2"))

	var batch brisk.Batch
	found, err := cache.GetMany(bytesOf("a", "b", "c"), &batch)
	fmt.Println(found, err)
	for i := range batch.Len() {
		value, ok := batch.Value(i)
		fmt.Println(string(value), ok)
	}
	// Output:
	// 2 <nil>
	// 1 true
	// 2 true
	//  false
}

func ExampleCache_GetOrLoad() {
	cache := must(brisk.NewCache(brisk.CacheOptions{}))
	defer cache.Close()
	var page brisk.Loader = func(ctx context.Context) ([]byte, error) {
		// Passing ctx on tells for which load the header is needed.
		header, err := cache.GetOrLoad(ctx, []byte("header"), func(context.Context) ([]byte, error) {
			return []byte("the header, "), nil
		})
		return append(header, "the page"...), err
	}
	text, err := cache.GetOrLoad(context.Background(), []byte("page"), page)
	fmt.Println(string(text), err)
	// Output: the header, the page <nil>
}

func ExampleCache_Pin() {
	cache := must(brisk.NewCache(brisk.CacheOptions{}))
	defer cache.Close()
	cache.Put([]byte("image"), make([]byte, 1<<20))

	image, ok, err := cache.Pin([]byte("image"))
	if err != nil || !ok {
		return
	}
	defer image.Release()
	fmt.Println(len(image.Bytes()))
	// Output: 1048576
}

func ExampleError() {
	_, err := brisk.NewCache(brisk.CacheOptions{Capacity: "64 parsecs"})
	var failure *brisk.Error
	fmt.Println(errors.Is(err, brisk.ErrInvalid), errors.As(err, &failure), failure.Status)
	// Output: true true BRISK_INVALID
}
