package main

import (
	"log/slog"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/render"
)

// builtinDrivers is the list of drivers; a new one is one more line.
func builtinDrivers() []drivers.Kind {
	return []drivers.Kind{
		host.Kind(),
	}
}

func newCompiler(timeout time.Duration, logger *slog.Logger) *rego.Compiler {
	return rego.New(rego.Options{Library: policies.Library, Timeout: timeout, Logger: logger})
}

func newRenderer(maxFileSize int64) *render.Renderer {
	return render.New(render.Options{MaxFileSize: maxFileSize})
}
