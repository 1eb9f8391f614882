// Command workers runs a task, a batch and a race on one pool.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func main() {
	workers, err := brisk.NewWorkers(brisk.WorkersOptions{Threads: 4, QueueTasks: 1000})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()

	// It begins when the budget has its memory, and must be done in time.
	options := brisk.TaskOptions{Name: "import", Bytes: "16 MiB", Deadline: time.Second}
	task, err := workers.SubmitWith(ctx, options, func(ctx context.Context) (any, error) {
		return 42, ctx.Err()
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(task.Wait(ctx))

	outcomes, err := workers.Batch(ctx, 3, func(ctx context.Context, page int) error {
		if page == 1 {
			return errors.New("no such page")
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	for page, outcome := range outcomes {
		fmt.Println(page, outcome.State, outcome.Err)
	}

	fmt.Println(workers.Race(ctx,
		func(context.Context) (any, error) { return nil, errors.New("the mirror is down") },
		func(context.Context) (any, error) { return "from the archive", nil },
	))

	if stragglers, err := workers.Close(ctx); err != nil {
		log.Fatal(err, stragglers)
	}
}
