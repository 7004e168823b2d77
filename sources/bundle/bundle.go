// Package bundle fetches archives that are kept on an HTTP server or in an OCI
// registry: policy bundles, which are Rego and data, and Helm charts.
//
// It gets bytes and sees to it that they are those that were pinned; what is
// in them is for others to open. Fetcher.Fetch is the way in: what is pinned
// comes from the cache (cache.go) or else over HTTP (http.go) or from a
// registry (oci.go). A chart may also be named by its version (version.go). A bundle that a repository names is fetched from public
// addresses only (guard.go), because whoever proposes a change could otherwise
// have anything asked for that the machine can reach.
package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

// Errors that Fetch and Verify wrap, besides sources.ErrNotFound and
// sources.ErrTooLarge. All of them are for the user to mend; any other error is
// a fault of the network or of the server. ErrRedirect is one of ErrRefused that
// the server brings about.
var (
	ErrMismatch = errors.New("not what it is pinned to")
	ErrRefused  = errors.New("refused")
	ErrRedirect = fmt.Errorf("a redirect is %w", ErrRefused)
)

// Defaults of Options.
const (
	DefaultMaxSize = 64 << 20 // bytes
	DefaultTimeout = 2 * time.Minute
)

// Options are the settings of a Fetcher.
type Options struct {
	// Cache is the folder in which pinned bundles are kept; "" for none.
	Cache   string
	MaxSize int64         // of a bundle as it is transferred, in bytes
	Timeout time.Duration // of one fetch
	Logger  *slog.Logger  // default: none
}

// Ref says what to fetch.
type Ref struct {
	URL    string // of https, http or oci, without credentials
	Digest string // "sha256:…"; "" if it is not pinned
	Auth   Auth
	// Confined keeps to public addresses.
	Confined bool
	// Chart asks for a Helm chart; without it a policy bundle is meant.
	Chart bool
	// Version is the exact one of a chart: with Name, in the Helm repository at
	// URL, and otherwise as the tag in a registry. Without a digest, the archive
	// that was fetched for it first stays the one as long as it is cached.
	Version, Name string
	// Elsewhere reports whether an address to which a server leads may be asked, and
	// with which credentials. What the index of a Helm repository names must be one of
	// these; a redirect within the host takes the credentials along only if they are
	// those of the new address too. With nil no index leads anywhere, and credentials
	// are for all of the host.
	Elsewhere func(address string) (Auth, bool)
}

// what is the word for it.
func (r Ref) what() string {
	if r.Chart {
		return "chart"
	}
	return "bundle"
}

// String is the URL without its query, in which a secret may be.
func (r Ref) String() string {
	shown, _, _ := strings.Cut(r.URL, "?")
	return shown
}

// Fetcher gets bundles. It is safe for concurrent use.
type Fetcher struct {
	opts  Options
	cache cache
}

// New is a Fetcher with the options.
func New(opts Options) *Fetcher {
	if opts.MaxSize <= 0 {
		opts.MaxSize = DefaultMaxSize
	}
	if opts.Timeout <= 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Fetcher{opts: opts, cache: cache{dir: opts.Cache, logger: opts.Logger}}
}

// Fetch gets a gzipped tar archive. What is pinned is the content
// that the digest names, from the cache if it is there, so that it needs no
// network twice. Errors name the URL without its query.
func (f *Fetcher) Fetch(ctx context.Context, ref Ref) ([]byte, error) {
	content, err := f.fetch(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", ref, err)
	}
	return content, nil
}

func (f *Fetcher) fetch(ctx context.Context, ref Ref) ([]byte, error) {
	u, err := url.Parse(ref.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL that can be read", ErrRefused)
	}
	if ref.Digest != "" {
		if _, err := parseDigest(ref.Digest); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, f.opts.Timeout)
	defer cancel()
	switch {
	case ref.Version != "":
		return f.fetchVersion(ctx, ref, u)
	case u.Scheme == "oci":
		return f.fetchOCI(ctx, ref, u)
	case u.Scheme == "https", u.Scheme == "http" && !ref.Confined:
		return f.fetchHTTP(ctx, ref, u)
	}
	return nil, fmt.Errorf("%w: %s is not fetched from here; use https or oci", ErrRefused, u.Scheme)
}

// Verify reports, as ErrMismatch, that the content is not what the digest names.
func Verify(content []byte, digest string) error {
	if _, err := parseDigest(digest); err != nil {
		return err
	}
	if got := digestOf(content); got != digest {
		return fmt.Errorf("%w: it is %s, and %s is pinned", ErrMismatch, got, digest)
	}
	return nil
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// parseDigest gives the hexadecimal part of "sha256:…".
func parseDigest(digest string) (string, error) {
	sum, isSHA256 := strings.CutPrefix(digest, "sha256:")
	if raw, err := hex.DecodeString(sum); !isSHA256 || err != nil || len(raw) != sha256.Size || strings.ToLower(sum) != sum {
		return "", fmt.Errorf("%w: the digest %q is not sha256: and 64 lower-case hexadecimal digits", ErrMismatch, digest)
	}
	return sum, nil
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w of %d MiB", sources.ErrTooLarge, limit>>20)
}
