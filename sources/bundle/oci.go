package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/holdfast-dev/holdfast/sources"
)

const (
	maxManifest  = 1 << 20 // bytes
	maxManifests = 32      // of an index that are looked at
)

// manifest is an image manifest or an index (OCI image specification 1.1): the
// one has layers, the other has manifests.
type manifest struct {
	Layers    []ocispec.Descriptor `json:"layers"`
	Manifests []ocispec.Descriptor `json:"manifests"`
}

// chartLayer is the media type that Helm gives to a chart's archive.
const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

// mediaType is that of the layer that holds the archive. OPA pushes a bundle
// with that of an image's layer.
func (r Ref) mediaType() string {
	if r.Chart {
		return chartLayer
	}
	return ocispec.MediaTypeImageLayerGzip
}

// layer is the first one of the media type.
func (m manifest) layer(mediaType string) (ocispec.Descriptor, bool) {
	for _, layer := range m.Layers {
		if layer.MediaType == mediaType {
			return layer, true
		}
	}
	return ocispec.Descriptor{}, false
}

// fetchOCI gets an archive from a registry. It is pinned by the digest of the
// manifest or, where a tag leads to the manifest, of the archive in it.
func (f *Fetcher) fetchOCI(ctx context.Context, ref Ref, u *url.URL) ([]byte, error) {
	if content, found := f.cachedOCI(ref); found {
		return content, nil
	}
	client, done, err := ref.client()
	if err != nil {
		return nil, err
	}
	defer done()
	repository, err := ref.repository(u, client)
	if err != nil {
		return nil, err
	}
	p := pull{f, repository, ref, ref.Digest}
	content, err := p.pull(ctx)
	if err != nil {
		return nil, ref.ociError(err)
	}
	return content, nil
}

// cachedOCI is the archive that the pin leads to, where all on the way is cached.
func (f *Fetcher) cachedOCI(ref Ref) ([]byte, bool) {
	if ref.Digest == "" {
		return nil, false
	}
	content, found := f.cache.get(ref.Digest, f.opts.MaxSize)
	if !found || len(content) > 0 && content[0] != '{' {
		return content, found
	}
	layer, err := ref.findLayer(content, func(digest string) ([]byte, error) {
		if raw, found := f.cache.get(digest, maxManifest); found {
			return raw, nil
		}
		return nil, sources.ErrNotFound
	})
	if err != nil {
		return nil, false
	}
	return f.cache.get(layer.Digest.String(), f.opts.MaxSize)
}

// repository is the registry's side. One on this machine is spoken to in plain
// HTTP, as is the custom, unless certificates for it or credentials are named.
func (r Ref) repository(u *url.URL, client *http.Client) (*remote.Repository, error) {
	repository, err := remote.NewRepository(u.Host + u.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	repository.PlainHTTP = isLocal(u.Hostname()) && r.Auth.CAFile == "" && !r.Auth.secret()
	c, err := r.Auth.read()
	if err != nil {
		return nil, err
	}
	authorized := &auth.Client{Client: client, Cache: auth.NewCache(), Header: http.Header{"User-Agent": {"holdfast"}}}
	if c != (credentials{}) {
		if r.Confined {
			return nil, fmt.Errorf("%w: no credentials are sent there", ErrRefused)
		}
		authorized.Credential = auth.StaticCredential(repository.Reference.Host(), auth.Credential{
			Username: c.username, Password: c.password, AccessToken: c.token,
		})
	}
	if r.Confined {
		authorized.BlockedRealmPrefixes = append(auth.DefaultBlockedRealmPrefixes(), auth.PrivateRealmPrefixes()...)
	}
	repository.Client = authorized
	return repository, nil
}

func isLocal(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// pull is one archive on its way out of a registry.
type pull struct {
	fetcher    *Fetcher
	repository *remote.Repository
	ref        Ref
	pin        string
}

func (p pull) pull(ctx context.Context) ([]byte, error) {
	reference := p.repository.Reference.Reference
	if reference == "" {
		if reference = p.pin; reference == "" {
			reference = "latest"
		}
	}
	raw, err := p.manifest(ctx, reference)
	if err != nil {
		return nil, err
	}
	got := digestOf(raw)
	if reference == p.pin && got != p.pin {
		return nil, fmt.Errorf("%w: the manifest is %s, and %s is pinned", ErrMismatch, got, p.pin)
	}
	looked := map[string][]byte{got: raw}
	layer, err := p.ref.findLayer(raw, func(digest string) ([]byte, error) {
		raw, err := p.manifest(ctx, digest)
		looked[digest] = raw
		return raw, err
	})
	if err != nil {
		return nil, err
	}
	if p.pin != "" && p.pin != got && p.pin != layer.Digest.String() {
		return nil, fmt.Errorf("%w: the manifest is %s and the %s in it %s, and %s is pinned", ErrMismatch, got, p.ref.what(), layer.Digest, p.pin)
	}
	content, err := p.layer(ctx, layer)
	if err != nil || p.pin == "" {
		return content, err
	}
	p.fetcher.cache.put(layer.Digest.String(), content)
	if p.pin == got {
		for digest, raw := range looked {
			p.fetcher.cache.put(digest, raw)
		}
	}
	return content, nil
}

// manifest gets the manifest of a tag or digest.
func (p pull) manifest(ctx context.Context, reference string) ([]byte, error) {
	descriptor, body, err := p.repository.Manifests().FetchReference(ctx, reference)
	if err != nil {
		return nil, fmt.Errorf("get the manifest: %w", err)
	}
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, maxManifest+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("get the manifest: %w", err)
	case len(raw) > maxManifest:
		return nil, fmt.Errorf("the manifest is %w of %d MiB", sources.ErrTooLarge, maxManifest>>20)
	case descriptor.Digest.Algorithm() == digest.SHA256 && digestOf(raw) != descriptor.Digest.String():
		return nil, fmt.Errorf("%w: the manifest is %s, and %s was asked for", ErrMismatch, digestOf(raw), descriptor.Digest)
	}
	return raw, nil
}

// findLayer looks for the archive in a manifest, or in those of an index, in
// their order, each of which get gives by its digest.
func (r Ref) findLayer(raw []byte, get func(digest string) ([]byte, error)) (ocispec.Descriptor, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("%w: what the registry has there is no manifest", ErrRefused)
	}
	if layer, found := m.layer(r.mediaType()); found {
		return layer, nil
	}
	for _, below := range m.Manifests[:min(len(m.Manifests), maxManifests)] {
		raw, err := get(below.Digest.String())
		if err != nil {
			return ocispec.Descriptor{}, err
		}
		if got := digestOf(raw); got != below.Digest.String() {
			return ocispec.Descriptor{}, fmt.Errorf("%w: a manifest of the index is %s, and the index has %s", ErrMismatch, got, below.Digest)
		}
		var inner manifest
		if json.Unmarshal(raw, &inner) != nil {
			continue
		}
		if layer, found := inner.layer(r.mediaType()); found {
			return layer, nil
		}
	}
	return ocispec.Descriptor{}, fmt.Errorf("%w: there is no %s in it, which would be a layer of type %s", ErrRefused, r.what(), r.mediaType())
}

// layer gets the archive and sees to it that it is the one of the manifest.
func (p pull) layer(ctx context.Context, layer ocispec.Descriptor) ([]byte, error) {
	if layer.Size > p.fetcher.opts.MaxSize {
		return nil, tooLarge(p.fetcher.opts.MaxSize)
	}
	body, err := p.repository.Blobs().Fetch(ctx, layer)
	if err != nil {
		return nil, fmt.Errorf("get the %s: %w", p.ref.what(), err)
	}
	defer body.Close()
	content, err := readAll(body, p.fetcher.opts.MaxSize)
	if err != nil {
		return nil, err
	}
	if got := digestOf(content); got != layer.Digest.String() {
		return nil, fmt.Errorf("%w: the %s is %s, and the manifest has %s", ErrMismatch, p.ref.what(), got, layer.Digest)
	}
	return content, nil
}

// ociError tells what is not there from what cannot be reached.
func (r Ref) ociError(err error) error {
	var answer *errcode.ErrorResponse
	switch {
	case errors.Is(err, ErrRefused), errors.Is(err, ErrMismatch):
		return withoutURL(err)
	case errors.Is(err, errdef.ErrNotFound), errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%w: the registry has no such manifest or %s", sources.ErrNotFound, r.what())
	case errors.Is(err, auth.ErrBasicCredentialNotFound),
		errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden):
		return fmt.Errorf("%w%s", sources.ErrDenied, r.credentialsMend())
	case errors.As(err, &answer):
		return fmt.Errorf("the registry answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the registry took too long: %w", context.DeadlineExceeded)
	}
	if network := (*net.OpError)(nil); errors.As(err, &network) {
		return network
	}
	return withoutURL(err)
}
