package main

import (
	"io"
	"log/slog"
	"time"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes"
	"github.com/holdfast-dev/holdfast/policies"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/render"
)

// builtinDrivers is the list of drivers; a new one is one more line.
func builtinDrivers() []drivers.Kind {
	return []drivers.Kind{
		host.Kind(),
		kubernetes.Kind(),
	}
}

// checkFormats is the list of what `check` writes; a new one is one more line.
func checkFormats(text report.TextOptions) []checkFormat {
	return []checkFormat{
		{"text", func(w io.Writer, c *report.Check) error { return report.Text(w, c.Report, text) }},
		{"json", func(w io.Writer, c *report.Check) error { return report.JSON(w, c.Report) }},
		{"sarif", report.SARIF},
		{"junit", report.JUnit},
		{"github", report.GitHub},
		{"gitlab", report.GitLab},
		{"markdown", report.Comment},
		{"tap", report.TAP},
	}
}

func newCompiler(timeout time.Duration, logger *slog.Logger) *rego.Compiler {
	return rego.New(rego.Options{Library: policies.Library, Timeout: timeout, Parse: parseConfiguration(), Logger: logger})
}

// parseConfiguration is for the functions of policies that parse configurations.
func parseConfiguration() func(parser, name string, content []byte) (any, error) {
	return render.New(render.Options{}).Parse
}
