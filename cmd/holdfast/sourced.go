package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// openSource looks at the newest revision of the source that a configuration
// names, as a daemon with that configuration would. It is nil where the source
// is the folder of the configuration itself.
func openSource(ctx context.Context, file string, logger *slog.Logger) (*workspace, error) {
	w := &workspace{read: readFolder}
	if err := w.findConfig(nil, file); err != nil {
		return nil, err
	}
	if w.config.Source.Git == nil && w.config.Source.Dir == "" {
		return nil, nil
	}
	engine, err := newEngine(ctx, w.config, engineOptions{look: true, logger: logger})
	if err != nil {
		return nil, err
	}
	w.engine = engine
	if err := w.fetch(ctx); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return w, nil
}

func (w *workspace) fetch(ctx context.Context) error {
	snapshot, err := w.engine.source.Fetch(ctx)
	if err != nil {
		return err
	}
	merged, err := withRepository(w.config, snapshot)
	if err != nil {
		return err
	}
	w.config, w.excluding, w.snapshot, w.whole = merged, merged, snapshot, true
	w.inputs = []reconcile.Input{{
		Snapshot: snapshot, Parts: parts(merged, ".", w.skips), Display: func(file string) string { return file },
	}}
	return nil
}

// tree is what the configuration's relative paths start from.
func (w *workspace) tree() fs.FS {
	if w.snapshot != nil {
		return w.snapshot
	}
	return rooted(rootOr(w.root))
}

func (w *workspace) close() error {
	if w.engine == nil {
		return nil
	}
	return w.engine.Close()
}

// repositoryName is the last part of a URL or path, as people call the repository.
func repositoryName(url string) string {
	name := path.Base(strings.TrimSuffix(strings.TrimSuffix(url, "/"), ".git"))
	if at := strings.LastIndexByte(name, ':'); at >= 0 { // git@host:infra
		name = name[at+1:]
	}
	return name
}
