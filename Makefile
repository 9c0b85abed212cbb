# The front door: `make help` lists what there is. Each target is a few lines around CMake presets
# (CMakePresets.json) and the programs of tools/, which work without make as well.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
PRESET ?= release
PREFIX ?= /usr/local
PROGRAMS := bootstrap bootstrap-full wascc

.PHONY: help deps build install dist demo test bench lint format layers clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

deps: ## install what is missing, saying what and why (Debian 12 and root; elsewhere it only lists)
	@tools/install_deps.sh

build/$(PRESET)/build.ninja: | deps
	cmake --preset $(PRESET)

build: build/$(PRESET)/build.ninja ## build the programs into build/release/bin
	cmake --build --preset $(PRESET) -j $(JOBS) --target $(PROGRAMS)
	@ls -l $(addprefix build/$(PRESET)/bin/,$(PROGRAMS))

demo: build ## build a signed actor from source and send it events through the real bootstrap
	tools/demo.py

test: build/$(PRESET)/build.ninja ## build everything and run every test (PRESET=asan for sanitizers)
	cmake --build --preset $(PRESET) -j $(JOBS)
	ctest --preset $(PRESET) -j $(JOBS)

bench: build ## measure against native functions and other hosts; BENCH="--full", BENCH="--quick lambda", BENCH=--help
	cmake --build --preset $(PRESET) -j $(JOBS) --target actor_echo-cpp actor_bench-path host_bench bench-bootstrap
	bench/bench.py --build build/$(PRESET) $(BENCH)

lint: build/$(PRESET)/build.ninja ## check with clang-tidy what changed since it was last found clean
	@ninja -C build/$(PRESET) build.ninja
	tools/lint.py --build build/$(PRESET) -j $(JOBS)

format: deps ## check the formatting; FIX=1 mends it
	tools/format.sh $(if $(FIX),--fix)

layers: ## check that every folder includes only what docs/architecture.md allows
	tools/check_layers.py

install: build ## install programs, native providers, manual pages, completions, docs and licences below PREFIX (/usr/local)
	cmake --build --preset $(PRESET) -j $(JOBS) --target wascc_shell_texts
	cmake --install build/$(PRESET) --prefix $(PREFIX) --component programs
	cmake --install build/$(PRESET) --prefix $(PREFIX) --component providers

dist: build ## make a Debian package and release archives with checksums, in build/dist
	cmake --build --preset $(PRESET) -j $(JOBS) --target wascc_shell_texts bootstrap-relinkable
	cpack --config build/$(PRESET)/CPackConfig.cmake -B build/dist

clean: ## remove build/; the engine stays in the user's cache folder
	rm -rf build
