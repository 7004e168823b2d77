package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/dir"
	"github.com/holdfast-dev/holdfast/sources/git"
)

// engine is a Reconciler with what has to be closed after it.
type engine struct {
	*reconcile.Reconciler
	source sources.Source
	store  *state.Store
	clean  func() error // removes a state that was made for a dry run
}

func (e *engine) Close() error {
	return errors.Join(e.Reconciler.Close(), e.source.Close(), e.store.Close(), e.clean())
}

// engineOptions say what an engine is for.
type engineOptions struct {
	// look only: the state is not locked, and not made where there is none.
	look   bool
	logger *slog.Logger
	events func(reconcile.Event)
}

// newEngine puts the parts together as the configuration says.
func newEngine(ctx context.Context, c *config.Config, options engineOptions) (_ *engine, err error) {
	e := &engine{clean: func() error { return nil }}
	if e.store, err = e.openState(ctx, c, options); err != nil {
		return nil, err
	}
	if e.source, err = newSource(ctx, c, e.store, options); err != nil {
		return nil, errors.Join(err, e.store.Close(), e.clean())
	}
	renderer, err := newRenderer(c)
	if err != nil {
		return nil, errors.Join(err, e.source.Close(), e.store.Close(), e.clean())
	}
	e.Reconciler = reconcile.New(reconcile.Options{
		Source: e.source, Renderer: renderer, Locator: renderer,
		Compiler: newCompiler(c.Limits.EvaluationTimeout, options.logger),
		Drivers:  builtinDrivers(), Store: e.store, Configure: configure(c), Now: time.Now,
		Logger: options.logger, Events: options.events,
	})
	return e, nil
}

func (e *engine) openState(ctx context.Context, c *config.Config, options engineOptions) (*state.Store, error) {
	file, err := stateFile(c)
	if err != nil {
		return nil, err
	}
	if !options.look {
		return state.Open(ctx, state.Options{Path: file, Logger: options.logger})
	}
	if store, err := state.OpenReadOnly(ctx, file); !errors.Is(err, fs.ErrNotExist) {
		return store, err
	}
	identity, err := state.IdentityOf(file)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "holdfast-")
	if err != nil {
		return nil, fmt.Errorf("make room for a dry run: %w", err)
	}
	e.clean = func() error { return os.RemoveAll(scratch) }
	store, err := state.Open(ctx, state.Options{Path: filepath.Join(scratch, "state.db"), Identity: identity, Logger: options.logger})
	if err != nil {
		return nil, errors.Join(err, e.clean())
	}
	return store, nil
}

// stateFile is where the state is kept: where the configuration says, or for
// each configuration a place of its own in the user's state folder.
func stateFile(c *config.Config) (string, error) {
	if c.State != "" {
		return c.State, nil
	}
	absolute, err := filepath.Abs(c.File)
	if err != nil {
		return "", fmt.Errorf("find the state: %w", err)
	}
	base := os.Getenv("XDG_STATE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", mistake(fmt.Errorf("no place for the state: %w; set `state` in %s", err, c.File))
		}
		base = filepath.Join(home, ".local", "state")
	}
	sum := sha256.Sum256([]byte(absolute))
	name := filepath.Base(filepath.Dir(absolute)) + "-" + hex.EncodeToString(sum[:4])
	return filepath.Join(base, "holdfast", name, "state.db"), nil
}

// newSource opens what the configuration names; without a source it is the
// folder of the configuration.
func newSource(ctx context.Context, c *config.Config, store *state.Store, options engineOptions) (sources.Source, error) {
	if c.Source.Git == nil {
		path := c.Source.Dir
		if path == "" {
			path = filepath.Dir(c.File)
		}
		return dir.New(dir.Options{Path: path, MaxFileSize: c.Limits.MaxFileSize, Logger: options.logger})
	}
	last, verified, err := lastSeen(ctx, store)
	if err != nil {
		return nil, err
	}
	cache, err := cacheFolder(c, options.look)
	if err != nil {
		return nil, err
	}
	g, verify := c.Source.Git, c.Source.Verify
	auth := git.Auth{
		Username: g.Auth.Username, PasswordFile: g.Auth.PasswordFile, PasswordEnv: g.Auth.PasswordEnv, CAFile: g.Auth.CAFile,
		SSHKeyFile: g.Auth.SSHKeyFile, KnownHostsFile: g.Auth.KnownHostsFile,
	}
	return git.New(git.Options{
		URL: g.URL, Branch: g.Branch, Tag: g.Tag, Commit: g.Commit, Cache: cache, Auth: auth,
		AllowRewrites: g.AllowRewrites, Last: last, LastVerified: verified, MaxFileSize: c.Limits.MaxFileSize,
		Timeout: g.Timeout, Interval: g.Interval, Logger: options.logger,
		Verify: git.Verify{
			AllowedSigners: verify.AllowedSigners, OpenPGPKeys: verify.OpenPGPKeys,
			AllowedSignersInTree: verify.AllowedSignersInTree, TrustedRevision: verify.TrustedRevision,
		},
	})
}

// cacheFolder is where clones are kept: beside the state if nothing else is
// said. Who only looks makes a clone of its own, as a daemon may be at work.
func cacheFolder(c *config.Config, look bool) (string, error) {
	if look {
		return "", nil
	}
	if c.Source.Git.Cache != "" {
		return c.Source.Git.Cache, nil
	}
	file, err := stateFile(c)
	return filepath.Join(filepath.Dir(file), "git"), err
}

// lastSeen is the commit that any target saw last, and the same again if its
// signature was verified; "" if there is none.
func lastSeen(ctx context.Context, store *state.Store) (last, verified string, err error) {
	status, err := reconcile.ReadStatus(ctx, store, time.Now())
	if err != nil || len(status.Revision.ID) != 40 {
		return "", "", err
	}
	if status.Revision.Signer != "" {
		verified = status.Revision.ID
	}
	return status.Revision.ID, verified, nil
}
