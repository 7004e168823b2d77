package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/render"
)

// conftestFlags are those of conftest, for its policies.
type conftestFlags struct {
	namespaces []string
	combine    bool
	parser     string
}

func (f *conftestFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.namespaces, "namespace", nil, "only conftest policies of this package, in which * stands for any text (repeatable)")
	flags.BoolVar(&f.combine, "combine", false, "ask conftest policies once, about all documents")
	flags.StringVar(&f.parser, "parser", "", "read every file in this format, such as hcl2 or dockerfile")
}

// apply says which conftest policies to ask, and how.
func (f *conftestFlags) apply(input *policy.Input) {
	input.Namespaces, input.Combine = f.namespaces, f.combine
}

// read has every file read by the parser, if there is one.
func (f *conftestFlags) read(w *workspace) error {
	if f.parser == "" {
		return nil
	}
	if known := render.Parsers(); !slices.Contains(known, f.parser) {
		return mistake(fmt.Errorf("--parser %s: there is no such parser; choose one of %s", f.parser, strings.Join(known, ", ")))
	}
	for i := range w.inputs {
		for p := range w.inputs[i].Parts {
			w.inputs[i].Parts[p].Parser = f.parser
		}
	}
	return nil
}

// readBelow gets files that policies name: below the working directory and the
// folders of policies, and else where the configuration's own are read from.
func readBelow(find finder, policies []string, configured func(string) ([]byte, error)) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		for _, root := range append([]string{"."}, policies...) {
			if info, err := os.Stat(root); err == nil && !info.IsDir() {
				root = filepath.Dir(root)
			}
			relative, err := filepath.Rel(root, name)
			if err != nil || !filepath.IsLocal(relative) {
				continue
			}
			from, within, there := find(root)
			if !there {
				continue
			}
			content, err := from.contents(path.Join(within, filepath.ToSlash(relative)))
			if !errors.Is(err, fs.ErrNotExist) {
				return content, err
			}
		}
		if configured != nil && fs.ValidPath(name) {
			return configured(name)
		}
		return nil, fmt.Errorf("%s: not below the working directory or a folder of policies: %w", name, fs.ErrNotExist)
	}
}

// contents is what a file holds.
func (t tree) contents(name string) ([]byte, error) {
	file, err := t.read(name)
	return file.Content, err
}
