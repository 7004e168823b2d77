package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
)

// uncommitted are the files, as they are shown, that are judged and are not
// as the revision has them: an audit must not put a commit's name to them.
// There are none outside of a Git repository, where the revision is the content's.
func (w *workspace) uncommitted(ctx context.Context) ([]string, error) {
	var all []string
	if w.snapshot != nil {
		return nil, nil
	}
	for i, input := range w.inputs {
		whole, prefix, err := git.Base(ctx, w.roots[i], "HEAD")
		if errors.Is(err, sources.ErrNotFound) || errors.Is(err, sources.ErrEmpty) {
			continue
		} else if err != nil {
			return nil, err
		}
		head, err := subSnapshot(whole, prefix)
		if err != nil {
			return nil, err
		}
		for _, part := range input.Parts {
			names, err := differing(input.Snapshot, head, part)
			if err != nil {
				return nil, fmt.Errorf("compare with the revision: %w", err)
			}
			for _, name := range names {
				if input.Display != nil {
					name = input.Display(name)
				}
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// differing are the manifests of a part that are in one tree alone, or differ.
func differing(work, head fs.FS, part reconcile.Part) ([]string, error) {
	found := map[string]bool{}
	for _, tree := range []fs.FS{work, head} {
		top := part.Path
		if top == "" {
			top = part.Target.Path
		}
		err := fs.WalkDir(tree, top, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // the other tree has it
			case err != nil:
				return err
			case name != top && part.Exclude != nil && part.Exclude(name):
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if slices.Contains([]string{".yaml", ".yml", ".json", ".tf", ".tfvars"}, path.Ext(name)) && entry.Type().IsRegular() {
				found[name] = found[name] || !same(work, head, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	var names []string
	for name, differs := range found {
		if differs {
			names = append(names, name)
		}
	}
	return names, nil
}

// same reports whether both trees have the file with the same content; what
// cannot be read is not the same.
func same(a, b fs.FS, name string) bool {
	inA, err := fs.Stat(a, name)
	if err != nil {
		return false
	}
	inB, err := fs.Stat(b, name)
	if err != nil || inA.Size() != inB.Size() {
		return false
	}
	contentA, err := fs.ReadFile(a, name)
	if err != nil {
		return false
	}
	contentB, err := fs.ReadFile(b, name)
	return err == nil && bytes.Equal(contentA, contentB)
}
