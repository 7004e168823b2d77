package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxConfigSize bounds a configuration file, in bytes.
const maxConfigSize = 1 << 20

// loadConfig reads a configuration file of this machine.
func loadConfig(file string) (*config.Config, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", file, err)
	}
	info, err := os.Stat(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, mistake(fmt.Errorf("there is no configuration file %s; `holdfast init` writes one", file))
	case err != nil:
		return nil, fmt.Errorf("read the configuration: %w", err)
	case info.Size() > maxConfigSize || !info.Mode().IsRegular():
		return nil, mistake(fmt.Errorf("%s: not a regular file of at most 1 MiB", file))
	}
	content, err := os.ReadFile(absolute)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return config.Parse(file, content, config.ParseOptions{Role: config.Both, Drivers: builtinDrivers(), Dir: filepath.Dir(absolute)})
}

// findConfig is the file that a command without --config works by.
func findConfig(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	file, ok := config.Find(".")
	if !ok {
		return "", mistake(errors.New("there is no holdfast.yaml here; name one with --config, or write one with `holdfast init`"))
	}
	return shortest(file), nil
}

// openConfig reads the file that is given, or else the one that is found.
func openConfig(given string) (file string, c *config.Config, err error) {
	if file, err = findConfig(given); err == nil {
		c, err = loadConfig(file)
	}
	if err != nil || given != "" {
		return file, c, err
	}
	if problems := c.Confine(); len(problems) > 0 {
		err = problems
	}
	return file, c, err
}

// shortest is the path as it is seen from the working directory, where that is no longer.
func shortest(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	relative, err := filepath.Rel(here, file)
	if err != nil || len(relative) > len(file) {
		return file
	}
	return relative
}

// configure gives the loop what each revision asks for, within what the operator allows.
func configure(operator *config.Config) func(context.Context, sources.Snapshot) (*reconcile.Spec, error) {
	return func(ctx context.Context, snapshot sources.Snapshot) (*reconcile.Spec, error) {
		merged, err := withRepository(operator, snapshot)
		if err != nil {
			return nil, err
		}
		return specOf(ctx, merged, snapshot)
	}
}

func withRepository(operator *config.Config, snapshot fs.FS) (*config.Config, error) {
	if len(operator.Targets) > 0 || isItself(operator) {
		return operator, nil
	}
	file, err := inSource(snapshot).read(config.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, resource.Problems{{Msg: fmt.Sprintf("the source has no %s, and %s names no targets", config.FileName, operator.File)}}
	} else if err != nil {
		return nil, err
	}
	repository, err := config.Parse(config.FileName, file.Content, config.ParseOptions{Role: config.Repository, Drivers: builtinDrivers()})
	if err != nil {
		return nil, err
	}
	return config.Merge(operator, repository)
}

// isItself reports whether the repository's file is the operator's too, as for
// a person alone: its source is the folder that it is in.
func isItself(c *config.Config) bool {
	return c.Source.Git == nil && c.Source.Dir == "" && filepath.Base(c.File) == config.FileName
}

// specOf reads what the configuration points at.
func specOf(ctx context.Context, c *config.Config, source fs.FS) (*reconcile.Spec, error) {
	from := inSource(source)
	spec := &reconcile.Spec{
		MaxDelete: c.Limits.MaxDelete, RunTimeout: c.Limits.RunTimeout, Exclude: notJudged(c),
		Policy: policy.Input{
			Builtin: c.Policies.Builtin, Categories: c.Policies.Categories, Profile: c.Policies.Profile, Params: c.Policies.Params,
		},
	}
	spec.Policy.TargetParams = map[string]map[string]any{}
	spec.Policy.TargetParamsAt = map[string]map[string]resource.Location{}
	for _, t := range c.Targets {
		spec.Targets = append(spec.Targets, targetOf(t))
		if len(t.Params) > 0 {
			spec.Policy.TargetParams[t.Name], spec.Policy.TargetParamsAt[t.Name] = t.Params, t.ParamsAt
		}
	}
	spec.Policy.ParamsAt, spec.Policy.Read = c.ParamsAt(), from.contents
	const mend = "correct the path, or take it out"
	if problems := slices.Concat(lost(from, c, "policies.paths", c.Policies.Paths, mend), lost(from, c, "policies.data", c.Policies.Data, mend)); len(problems) > 0 {
		return nil, problems
	}
	bundles, err := configuredBundles(ctx, from, c)
	if err != nil {
		return nil, err
	}
	paths, _ := withBundles(c.Policies.Paths)
	modules, err := collectAll(from, paths, isRego)
	if err != nil {
		return nil, err
	}
	spec.Policy.Policies = withoutData(modules)
	others, err := collectAll(from, paths, isData)
	if err != nil {
		return nil, err
	}
	spec.Policy.Constraints = withoutRego(others)
	if spec.Policy.Data, err = collectAll(from, c.Policies.Data, isData); err != nil {
		return nil, err
	}
	if err := bundles.into(&spec.Policy); err != nil {
		return nil, err
	}
	if spec.Waivers, err = readWaivers(from, c); err != nil {
		return nil, err
	}
	spec.Approvals, err = parseAll(from, c.Approvals, config.ParseApprovals)
	return spec, err
}

func targetOf(t config.Target) reconcile.Target {
	return reconcile.Target{
		Name: t.Name, Driver: t.Driver, Path: t.Path, DependsOn: t.DependsOn, Mode: t.Mode, Prune: t.Prune,
		OnBlock: t.OnBlock, Suspend: t.Suspend, Rollback: t.Rollback, Build: t.Build, Settings: t.Settings, HealthTimeout: t.HealthTimeout,
		Interval: t.Interval, Exclude: config.Excluder(t.Exclude),
	}
}

// notJudged are the paths of the source that hold no resources: policies and
// their data, waivers, approvals, the configuration, suites of policy tests.
func notJudged(c *config.Config) func(string) bool {
	patterns := config.Excluder(c.Exclude)
	return func(name string) bool {
		switch path.Base(name) {
		case config.FileName, "suite.yaml":
			return true
		}
		for _, list := range [][]string{c.Policies.Paths, c.Policies.Data, c.Waivers, c.Approvals} {
			for _, kept := range list {
				if kept != "." && !filepath.IsAbs(kept) && under(name, kept) {
					return true
				}
			}
		}
		return patterns != nil && patterns(name)
	}
}
