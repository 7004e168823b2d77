# holdfast. `make demo` shows what it does, `make test` proves it.
GO       ?= go
BIN      := dist/holdfast
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
TOOL     := $(GO) tool -modfile=.ci/tools/go.mod
FUZZTIME ?= 10s

export CGO_ENABLED ?= 0

.PHONY: build test lint race fuzz mutate docs bench demo setup clean

build:
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN) ./cmd/holdfast

# Vetting is lint's.
test: setup
	$(GO) test -vet=off -timeout 45m ./... ./testdata/mutate

# The race detector needs cgo, and so a C compiler.
NORACE = $(shell grep -v '^\#' .ci/norace | paste -sd '|' -)
race: setup
	CGO_ENABLED=1 $(GO) test -race -vet=off -timeout 60m -skip '^($(NORACE))$$' ./...

lint:
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	$(GO) vet ./... ./testdata/mutate
	$(TOOL) staticcheck ./... ./testdata/mutate
	$(TOOL) opa fmt --list --fail policies
	$(TOOL) opa check --strict policies

fuzz:
	.ci/fuzz $(FUZZTIME)

# Breaks every rule of the library in many ways, each of which a test must
# notice; with MUTATE=-lib the helpers that rules share too.
mutate:
	$(GO) run ./testdata/mutate $(MUTATE)

# What the rules say of themselves.
docs: build
	$(BIN) policy docs --builtin --format markdown=docs/policies.md

bench: build
	.ci/bench

demo: build
	testdata/demo/demo.sh $(abspath $(BIN))

# What tests need beside Go: git and an SSH server.
setup:
	.ci/setup

clean:
	rm -rf dist
