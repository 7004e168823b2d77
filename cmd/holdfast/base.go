package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
)

// addBase holds the request against the base. What the configuration at the
// base excludes, permits and sets counts, and not what the change makes of it.
func (f *checkFlags) addBase(ctx context.Context, w *workspace, request *reconcile.CheckRequest) error {
	base, governing, trees, err := w.base(ctx, f.base)
	if err != nil {
		return err
	}
	w.excluding = governing
	var source fs.FS = rooted(rootOr(w.root))
	for i := range base.Inputs {
		if w.roots[i] == w.root {
			source = base.Inputs[i].Snapshot
		}
	}
	if base.Policy, base.Waivers, err = f.policy(ctx, governing, source, trees.find); err != nil {
		return fmt.Errorf("the base: %w", base.Mistaken(err))
	}
	request.Base = base
	return nil
}

// past are repositories as they were before the change.
type past []struct {
	top  string // the work tree, absolute and without links
	tree sources.Snapshot
}

// with takes in the repository in which root lies at prefix.
func (p past) with(root, prefix string, whole sources.Snapshot) (past, error) {
	top, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", root, err)
	}
	if prefix != "." && prefix != "" {
		top = strings.TrimSuffix(top, string(filepath.Separator)+filepath.FromSlash(prefix))
	}
	return append(p, past{{top, whole}}...), nil
}

// find is where a path that a flag names was before the change, as a change
// must not loosen what it holds either. What the change brings was not there,
// and what lies outside of the repositories is no part of the change.
func (p past) find(argument string) (from tree, name string, there bool) {
	absolute, err := filepath.Abs(argument)
	if err == nil {
		absolute, err = filepath.EvalSymlinks(absolute)
	}
	for _, before := range p {
		relative, outside := filepath.Rel(before.top, absolute)
		if err != nil || outside != nil || !within(absolute, before.top) {
			continue
		}
		name = filepath.ToSlash(relative)
		_, err := fs.Stat(before.tree, name)
		return tree{before.tree, func(file string) string {
			return path.Join(filepath.ToSlash(argument), strings.TrimPrefix(file, name))
		}}, name, !errors.Is(err, fs.ErrNotExist)
	}
	return onDiskNow(argument)
}

// base is the same workspace at the merge base of rev and HEAD.
func (w *workspace) base(ctx context.Context, rev string) (base *reconcile.Base, governing *config.Config, trees past, err error) {
	base = &reconcile.Base{}
	for i, input := range w.inputs {
		whole, prefix, err := git.Base(ctx, w.roots[i], rev)
		if errors.Is(err, sources.ErrNotFound) {
			return nil, nil, nil, mistake(fmt.Errorf("--base %s: %s is not a Git repository", rev, w.roots[i]))
		} else if err != nil {
			return nil, nil, nil, err
		}
		base.Revision = whole.Revision().ID
		if trees, err = trees.with(w.roots[i], prefix, whole); err != nil {
			return nil, nil, nil, err
		}
		before := input
		if before.Snapshot, err = subSnapshot(whole, prefix); err != nil {
			return nil, nil, nil, err
		}
		if w.config != nil && w.roots[i] == w.root {
			if governing, err = configAt(before.Snapshot, base.Revision); err != nil {
				return nil, nil, nil, base.Mistaken(err)
			}
			if governing != nil && !w.given {
				governing.Confine() // what it may not name it never did
			}
		}
		before.Parts = slices.DeleteFunc(slices.Clone(input.Parts), func(part reconcile.Part) bool {
			name := part.Path
			if name == "" {
				name = part.Target.Path
			}
			_, err := fs.Stat(before.Snapshot, name)
			return errors.Is(err, fs.ErrNotExist) // the change brings it
		})
		base.Inputs = append(base.Inputs, before)
	}
	return base, governing, trees, nil
}

// configAt is the configuration as it is in a snapshot; nil if there is none.
func configAt(snapshot fs.FS, revision string) (*config.Config, error) {
	file, err := inSource(snapshot).read(config.FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return config.Parse(config.FileName+"@"+revision, file.Content, config.ParseOptions{Role: config.Both, Drivers: builtinDrivers()})
}

// part of a snapshot, with the whole one's revision.
type subtree struct {
	fs.FS
	whole  sources.Snapshot
	prefix string
}

// Open serves what is around the part too, under names that begin with ../ .
func (s subtree) Open(name string) (fs.File, error) {
	if around, out := outside(s.prefix, name); out {
		return s.whole.Open(around)
	}
	return s.FS.Open(name)
}

func (s subtree) Revision() sources.Revision { return s.whole.Revision() }

// Digest implements sources.Digester as far as the whole does.
func (s subtree) Digest(name string) (string, bool) {
	digester, ok := s.whole.(sources.Digester)
	if !ok {
		return "", false
	}
	return digester.Digest(path.Join(s.prefix, name))
}

func subSnapshot(whole sources.Snapshot, prefix string) (sources.Snapshot, error) {
	if prefix == "." || prefix == "" {
		return whole, nil
	}
	sub, err := fs.Sub(whole, prefix)
	if err != nil {
		return nil, fmt.Errorf("read %s at the base: %w", prefix, err)
	}
	return subtree{sub, whole, prefix}, nil
}
