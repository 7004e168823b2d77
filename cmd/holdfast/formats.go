package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// checkFormat is a form in which `check` writes what it found.
type checkFormat struct {
	name  string
	write func(io.Writer, *report.Check) error
}

// formatNames are the names of --format.
func formatNames() []string {
	var names []string
	for _, format := range checkFormats(report.TextOptions{}) {
		names = append(names, format.name)
	}
	return names
}

// oneOf is "a, b or c".
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// oneEach refuses two formats in one stream or file, which nothing could read.
func oneEach(outputs []output) error {
	first := map[string]string{}
	for _, out := range outputs {
		where, at := "standard output", out.file
		if at != "" {
			at = filepath.Clean(at)
			where = at
		}
		if before, taken := first[at]; taken && at != os.DevNull {
			return mistake(fmt.Errorf("--format %s and --format %s would both go to %s; give each a file of its own, such as --format %s=FILE", before, out.name, where, out.name))
		}
		first[at] = out.name
	}
	return nil
}

// writeCheck writes each of the outputs.
func (a *app) writeCheck(outputs []output, f *checkFlags, checked *reconcile.Checked) error {
	check := &report.Check{
		Report: &checked.Report, Rules: checked.Rules, Version: versionName(), UncoveredBlocks: f.failOnUncovered,
	}
	for _, out := range outputs {
		text := a.textOptions(f.verbose)
		text.UncoveredBlocks = f.failOnUncovered
		if out.file != "" {
			text.Color, text.Width = false, 0
		}
		formats := checkFormats(text)
		at := slices.IndexFunc(formats, func(format checkFormat) bool { return format.name == out.name })
		if err := a.write(out, func(w io.Writer) error { return formats[at].write(w, check) }); err != nil {
			return err
		}
	}
	return nil
}
