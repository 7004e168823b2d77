package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/render"
)

// Bounds on what is fetched for targets.
const (
	remoteTimeout = 30 * time.Second
	// A host that let the time go by is given little of it for some while, so that
	// many targets do not wait for it one after the other.
	shortTimeout   = 3 * time.Second
	shortFor       = 20 * time.Second
	maxRemoteFiles = 50_000
	maxRemoteBytes = 512 << 20
	keptTrees      = 4         // repositories that are held open
	keptClones     = 64        // on disk
	cloneInUse     = time.Hour // since its last use, in which none is removed
)

// remotes fetch charts and bases from where the operator allows it. It is safe
// for concurrent use.
type remotes struct {
	config *config.Config
	charts *bundle.Fetcher
	clones string // folder of the clones, "" for none

	mu    sync.Mutex
	trees []*remoteTree // used last first
	late  map[string]time.Time
}

// remoteTree is a repository at a commit. Its lock is held while it is fetched.
type remoteTree struct {
	address, commit string
	mu              sync.Mutex
	snapshot        fs.FS
}

func newRemotes(c *config.Config) *remotes {
	return &remotes{
		config: c, charts: bundle.New(bundle.Options{Cache: keptFolder("bundles"), Timeout: remoteTimeout}),
		clones: keptFolder("repositories"), late: map[string]time.Time{},
	}
}

// allowed are the ways in which the configuration lets things be fetched. A
// repository is not told to keep to public addresses, so where that is asked for
// none is fetched.
func (r *remotes) allowed() (fetch render.Remotes) {
	if len(r.config.Remotes) == 0 {
		return fetch
	}
	fetch.Chart = r.chart
	if !r.config.Confined {
		fetch.Repository = r.repository
	}
	return fetch
}

// chart gets a chart's archive.
func (r *remotes) chart(ctx context.Context, chart *sources.Chart) (content []byte, err error) {
	remote, allowed := r.config.RemoteOf(chart.URL)
	if !allowed {
		return nil, r.notAllowed()
	}
	err = r.ask(ctx, chart.URL, func(ctx context.Context) (err error) {
		content, err = r.charts.Fetch(ctx, bundle.Ref{
			URL: chart.URL, Digest: chart.Digest, Version: chart.Version, Name: chart.Name, Chart: true,
			Auth: bundle.Auth(remote.Auth), Confined: r.config.Confined, Elsewhere: r.elsewhere,
		})
		return err
	})
	mistaken := errors.Is(err, bundle.ErrMismatch) || errors.Is(err, bundle.ErrRefused) || errors.Is(err, sources.ErrNotFound)
	if err == nil || mistaken && !errors.Is(err, bundle.ErrRedirect) {
		return content, r.explain(remote, err)
	}
	return nil, r.explain(remote, away(err))
}

// elsewhere says of an address to which a server leads whether it may be asked,
// and with which credentials.
func (r *remotes) elsewhere(address string) (bundle.Auth, bool) {
	remote, allowed := r.config.RemoteOf(address)
	return bundle.Auth(remote.Auth), allowed
}

// repository gets the tree of a repository at a commit.
func (r *remotes) repository(ctx context.Context, address, commit string) (fs.FS, error) {
	remote, allowed := r.config.RemoteOfRepository(address)
	switch {
	case !allowed:
		return nil, r.notAllowed()
	case r.clones == "":
		return nil, away(errors.New("there is no folder to keep it in; set HOLDFAST_CACHE"))
	}
	t := r.tree(address, commit)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.snapshot != nil {
		return t.snapshot, nil
	}
	err := r.ask(ctx, address, func(ctx context.Context) (err error) {
		t.snapshot, err = r.clone(ctx, remote.Auth, address, commit)
		return err
	})
	if err == nil || errors.Is(err, sources.ErrNotFound) || errors.Is(err, sources.ErrNoRevision) {
		return t.snapshot, r.explain(remote, err)
	}
	return nil, r.explain(remote, away(err))
}

// explain adds to an error what is to be done about credentials. What is named
// and cannot be read is a mistake, whatever came of it.
func (r *remotes) explain(remote config.Remote, err error) error {
	if err == nil {
		return nil
	}
	unreadable := bundle.Auth(remote.Auth).Check()
	switch {
	case unreadable != nil:
		return fmt.Errorf("%s: remotes: %w", remote.At, unreadable)
	case !errors.Is(err, sources.ErrDenied):
		return err
	case remote.Auth.Secret():
		return fmt.Errorf("%w; its credentials are those of %s", err, remote.At)
	case r.config.Confined:
		return fmt.Errorf("%w; remotes with credentials are named in a file that is given with --config", err)
	}
	return fmt.Errorf("%w; name what holds the credentials in the entry of remotes at %s: {url: %s, username: …, passwordEnv: …}", err, remote.At, remote.URL)
}

func (r *remotes) notAllowed() error {
	return fmt.Errorf("it is not within the remotes of %s; add where it is from to them", r.config.File)
}

// away marks what is a fault of the world.
func away(err error) error { return fmt.Errorf("%w: %w", sources.ErrAway, err) }

// ask bounds the time in which a host may answer.
func (r *remotes) ask(ctx context.Context, address string, fetch func(context.Context) error) error {
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	r.mu.Lock()
	patience := remoteTimeout
	if time.Since(r.late[host]) < shortFor {
		patience = shortTimeout
	}
	r.mu.Unlock()
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := fetch(bounded)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		delete(r.late, host)
	case bounded.Err() != nil && ctx.Err() == nil:
		r.late[host] = time.Now()
	}
	return err
}

// tree is the one of that repository and commit, which may not be fetched yet.
func (r *remotes) tree(address, commit string) *remoteTree {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.IndexFunc(r.trees, func(t *remoteTree) bool { return t.address == address && t.commit == commit })
	t := &remoteTree{address: address, commit: commit}
	if at >= 0 {
		t = r.trees[at]
		r.trees = slices.Delete(r.trees, at, at+1)
	}
	// One that goes may still be read from, so it is not closed.
	r.trees = slices.Insert(r.trees, 0, t)[:min(len(r.trees)+1, keptTrees)]
	return t
}

// clone opens a clone of a repository at a commit, and fetches it where there is
// none. Servers of Git take a token as the password.
func (r *remotes) clone(ctx context.Context, auth config.FetchAuth, address, commit string) (fs.FS, error) {
	sum := sha256.Sum256([]byte(address + "\x00" + commit))
	folder := filepath.Join(r.clones, hex.EncodeToString(sum[:16]))
	source, err := git.New(git.Options{
		URL: address, Commit: commit, Cache: folder, Timeout: remoteTimeout,
		Auth: git.Auth{
			Username: auth.Username, PasswordEnv: cmp.Or(auth.PasswordEnv, auth.TokenEnv),
			PasswordFile: cmp.Or(auth.PasswordFile, auth.TokenFile), CAFile: auth.CAFile,
		},
		Keeps: func(other string) bool {
			remote, allowed := r.config.RemoteOfRepository(other)
			return allowed && remote.Auth == auth
		},
		MaxFileSize: r.config.Limits.MaxFileSize, MaxFiles: maxRemoteFiles, MaxTotal: maxRemoteBytes,
	})
	if err != nil {
		return nil, err
	}
	snapshot, err := source.Fetch(ctx)
	if errors.Is(err, fs.ErrExist) { // another process was faster, and what it has is the same
		snapshot, err = source.Fetch(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	r.sweep(folder)
	return snapshot, nil
}

// sweep notes that a clone is used, and removes those that were not for longest
// while there are too many. What goes wrong with it is told by the next fetch.
func (r *remotes) sweep(used string) {
	now := time.Now()
	_ = os.Chtimes(used, now, now)
	entries, err := os.ReadDir(r.clones)
	if err != nil || len(entries) <= keptClones {
		return
	}
	var clones []fs.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.IsDir() {
			clones = append(clones, info)
		}
	}
	slices.SortFunc(clones, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for i, info := range clones {
		if i >= keptClones && now.Sub(info.ModTime()) > cloneInUse {
			_ = os.RemoveAll(filepath.Join(r.clones, info.Name()))
		}
	}
}
