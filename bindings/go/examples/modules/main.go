// Command modules loads a part of the program, and a library, when they are first used.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/brisk-runtime/brisk/bindings/go"
)

func main() {
	modules, err := brisk.NewModules(brisk.ModulesOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer modules.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()

	// A module of Go is a function. It is loaded once, after what it depends on.
	licensed := false
	err = modules.Add("license", func(context.Context) error {
		if licensed {
			return nil
		}
		return errors.New("there is no license")
	})
	if err != nil {
		log.Fatal(err)
	}
	options := brisk.ModuleOptions{Version: "1.2", Dependencies: []string{"license"}}
	err = modules.AddWith("solver", options, func(context.Context) error { return nil })
	if err != nil {
		log.Fatal(err)
	}

	// What failed stays failed, with its whole reason, until it is tried again.
	fmt.Println(modules.Load(ctx, "solver"))
	licensed = true
	if _, err := modules.Retry("solver"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(modules.Load(ctx, "solver"))

	// A native module is a library with a manifest; this one is of the system.
	folder, err := os.MkdirTemp("", "modules")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	manifest := []byte("library = libm.so.6\n")
	if err := os.WriteFile(filepath.Join(folder, "math.module"), manifest, 0o644); err != nil {
		log.Fatal(err)
	}
	if _, err := modules.Scan(folder); err != nil {
		log.Fatal(err)
	}
	power, err := modules.Symbol(ctx, "math", "pow")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(power.CallFloat(2, 10))

	report, err := modules.Report()
	if err != nil {
		log.Fatal(err)
	}
	for _, module := range report.Modules {
		fmt.Println(module.Name, module.Kinds, module.State, module.Attempts)
	}
}
