package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/migrate"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
)

// maxCarriedOver bounds a file of objects, in bytes.
const maxCarriedOver = 64 << 20

// carryOver writes a configuration of what another reconciler was told to keep.
func (a *app) carryOver(ctx context.Context, from migrate.From, folder string, files []string, print bool) error {
	if from != migrate.Flux && from != migrate.ArgoCD {
		return mistake(fmt.Errorf("--from %q: use %s or %s", from, migrate.Flux, migrate.ArgoCD))
	}
	snapshot, err := readFolder(ctx, dir.Options{Path: folder})
	if errors.Is(err, sources.ErrNotFound) {
		return mistake(fmt.Errorf("there is no folder %s", folder))
	} else if err != nil {
		return err
	}
	input := migrate.Input{From: from, Tree: snapshot}
	for _, name := range files {
		content, err := readObjects(name)
		if err != nil {
			return err
		}
		input.Streams = append(input.Streams, migrate.Stream{Name: name, Content: content})
	}
	content, notes, err := migrate.Write(input)
	if errors.Is(err, migrate.ErrNothing) && len(files) == 0 {
		return mistake(fmt.Errorf("%w in %s; what is in a cluster can be piped in: see `holdfast init --help`", err, folder))
	} else if err != nil {
		return mistake(err)
	}
	if _, err := config.Parse(config.FileName, content, config.ParseOptions{Role: config.Repository, Drivers: builtinDrivers()}); err != nil {
		return mistake(fmt.Errorf("what was read makes no configuration that holdfast accepts: %w", err))
	}
	for _, note := range notes {
		if _, err := fmt.Fprintf(a.stderr, "not carried over: %s\n", note); err != nil {
			return err
		}
	}
	return a.writeConfig(folder, content, print)
}

// readObjects reads a file that was named, or the standard input.
func readObjects(name string) ([]byte, error) {
	file := os.Stdin
	if name != "-" {
		var err error
		if file, err = os.Open(name); err != nil {
			return nil, fmt.Errorf("read the objects: %w", err)
		}
		defer file.Close()
	}
	content, err := io.ReadAll(io.LimitReader(file, maxCarriedOver+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(content) > maxCarriedOver {
		return nil, mistake(fmt.Errorf("%s has more than %d MiB", name, maxCarriedOver>>20))
	}
	return content, nil
}
