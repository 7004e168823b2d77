package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
)

// shop is a Helm repository, whose index is as the Helm documentation has it.
func shop(t *testing.T, archives map[string][]byte) (s *site, index *string) {
	t.Helper()
	index = new(string)
	s = newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stable/index.yaml" {
			fmt.Fprint(w, *index)
			return
		}
		if content, there := archives[r.URL.Path]; there {
			w.Write(content)
			return
		}
		http.NotFound(w, r)
	}))
	return s, index
}

func indexOf(entries ...string) string {
	return "apiVersion: v1\nentries:\n  web:\n" + strings.Join(entries, "") + "  other:\n  - {version: 9.0.0, urls: [x]}\n"
}

func entry(version, url, digest string) string {
	return fmt.Sprintf("  - created: 2026-01-02T03:04:05Z\n    digest: %s\n    name: web\n    urls: [%q]\n    version: %s\n", digest, url, version)
}

func hexOf(content []byte) string { return strings.TrimPrefix(digestOf(content), "sha256:") }

// A version is what the index says that it is when it is fetched first, held
// against the digest there, and stays that while it is cached.
func TestVersionOfARepository(t *testing.T) {
	old, fresh := []byte("the chart"), []byte("another chart of that version")
	s, index := shop(t, map[string][]byte{"/stable/web-1.4.2.tgz": old, "/stable/web-new.tgz": fresh})
	*index = indexOf(entry("1.4.3", "gone.tgz", hexOf(nil)), entry("v1.4.2", "web-1.4.2.tgz", hexOf(old)))
	ref := bundle.Ref{
		URL: s.URL + "/stable", Name: "web", Version: "1.4.2", Chart: true, Auth: bundle.Auth{CAFile: s.ca},
		Elsewhere: func(address string) (bundle.Auth, bool) {
			return bundle.Auth{CAFile: s.ca}, strings.HasPrefix(address, s.URL+"/stable/")
		},
	}
	cache := t.TempDir()
	fetch := func(cache string, ref bundle.Ref) ([]byte, error) {
		return bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), ref)
	}
	for range 2 {
		if got, err := fetch(cache, ref); err != nil || !bytes.Equal(got, old) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if n := s.hits.Load(); n != 2 {
		t.Errorf("the server was asked %d times", n)
	}
	*index = indexOf(entry("1.4.2", s.URL+"/stable/web-new.tgz", "sha256:"+hexOf(fresh)))
	if got, err := fetch(cache, ref); err != nil || !bytes.Equal(got, old) {
		t.Errorf("what was fetched first is not kept: %q, %v", got, err)
	}
	pinned := ref
	pinned.Digest = digestOf(fresh)
	if got, err := fetch(cache, pinned); err != nil || !bytes.Equal(got, fresh) {
		t.Errorf("a digest does not count: %q, %v", got, err)
	}
	if got, err := fetch(t.TempDir(), ref); err != nil || !bytes.Equal(got, fresh) {
		t.Errorf("without a cache: %q, %v", got, err)
	}
	// A note that was tampered with leads to nothing that its digest does not name.
	notes, _ := filepath.Glob(filepath.Join(cache, "for-*"))
	if len(notes) != 1 {
		t.Fatalf("notes %v", notes)
	}
	write(t, notes[0], []byte("sha256:../../../../etc/passwd"))
	if got, err := fetch(cache, ref); err != nil || !bytes.Equal(got, fresh) {
		t.Errorf("with a damaged note: %q, %v", got, err)
	}
	s.Close()
	if got, err := fetch(cache, ref); err != nil || !bytes.Equal(got, fresh) {
		t.Errorf("without a network: %q, %v", got, err)
	}
}

// An index that does not lead to the chart is told from a server that is away.
func TestVersionMistakes(t *testing.T) {
	content := []byte("the chart")
	s, index := shop(t, map[string][]byte{"/stable/web.tgz": content})
	elsewhere := newSite(t, serves(content))
	for name, test := range map[string]struct {
		index, version, digest string
		is                     error
		says                   string
	}{
		"no such version":     {indexOf(entry("1.4.2", "web.tgz", hexOf(content))), "1.4.3", "", sources.ErrNotFound, "1.4.3"},
		"no such chart":       {"entries: {other: []}\n", "1.4.2", "", sources.ErrNotFound, "no chart web"},
		"another digest":      {indexOf(entry("1.4.2", "web.tgz", hexOf(nil))), "1.4.2", "", bundle.ErrMismatch, digestOf(content)},
		"another than pinned": {indexOf(entry("1.4.2", "web.tgz", hexOf(content))), "1.4.2", digestOf(nil), bundle.ErrMismatch, digestOf(content)},
		"no digest":           {indexOf("  - {version: 1.4.2, urls: [web.tgz]}\n"), "1.4.2", "", bundle.ErrRefused, "give the URL and digest"},
		"a digest of nothing": {indexOf(entry("1.4.2", "web.tgz", "../../x")), "1.4.2", "", bundle.ErrRefused, "no SHA-256"},
		"no address":          {indexOf("  - {version: 1.4.2, digest: '" + hexOf(content) + "'}\n"), "1.4.2", "", bundle.ErrRefused, "where"},
		"elsewhere":           {indexOf(entry("1.4.2", elsewhere.URL+"/web.tgz?token=hunter2", hexOf(content))), "1.4.2", "", bundle.ErrRefused, "which is not allowed"},
		"a page":              {"<!DOCTYPE html>\n<p>{{", "1.4.2", "", bundle.ErrRefused, "no index"},
		"an archive gone":     {indexOf(entry("1.4.2", "gone.tgz", hexOf(content))), "1.4.2", "", sources.ErrNotFound, "404"},
		"not over https":      {indexOf(entry("1.4.2", "http://"+s.Listener.Addr().String()+"/stable/web.tgz", hexOf(content))), "1.4.2", "", bundle.ErrRefused, "which is not allowed"},
	} {
		*index = test.index
		cache := t.TempDir()
		_, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), bundle.Ref{
			URL: s.URL + "/stable/", Name: "web", Version: test.version, Digest: test.digest, Chart: true, Auth: bundle.Auth{CAFile: s.ca},
			Elsewhere: func(address string) (bundle.Auth, bool) {
				return bundle.Auth{CAFile: s.ca}, strings.HasPrefix(address, s.URL)
			},
		})
		if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
		if files, _ := os.ReadDir(cache); len(files) != 0 {
			t.Errorf("%s: cached %v", name, files)
		}
	}
	if n := elsewhere.hits.Load(); n != 0 {
		t.Errorf("another host was asked %d times", n)
	}
}

const chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

// In a registry the version is the tag, and a chart is told from a bundle.
func TestVersionInARegistry(t *testing.T) {
	content := []byte("the chart")
	h := newHub(t, nil)
	made := h.manifest("1.4.2_build.7", h.blob("application/vnd.cncf.helm.chart.provenance.v1.prov", []byte("signed")), h.blob(chartType, content))
	ref := h.ref("/policies/base", "")
	ref.Version, ref.Chart = "1.4.2+build.7", true
	cache := t.TempDir()
	fetch := func(ref bundle.Ref) ([]byte, error) {
		return bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), ref)
	}
	if got, err := fetch(ref); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("got %q, %v", got, err)
	}
	h.manifest("1.4.2_build.7", h.blob(chartType, []byte("pushed over it")))
	if got, err := fetch(ref); err != nil || !bytes.Equal(got, content) {
		t.Errorf("what was fetched first is not kept: %q, %v", got, err)
	}
	pinned := ref
	pinned.Digest = digestOf([]byte("something else"))
	if _, err := fetch(pinned); !errors.Is(err, bundle.ErrMismatch) {
		t.Errorf("a digest does not count: %v", err)
	}
	bare := h.ref("/policies/base", made.Digest)
	if _, err := fetch(bare); !errors.Is(err, bundle.ErrRefused) || !strings.Contains(err.Error(), "no bundle") {
		t.Errorf("a chart is taken for a bundle: %v", err)
	}
	other := ref
	other.Version = "1.4.3"
	if _, err := fetch(other); !errors.Is(err, sources.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	h.Close()
	if got, err := fetch(ref); err != nil || !bytes.Equal(got, content) {
		t.Errorf("without a network: %q, %v", got, err)
	}
}
