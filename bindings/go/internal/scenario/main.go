// Command scenario plays the scenarios of tests/scenarios through the Go interface: an operation a
// line on standard input, an answer a line on standard output.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

type player struct {
	runtime *brisk.Runtime
	cache   *brisk.Cache
	pins    []*brisk.Value
	leases  map[string]*brisk.Lease
}

// words are the arguments of one operation.
type words []string

// An operation gives its answer, or the error that is one.
type operation func(*player, words) (string, error)

var operations = map[string]operation{
	"open": open, "find": find, "close": closeCache, "clear": clearCache, "stats": stats,
	"put": put, "put_many": putMany, "get": get, "read": read, "get_many": getMany,
	"read_many": readMany, "pin": pin, "pinned": pinned, "unpin": unpin, "contains": contains,
	"touch": touch, "erase": erase, "erase_matching": eraseMatching, "keys": keys, "event": event,
	"advance": advance, "load": load, "load_fails": loadFails, "load_self": loadSelf,
	"load_absent": loadAbsent, "complete_absent": completeAbsent,
	"put_cost": putCost, "set_cost": setCost,
	"begin": begin, "wait": wait, "complete": complete, "fail": fail, "abandon": abandon,
	"drop": drop, "parse_size": parseSize,
}

func main() {
	runtime, err := brisk.NewRuntime(brisk.RuntimeOptions{Clock: brisk.ClockManual})
	if err != nil {
		die(err)
	}
	p := &player{runtime: runtime, leases: map[string]*brisk.Lease{}}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return
		}
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		operation, ok := operations[name]
		if !ok {
			die(fmt.Errorf("no operation is called %q", name))
		}
		var arguments words
		if rest != "" {
			arguments = strings.Split(rest, " ")
		}
		fmt.Println(answer(operation(p, arguments)))
	}
}

// answer makes one line of what an operation gave.
func answer(said string, err error) string {
	var failure *brisk.Error
	switch {
	case err == nil:
		return said
	case errors.Is(err, brisk.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, brisk.ErrAbsent):
		return "absent"
	case errors.Is(err, brisk.ErrRefused):
		return "refused"
	case errors.As(err, &failure):
		return fmt.Sprintf("error %v %s", failure.Status, failure.Message)
	}
	die(err)
	return ""
}

func die(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (w words) bytes(i int) []byte {
	data, err := hex.DecodeString(strings.TrimPrefix(w[i], "x"))
	if err != nil {
		die(err)
	}
	return data
}

// many reads every step-th word from the i-th on.
func (w words) many(i, step int) (items [][]byte) {
	for ; i < len(w); i += step {
		items = append(items, w.bytes(i))
	}
	return items
}

func (w words) duration(i int) time.Duration { return duration(w[i]) }

// duration reads nanoseconds; what Go cannot count to is forever.
func duration(text string) time.Duration {
	ns := number[uint64](text)
	if ns > uint64(brisk.Forever) {
		return brisk.Forever
	}
	return time.Duration(ns)
}

func number[N ~int32 | ~uint32 | ~uint64](text string) N {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return N(n)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		die(err)
	}
	return N(n)
}

func fraction(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		die(err)
	}
	return f
}

func word(data []byte) string { return "x" + hex.EncodeToString(data) }

func yes(ok bool, otherwise string) string {
	if ok {
		return "ok"
	}
	return otherwise
}
