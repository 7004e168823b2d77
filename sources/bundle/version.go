package bundle

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources"
)

// maxIndex bounds the index of a Helm repository, in bytes.
const maxIndex = 32 << 20

// index is what counts of a Helm repository's index.yaml.
type index struct {
	Entries map[string][]release `yaml:"entries"`
}

// release is one version of a chart in an index.
type release struct {
	Version string   `yaml:"version"`
	URLs    []string `yaml:"urls"`
	Digest  string   `yaml:"digest"` // SHA-256 of the archive, in hexadecimal
}

// fetchVersion gets a chart by its version. Where no digest is given, what was
// fetched for the version first is what it stands for from then on.
func (f *Fetcher) fetchVersion(ctx context.Context, ref Ref, u *url.URL) ([]byte, error) {
	key := strings.Join([]string{ref.URL, ref.Name, ref.Version}, "\x00")
	if ref.Auth.secret() {
		// Whoever has none is not to get by a name what was shown for credentials.
		key += "\x00with credentials"
	}
	if ref.Digest == "" {
		if content, found := f.cache.noted(key, f.opts.MaxSize); found {
			return content, nil
		}
	}
	var content []byte
	var err error
	switch {
	case u.Scheme == "oci":
		content, err = f.fetchOCI(ctx, ref, tagged(u, ref.Version))
	case u.Scheme == "https" && ref.Name != "":
		content, err = f.fetchListed(ctx, ref, u)
	default:
		err = fmt.Errorf("%w: a version is looked for in a registry or, with a name, in a Helm repository over https", ErrRefused)
	}
	if err == nil && ref.Digest == "" {
		f.cache.putNoted(key, content)
	}
	return content, err
}

// tagged is the URL of a registry with the version as the tag, written as Helm
// does: a tag has no +.
func tagged(u *url.URL, version string) *url.URL {
	with := *u
	with.Path += ":" + strings.ReplaceAll(version, "+", "_")
	return &with
}

// fetchListed gets the archive to which a Helm repository's index leads, which
// has its digest.
func (f *Fetcher) fetchListed(ctx context.Context, ref Ref, u *url.URL) ([]byte, error) {
	if ref.Digest != "" {
		if content, found := f.cache.get(ref.Digest, f.opts.MaxSize); found {
			return content, nil
		}
	}
	unpinned := ref
	unpinned.Digest = ""
	raw, err := f.download(ctx, unpinned, u.JoinPath("index.yaml"), maxIndex)
	if err != nil {
		return nil, fmt.Errorf("the repository's index.yaml: %w", err)
	}
	listed, err := ref.find(raw)
	if err != nil {
		return nil, err
	}
	if ref.Digest != "" && listed.Digest != ref.Digest {
		return nil, fmt.Errorf("%w: the repository's index has %s, and %s is pinned", ErrMismatch, listed.Digest, ref.Digest)
	}
	at, err := u.JoinPath("/").Parse(listed.URLs[0])
	if err != nil {
		return nil, fmt.Errorf("%w: the repository's index has an address for the archive that cannot be read", ErrRefused)
	}
	archive := ref
	archive.URL, archive.Digest, archive.Version, archive.Name = at.String(), listed.Digest, "", ""
	allowed := false
	if ref.Elsewhere != nil {
		archive.Auth, allowed = ref.Elsewhere(archive.URL)
	}
	if !allowed {
		return nil, fmt.Errorf("%w: the repository keeps the archive at %s, which is not allowed to be fetched", ErrRefused, archive)
	}
	return f.fetch(ctx, archive)
}

// find is the release in an index, with its digest in full.
func (r Ref) find(raw []byte) (release, error) {
	var list index
	if err := yaml.Unmarshal(raw, &list); err != nil || list.Entries == nil {
		return release{}, fmt.Errorf("%w: what is at index.yaml is no index of a Helm repository", ErrRefused)
	}
	releases, known := list.Entries[r.Name]
	if !known {
		return release{}, fmt.Errorf("%w: the repository has no chart %s", sources.ErrNotFound, r.Name)
	}
	for _, is := range releases {
		if strings.TrimPrefix(is.Version, "v") != strings.TrimPrefix(r.Version, "v") {
			continue
		}
		if len(is.URLs) == 0 || is.Digest == "" {
			return release{}, fmt.Errorf("%w: the repository's index does not say where %s %s is, or with which digest; give the URL and digest of its archive", ErrRefused, r.Name, r.Version)
		}
		is.Digest = "sha256:" + strings.ToLower(strings.TrimPrefix(is.Digest, "sha256:"))
		if _, err := parseDigest(is.Digest); err != nil {
			return release{}, fmt.Errorf("%w: the repository's index has no SHA-256 digest of %s %s", ErrRefused, r.Name, r.Version)
		}
		return is, nil
	}
	return release{}, fmt.Errorf("%w: the repository has no version %s of chart %s", sources.ErrNotFound, r.Version, r.Name)
}
