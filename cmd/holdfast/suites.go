package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// suite is a suite of tests of Gatekeeper's constraints. What it names is read
// from the same tree, out of which nothing leads.
type suite struct {
	tree
	name string
}

// suites are those at and below the paths or, where there are none, at and
// below the policies of holdfast.yaml.
func (f *testFlags) suites(paths []string) ([]suite, error) {
	if len(paths) > 0 {
		return suitesBelow(paths, onWorkingFolder)
	}
	w := &workspace{}
	if err := w.findConfig(nil, f.config); err != nil || w.config == nil {
		return nil, err
	}
	source := inSource(rooted(w.root))
	return suitesBelow(w.config.Policies.Paths, func(name string) (tree, string) {
		if filepath.IsAbs(name) {
			return onDisk(name)
		}
		return source, name
	})
}

// suitesBelow looks through the YAML files for suites.
func suitesBelow(paths []string, place func(string) (tree, string)) ([]suite, error) {
	paths, _ = withBundles(paths)
	var found []suite
	for _, path := range paths {
		from, within := place(path)
		// The names are wanted as the tree knows them.
		files, err := tree{from.FS, func(name string) string { return name }}.collect(within, isData)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if isData(file.Name) && gatekeeper.IsSuite(file.Content) {
				found = append(found, suite{from, file.Name})
			}
		}
	}
	return found, nil
}

// onWorkingFolder is the working folder for what is below it, so that a suite
// may name a file beside the folder that was given; for anything else it is onDisk.
func onWorkingFolder(argument string) (tree, string) {
	if !filepath.IsLocal(argument) {
		return onDisk(argument)
	}
	return inSource(rooted(".")), filepath.ToSlash(filepath.Clean(argument))
}

// runSuites adds the tests of the suites to the report.
func runSuites(ctx context.Context, suites []suite, options rego.TestOptions, report *rego.TestReport) error {
	var mistakes resource.Problems
	for _, s := range suites {
		results, err := rego.TestSuite(ctx, s, s.name, options)
		var problems resource.Problems
		if errors.As(err, &problems) {
			for _, problem := range problems {
				if problem.Location.File != "" {
					problem.Location.File = s.shown(problem.Location.File)
				}
				mistakes = append(mistakes, problem)
			}
			continue
		}
		if err != nil {
			return err
		}
		for _, result := range results {
			result.Location.File = s.shown(result.Location.File)
			if result.Package == s.name {
				result.Package = s.shown(s.name)
			}
			report.Tests = append(report.Tests, result)
		}
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}
