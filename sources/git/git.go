// Package git is the source that reads a Git repository: a remote one over
// HTTPS or SSH through a clone in a cache folder, or a local one in place.
//
// Manifests are read from the object database, without a checkout and without
// the git program. Before a revision is served it must descend from the one
// served before, and, if signatures are asked for, every commit since must
// have been signed by someone who is allowed to.
//
// Start with New and Fetch below. A repository is reached through an origin
// (local.go, remote.go), history.go says what is new in it, verify.go who
// signed that, and snapshot.go is its tree as a file system. Base and Head
// (base.go) serve a check that runs in a work tree.
package git

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/holdfast-dev/holdfast/sources"
)

// effort is how much an origin does to come by the newest revision.
type effort int

const (
	update  effort = iota // fetch what is new into the clone there is
	reclone               // do away with a clone that is damaged
	unshort               // clone the whole history
)

// origin is where the objects come from.
type origin interface {
	// tip finds the newest revision and has all that belongs to it.
	tip(ctx context.Context, e effort) (*tip, error)
	// at has the commit of the given hash, or ErrNoRevision.
	at(ctx context.Context, hash plumbing.Hash) (*tip, error)
	// renewable reports whether reclone and unshort can mend anything.
	renewable() bool
	record() (record, error)
	setRecord(record) error
	close() error
}

// tip is a revision that was found.
type tip struct {
	store  *store
	commit plumbing.Hash
	tag    *object.Tag // the annotated tag that led to it
	ref    string      // short name of the branch or tag
}

func (t *tip) signedTag() bool { return t.tag != nil && t.tag.PGPSignature != "" }

// record is what a source remembers of what it served, as full hashes.
type record struct {
	Served   string `json:"served,omitempty"`
	Verified string `json:"verified,omitempty"`
}

// errCut says that a shallow clone ends before the last served revision.
var errCut = errors.New("the clone is shallow and ends before it; `git fetch --unshallow` brings the rest")

// Source is a Git repository; see sources.Source, Watcher and History.
type Source struct {
	options  Options
	location location
	origin   origin
	verifier *verifier // nil if no signatures are asked for
	// turn holds one token; who takes it may use origin and current.
	turn    chan struct{}
	current *snapshot
}

var (
	_ sources.Source  = (*Source)(nil)
	_ sources.Watcher = (*Source)(nil)
	_ sources.History = (*Source)(nil)
)

// New checks the options. It does not reach out to the repository yet.
func New(options Options) (*Source, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("git source: %w", err)
	}
	where, err := parseURL(options.URL)
	if err != nil {
		return nil, fmt.Errorf("git source: %w", err)
	}
	s := &Source{options: options, location: where, turn: make(chan struct{}, 1)}
	if options.Verify.enabled() {
		if s.verifier, err = newVerifier(options.Verify); err != nil {
			return nil, fmt.Errorf("git source %s: %w", s, err)
		}
	}
	if where.endpoint == nil {
		s.origin = newLocal(where.path, options)
	} else if s.origin, err = newRemote(where.endpoint, options); err != nil {
		return nil, fmt.Errorf("git source %s: %w", s, err)
	}
	return s, nil
}

// String is the repository's URL or path, without credentials.
func (s *Source) String() string { return s.location.String() }

// Close lets go of the clone; snapshots cannot be read afterwards.
func (s *Source) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.current = nil
	return s.origin.close()
}

// Fetch implements sources.Source.
func (s *Source) Fetch(ctx context.Context) (sources.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	if err := s.take(ctx); err != nil {
		return nil, s.failed("fetch", err)
	}
	defer func() { <-s.turn }()
	snapshot, err := s.fetch(ctx)
	if err != nil {
		if ctx.Err() != nil { // whatever it broke, this is why
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, s.failed("fetch", err)
	}
	return snapshot, nil
}

// At implements sources.History. Where signatures are asked for, the commit
// must have an accepted one of its own.
func (s *Source) At(ctx context.Context, revision string) (sources.Snapshot, error) {
	if !fullHash.MatchString(revision) {
		return nil, s.failed("read", fmt.Errorf("revision %q: %w", revision, sources.ErrNoRevision))
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	if err := s.take(ctx); err != nil {
		return nil, s.failed("read", err)
	}
	defer func() { <-s.turn }()
	if s.current != nil && s.current.revision.ID == revision {
		return s.current, nil
	}
	found, err := s.origin.at(ctx, plumbing.NewHash(revision))
	if err != nil {
		return nil, s.failed("read", err)
	}
	var signer string
	if s.verifier != nil {
		known, err := s.origin.record()
		if err != nil {
			return nil, s.failed("read", err)
		}
		if signer, err = s.verifier.one(found, known.Verified); err != nil {
			return nil, s.failed("read", err)
		}
	}
	snapshot, err := s.snapshot(ctx, found, signer)
	if err != nil {
		return nil, s.failed("read", err)
	}
	return snapshot, nil
}

func (s *Source) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Source) failed(verb string, err error) error {
	return fmt.Errorf("%s %s: %w", verb, s, err)
}

// fetch tries with as little effort as will do.
func (s *Source) fetch(ctx context.Context) (*snapshot, error) {
	e := update
	if s.current != nil && s.current.store.broken.Load() && s.origin.renewable() {
		e = reclone
	}
	for {
		found, err := s.origin.tip(ctx, e)
		if err == nil {
			var snapshot *snapshot
			if snapshot, err = s.accept(ctx, found); err == nil {
				return snapshot, nil
			}
		}
		more := e
		switch {
		case !s.origin.renewable() || ctx.Err() != nil:
		case errors.Is(err, errCut):
			more = unshort
		case errors.Is(err, errBroken):
			more = max(e, reclone)
		}
		if more == e {
			return nil, err
		}
		s.options.Logger.WarnContext(ctx, "cloning the repository anew", "source", s.String(), "reason", err)
		e = more
	}
}

// accept judges a revision, and serves it if there is nothing against it.
func (s *Source) accept(ctx context.Context, found *tip) (*snapshot, error) {
	if s.current != nil && s.current.revision.ID == found.commit.String() && s.current.store == found.store {
		return s.current, nil
	}
	known, err := s.origin.record()
	if err != nil {
		return nil, err
	}
	if err := s.descends(ctx, found, known.Served); err != nil {
		return nil, err
	}
	var signer string
	if s.verifier != nil {
		if signer, err = s.verifier.since(ctx, found, known.Verified); err != nil {
			return nil, err
		}
		known.Verified = found.commit.String()
	}
	snapshot, err := s.snapshot(ctx, found, signer)
	if err != nil {
		return nil, err
	}
	known.Served = found.commit.String()
	if err := s.origin.setRecord(known); err != nil {
		return nil, err
	}
	s.current = snapshot
	return snapshot, nil
}

// descends refuses a tip that does not follow from what was served last. A
// pinned commit cannot be rewritten, only be replaced by whoever pinned it.
func (s *Source) descends(ctx context.Context, found *tip, served string) error {
	if served == "" || served == found.commit.String() || s.options.AllowRewrites || s.options.Commit != "" {
		return nil
	}
	const mend = "if that is intended, set source.git.allowRewrites: true to accept it"
	last := plumbing.NewHash(served)
	if !found.store.has(last) {
		shallow, err := found.store.shallow()
		if err != nil {
			return err
		}
		if len(shallow) > 0 {
			return fmt.Errorf("%w: %s is at %s, and whether it descends from %s is not known: %w; %s",
				sources.ErrRewritten, found.ref, found.commit, last, errCut, mend)
		}
		return fmt.Errorf("%w: %s went from %s to %s; %s", sources.ErrRewritten, found.ref, last, found.commit, mend)
	}
	walked, err := between(ctx, found.store, found.commit, last)
	switch {
	case err != nil:
		return err
	case walked.descends:
		return nil
	case walked.freshCut:
		return fmt.Errorf("%w: %s went from %s to %s: %w; %s", sources.ErrRewritten, found.ref, last, found.commit, errCut, mend)
	}
	return fmt.Errorf("%w: %s went from %s to %s; %s", sources.ErrRewritten, found.ref, last, found.commit, mend)
}

// snapshot loads the tree of a revision.
func (s *Source) snapshot(ctx context.Context, found *tip, signer string) (*snapshot, error) {
	commit, err := found.store.commit(found.commit)
	if err != nil {
		return nil, err
	}
	l := &loader{
		store: found.store, loaded: map[plumbing.Hash]*node{},
		maxFiles: s.options.MaxFiles, maxBytes: s.options.MaxTotal,
	}
	if s.current != nil && s.current.store == found.store {
		l.known = s.current.nodes
	}
	root, err := l.load(ctx, commit.TreeHash, 0)
	if err != nil {
		return nil, fmt.Errorf("reading the tree of %s: %w", found.commit, err)
	}
	return &snapshot{
		store: found.store, root: root, nodes: l.loaded, maxFileSize: s.options.MaxFileSize,
		revision: revisionOf(commit, found.ref, signer),
	}, nil
}

func revisionOf(commit *object.Commit, ref, signer string) sources.Revision {
	subject, _, _ := strings.Cut(strings.TrimSpace(commit.Message), "\n")
	return sources.Revision{
		ID:      commit.Hash.String(),
		Ref:     ref,
		Time:    commit.Committer.When.UTC(),
		Author:  fmt.Sprintf("%s <%s>", commit.Author.Name, commit.Author.Email),
		Subject: strings.TrimSpace(subject),
		Signer:  signer,
	}
}
