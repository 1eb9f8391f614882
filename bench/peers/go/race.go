package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"
)

const races = 64

// race is what a Go programmer writes for the first of three: a context that ends the others, a
// channel with room for all, three goroutines, all of which are gone afterwards.
func race() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	winner := make(chan int, 3)
	left := make(chan struct{}, 3)
	for i := range 3 {
		go func() {
			if ctx.Err() == nil {
				winner <- i
			}
			left <- struct{}{}
		}()
	}
	<-winner
	cancel()
	for range 3 {
		<-left
	}
}

// timeRaces is the contestant "goroutines": T5 THREADS SECONDS.
func timeRaces(arguments []string) {
	if len(arguments) != 3 || arguments[0] != "T5" {
		fail("usage: goroutines T5 THREADS SECONDS")
	}
	threads, err := strconv.Atoi(arguments[1])
	if err != nil {
		fail(err.Error())
	}
	seconds, err := strconv.ParseFloat(arguments[2], 64)
	if err != nil {
		fail(err.Error())
	}
	runtime.GOMAXPROCS(threads)
	var rounds []float64
	for end := time.Now().Add(time.Duration(seconds * 1e9)); len(rounds) == 0 || time.Now().Before(end); {
		begin := time.Now()
		for range races {
			race()
		}
		rounds = append(rounds, float64(time.Since(begin).Nanoseconds())/races)
	}
	slices.Sort(rounds)
	line, err := json.Marshal(map[string]any{"version": runtime.Version()[2:], "ns": rounds[len(rounds)/2]})
	if err != nil {
		fail(err.Error())
	}
	fmt.Fprintln(os.Stdout, string(line))
}
