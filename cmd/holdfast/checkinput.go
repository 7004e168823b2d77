package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// ignoreFiles leaves out what --ignore matches, in the form in which paths are shown.
func (f *checkFlags) ignoreFiles(w *workspace) error {
	if f.ignore == "" {
		return nil
	}
	pattern, err := regexp.Compile(f.ignore)
	if err != nil {
		return mistake(fmt.Errorf("--ignore: %w", err))
	}
	for i := range w.inputs {
		input := &w.inputs[i]
		for p := range input.Parts {
			before := input.Parts[p].Exclude
			input.Parts[p].Exclude = func(file string) bool {
				return before != nil && before(file) || pattern.MatchString(input.Display(file))
			}
		}
	}
	return nil
}

func (f *checkFlags) context(ctx context.Context, read folderReader) ([]reconcile.Input, error) {
	if len(f.inventory) == 0 {
		return nil, nil
	}
	beside := &workspace{read: read}
	for _, given := range f.inventory {
		absolute, err := filepath.Abs(given)
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", given, err)
		}
		if _, err := os.Stat(absolute); err != nil {
			return nil, mistake(fmt.Errorf("--inventory %s: %w", given, errors.Unwrap(err)))
		}
		if err := beside.addLoose(ctx, given, absolute, nil); err != nil {
			return nil, err
		}
	}
	return beside.inputs, nil
}

// finder gives the tree that a path of the command line is in, and the path
// within it, if there is to be anything.
type finder func(argument string) (from tree, name string, there bool)

// onDiskNow expects all that is named.
func onDiskNow(argument string) (from tree, name string, there bool) {
	from, name = onDisk(argument)
	return from, name, true
}

// policy is what to judge by: the configuration's policies, if there is one, and the flags'.
func (f *checkFlags) policy(ctx context.Context, c *config.Config, source fs.FS, find finder) (policy.Input, []policy.Waiver, error) {
	input := policy.Input{Builtin: true}
	var waivers []policy.Waiver
	if c != nil {
		spec, err := specOf(ctx, c, source)
		if err != nil {
			return input, nil, err
		}
		input, waivers = spec.Policy, spec.Waivers
	}
	if f.noBuiltin {
		input.Builtin = false
	}
	if f.profile != "" {
		input.Profile = f.profile
	}
	input.AllowEmpty = f.allowEmpty
	input.Read = readBelow(find, f.policies, input.Read)
	f.conftest.apply(&input)
	input.Select = policy.Selection{Rules: f.rules, Categories: f.categories, Controls: f.controls}
	named, bundled := withBundles(f.policies)
	bundles, err := namedBundles(ctx, bundled, find)
	if err != nil {
		return input, nil, err
	}
	modules, err := addFiles(nil, named, find, isRego)
	if err != nil {
		return input, nil, err
	}
	input.Policies = append(input.Policies, withoutData(modules)...)
	others, err := addFiles(nil, named, find, isData)
	if err != nil {
		return input, nil, err
	}
	input.Constraints = append(input.Constraints, withoutRego(others)...)
	if err := bundles.into(&input); err != nil {
		return input, nil, err
	}
	input.Data, err = addFiles(input.Data, f.data, find, isData)
	return input, waivers, err
}

func addFiles(files []policy.File, names []string, find finder, match func(string) bool) ([]policy.File, error) {
	for _, name := range names {
		from, within, there := find(name)
		if !there {
			continue
		}
		found, err := from.collect(within, match)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

// shown is a file of the configuration's folder, as it is seen from the working directory.
func (w *workspace) shown(file string) string {
	if file == "" || filepath.IsAbs(file) || w.snapshot != nil {
		return file
	}
	return filepath.ToSlash(shortest(filepath.Join(w.root, filepath.FromSlash(file))))
}
