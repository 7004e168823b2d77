package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/holdfast-dev/holdfast/sources"
)

// session is one conversation with git-upload-pack, as in gitprotocol-pack(5).
type session interface {
	AdvertisedReferencesContext(context.Context) (*packp.AdvRefs, error)
	UploadPack(context.Context, *packp.UploadPackRequest) (*packp.UploadPackResponse, error)
	Close() error
}

// line is an open line to the server of a repository.
type line struct {
	session   session
	hangUp    func()
	advRefs   *packp.AdvRefs
	maxPacked int64
}

// wanted is what the options ask for, as the server has it.
type wanted struct {
	hash       plumbing.Hash
	name       plumbing.ReferenceName
	advertised bool
}

// request is what to download.
type request struct {
	wants, haves, shallow []plumbing.Hash
	depth                 int // commits, 0 for all
}

func dial(ctx context.Context, endpoint *transport.Endpoint, options Options) (*line, error) {
	l := &line{maxPacked: options.MaxTotal}
	var err error
	if endpoint.Protocol == "ssh" {
		l.session, l.hangUp, err = dialSSH(ctx, endpoint, options)
	} else {
		l.session, l.hangUp, err = dialHTTPS(endpoint, options)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *line) close() {
	// The conversation is over; what the server thinks of it is no matter.
	_ = l.session.Close()
	l.hangUp()
}

// advertisement asks for the references.
func (l *line) advertisement(ctx context.Context) error {
	if l.advRefs != nil {
		return nil
	}
	advRefs, err := l.session.AdvertisedReferencesContext(ctx)
	switch {
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return fmt.Errorf("%w: nothing was pushed to it", sources.ErrEmpty)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fmt.Errorf("%w: the server knows no such repository, or does not show it to us", sources.ErrNotFound)
	case errors.Is(err, transport.ErrAuthenticationRequired):
		return fmt.Errorf("%w: it asks for credentials, or refuses those that it was sent (401)", sources.ErrDenied)
	case errors.Is(err, transport.ErrAuthorizationFailed):
		return fmt.Errorf("%w: the credentials do not give access to the repository (403)", sources.ErrDenied)
	case err != nil:
		return fmt.Errorf("asking for the references: %w", err)
	}
	l.advRefs = advRefs
	return nil
}

// resolve finds what the options ask for among the references.
func (l *line) resolve(ctx context.Context, options Options) (wanted, error) {
	if err := l.advertisement(ctx); err != nil {
		return wanted{}, err
	}
	if options.Commit != "" {
		hash := plumbing.NewHash(options.Commit)
		return wanted{hash: hash, advertised: slices.Contains(l.all(), hash)}, nil
	}
	var name plumbing.ReferenceName
	switch {
	case options.Branch != "":
		name = plumbing.NewBranchReferenceName(options.Branch)
	case options.Tag != "":
		name = plumbing.NewTagReferenceName(options.Tag)
	default:
		refs, err := l.advRefs.AllReferences()
		if err != nil {
			return wanted{}, fmt.Errorf("reading the references: %w", err)
		}
		head, err := refs.Reference(plumbing.HEAD)
		if err != nil {
			return wanted{}, fmt.Errorf("%w: the repository's HEAD leads nowhere; name the branch in source.git.branch", sources.ErrNoRevision)
		}
		if head.Type() == plumbing.HashReference {
			return wanted{hash: head.Hash(), name: plumbing.HEAD, advertised: true}, nil
		}
		name = head.Target()
	}
	hash, ok := l.advRefs.References[name.String()]
	if !ok {
		return wanted{}, missing(name)
	}
	return wanted{hash: hash, name: name, advertised: true}, nil
}

// all is every hash that is advertised.
func (l *line) all() []plumbing.Hash {
	var hashes []plumbing.Hash
	for _, hash := range l.advRefs.References {
		hashes = append(hashes, hash)
	}
	slices.SortFunc(hashes, func(a, b plumbing.Hash) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(hashes)
}

// servesAnyCommit reports whether a commit may be asked for by its hash.
func (l *line) servesAnyCommit() bool {
	return l.advRefs.Capabilities.Supports(capability.AllowReachableSHA1InWant)
}

// download gets the objects and adds them to the clone.
func (l *line) download(ctx context.Context, into *clone, what request) error {
	upload := packp.NewUploadPackRequestFromCapabilities(l.advRefs.Capabilities)
	upload.Wants, upload.Haves, upload.Shallows = what.wants, what.haves, what.shallow
	if what.depth > 0 {
		upload.Depth = packp.DepthCommits(what.depth)
	}
	if len(what.shallow) > 0 || what.depth > 0 {
		if err := upload.Capabilities.Set(capability.Shallow); err != nil {
			return fmt.Errorf("asking for objects: %w", err)
		}
	}
	if l.advRefs.Capabilities.Supports(capability.NoProgress) {
		if err := upload.Capabilities.Set(capability.NoProgress); err != nil {
			return fmt.Errorf("asking for objects: %w", err)
		}
	}
	response, err := l.session.UploadPack(ctx, upload)
	if err != nil {
		return fmt.Errorf("asking for objects: %w", err)
	}
	limited := &limitedReader{from: response, left: l.maxPacked}
	if err := into.add(withoutSideband(upload.Capabilities, limited), response.Shallows); err != nil {
		return errors.Join(err, response.Close())
	}
	if err := response.Close(); err != nil {
		return fmt.Errorf("receiving objects: %w", err)
	}
	return nil
}

func withoutSideband(capabilities *capability.List, from io.Reader) io.Reader {
	switch {
	case capabilities.Supports(capability.Sideband64k):
		return sideband.NewDemuxer(sideband.Sideband64k, from)
	case capabilities.Supports(capability.Sideband):
		return sideband.NewDemuxer(sideband.Sideband, from)
	}
	return from
}

// limitedReader fails once more than left bytes were read.
type limitedReader struct {
	from io.Reader
	left int64
}

func (r *limitedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, fmt.Errorf("the download is %w", sources.ErrTooLarge)
	}
	return n, err
}
