package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
)

// addBase holds the request against the base. What the configuration at the
// base excludes, permits and sets counts, and not what the change makes of it.
func (f *checkFlags) addBase(ctx context.Context, w *workspace, request *reconcile.CheckRequest) error {
	base, governing, err := w.base(ctx, f.base)
	if err != nil {
		return err
	}
	w.excluding = governing
	var source fs.FS = os.DirFS(rootOr(w.root))
	for i := range base.Inputs {
		if w.roots[i] == w.root {
			source = base.Inputs[i].Snapshot
		}
	}
	if base.Policy, base.Waivers, err = f.policy(governing, source); err != nil {
		return fmt.Errorf("the base: %w", err)
	}
	request.Base = base
	return nil
}

// base is the same workspace at the merge base of rev and HEAD.
func (w *workspace) base(ctx context.Context, rev string) (*reconcile.Base, *config.Config, error) {
	base := &reconcile.Base{}
	var governing *config.Config
	for i, input := range w.inputs {
		whole, prefix, err := git.Base(ctx, w.roots[i], rev)
		if err != nil {
			return nil, nil, err
		}
		base.Revision = whole.Revision().ID
		before := input
		if before.Snapshot, err = subSnapshot(whole, prefix); err != nil {
			return nil, nil, err
		}
		if w.config != nil && w.roots[i] == w.root {
			if governing, err = configAt(before.Snapshot, base.Revision); err != nil {
				return nil, nil, err
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
	return base, governing, nil
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
	revision sources.Revision
}

func (s subtree) Revision() sources.Revision { return s.revision }

func subSnapshot(whole sources.Snapshot, prefix string) (sources.Snapshot, error) {
	if prefix == "." || prefix == "" {
		return whole, nil
	}
	sub, err := fs.Sub(whole, prefix)
	if err != nil {
		return nil, fmt.Errorf("read %s at the base: %w", prefix, err)
	}
	return subtree{sub, whole.Revision()}, nil
}
