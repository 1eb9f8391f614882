# The front door of brisk: every target installs what is missing, configures what is new and builds
# what changed. Meson describes the build (meson.build); .ci/build names the build folders.

SHELL := /bin/bash
PYTHON := /usr/bin/python3
BUILD := build/release
PREFIX ?= /usr/local
.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  Everything that is made lies in build/."

.PHONY: demo
demo: ## Build and run the demos in C: a cache, modules [DIR=/some/folder ARGS=...]
	@.ci/install build demo
	@.ci/build release bindings/c/examples/demo bindings/c/examples/demo-modules
	@$(BUILD)/bindings/c/examples/demo $(ARGS) $(if $(DIR),"$(DIR)")
	@echo
	@$(BUILD)/bindings/c/examples/demo-modules

.PHONY: test
test: ## Run every suite of tests [ARGS="--only SUITE --jobs N"]
	@.ci/install build gen test demo fuzz python
	@$(PYTHON) tests/run.py $(ARGS)

.PHONY: soak
soak: ## Run expiry against its models for long [SECONDS=600 OPERATIONS=100000000]
	@.ci/install build test
	@.ci/build release -Dtests=true tests/model/expiry
	@BRISK_OPERATIONS="$(or $(OPERATIONS),100000000)" BRISK_SOAK_SECONDS="$$(($(or $(SECONDS),600) / 2))" \
		$(BUILD)/tests/model/expiry

.PHONY: bench
bench: ## Time the calls of the library [ARGS=--benchmark_filter=...]
	@.ci/install build bench
	@.ci/build release -Dbench=true bench/bench-core bench/bench-modules
	@setsid --wait $(BUILD)/bench/bench-core $(ARGS)
	@setsid --wait $(BUILD)/bench/bench-modules $(ARGS)

.PHONY: bench-peers
bench-peers: ## Compare with what a user would pick instead [AREA=cache ROUNDS=5 ARGS=...]
	@.ci/install build bench rust
	@.ci/build release -Dbench=true
	@$(PYTHON) bench/peers/run.py $(if $(AREA),--area "$(AREA)") $(if $(ROUNDS),--rounds "$(ROUNDS)") $(ARGS)

.PHONY: bench-traces
bench-traces: ## Replay the traces in BRISK_TRACES, here and elsewhere [ARGS=--help]
	@.ci/install build bench rust
	@.ci/build release -Dbench=true
	@$(PYTHON) bench/peers/traces.py $(ARGS)

.PHONY: plots
plots: ## Draw bench/plots from the last make bench-traces and bench-peers [ARGS=--help]
	@.ci/install plots
	@$(PYTHON) -B bench/plots.py $(ARGS)

.PHONY: install
install: ## Install the library, headers and brisk.pc [PREFIX=/usr/local DESTDIR=]
	@.ci/install build
	@.ci/build release -Dprefix="$(PREFIX)"
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig; fi

.PHONY: wheel
wheel: ## Pack the Python package with the library into build/python/dist
	@.ci/install build python
	@env $$(.ci/prefix 2>/dev/null) $(PYTHON) bindings/python/wheel.py $(ARGS)

.PHONY: gen
gen: ## Write what bindings/abi/spec describes
	@.ci/install gen
	@$(PYTHON) -B bindings/abi/gen.py

.PHONY: check-gen
check-gen: ## Fail when what is generated is not in step with bindings/abi/spec
	@.ci/install gen
	@$(PYTHON) -B bindings/abi/gen.py --check

.PHONY: abi-baseline
abi-baseline: ## Rewrite tests/abi/brisk.abi, with which the binary interface is compared
	@.ci/install build test
	@.ci/build release
	@$(PYTHON) -B tests/abi/dump.py $(BUILD)/lib/libbrisk.so tests/abi/brisk.abi

.PHONY: clean
clean: ## Remove build/
	@rm -rf build
