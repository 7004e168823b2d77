package bundle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
)

// descriptor is a part of a manifest (OCI image specification 1.1).
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	indexType    = "application/vnd.oci.image.index.v1+json"
	bundleType   = "application/vnd.oci.image.layer.v1.tar+gzip"
	configType   = "application/vnd.oci.image.config.v1+json"
)

// hub is a registry of its own, over TLS.
type hub struct {
	*site
	t *testing.T
}

func newHub(t *testing.T, around func(http.Handler) http.Handler) *hub {
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	if around != nil {
		handler = around(handler)
	}
	return &hub{newSite(t, handler), t}
}

// url is the oci:// one of what is below the registry.
func (h *hub) url(path string) string { return "oci://" + strings.TrimPrefix(h.URL, "https://") + path }

func (h *hub) ref(path, digest string) bundle.Ref {
	return bundle.Ref{URL: h.url(path), Digest: digest, Auth: bundle.Auth{CAFile: h.ca}}
}

func (h *hub) send(method, path, mediaType string, content []byte) {
	h.t.Helper()
	request, err := http.NewRequestWithContext(h.t.Context(), method, h.URL+path, bytes.NewReader(content))
	if err != nil {
		h.t.Fatal(err)
	}
	request.Header.Set("Content-Type", mediaType)
	request.SetBasicAuth("kim", "s3cret")
	response, err := h.Client().Do(request)
	if err != nil {
		h.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		h.t.Fatalf("%s %s: %s", method, path, response.Status)
	}
}

// blob puts a blob into repository policies/base.
func (h *hub) blob(mediaType string, content []byte) descriptor {
	digest := digestOf(content)
	h.send(http.MethodPost, "/v2/policies/base/blobs/uploads/?digest="+digest, "application/octet-stream", content)
	return descriptor{mediaType, digest, len(content)}
}

// manifest puts a manifest of the layers under a tag or digest.
func (h *hub) manifest(tag string, layers ...descriptor) descriptor {
	return h.document(tag, manifestType, map[string]any{
		"schemaVersion": 2, "mediaType": manifestType, "config": h.blob(configType, []byte("{}")), "layers": layers,
	})
}

func (h *hub) document(tag, mediaType string, document map[string]any) descriptor {
	raw, err := json.Marshal(document)
	if err != nil {
		h.t.Fatal(err)
	}
	digest := digestOf(raw)
	if tag == "" {
		tag = digest
	}
	h.send(http.MethodPut, "/v2/policies/base/manifests/"+tag, mediaType, raw)
	return descriptor{mediaType, digest, len(raw)}
}

// A bundle is found by tag and by digest, and what is pinned, by the digest of
// its manifest or its own, needs no network twice.
func TestRegistry(t *testing.T) {
	content := []byte("a bundle")
	h := newHub(t, nil)
	layer := h.blob(bundleType, content)
	made := h.manifest("v1", h.blob("text/plain", []byte("a note")), layer, h.blob(bundleType, []byte("a later one")))
	h.manifest("latest", layer)
	// As container builders push it: an index, with something else in it first.
	note := h.manifest("", h.blob("application/vnd.in-toto+json", []byte("{}")))
	index := h.document("v2", indexType, map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": []descriptor{note, made}})
	tests := map[string]bundle.Ref{
		"tag":                             h.ref("/policies/base:v1", ""),
		"no tag":                          h.ref("/policies/base", ""),
		"digest of the manifest":          h.ref("/policies/base", made.Digest),
		"tag and digest of the manifest":  h.ref("/policies/base:v1", made.Digest),
		"tag and digest of the bundle":    h.ref("/policies/base:v1", layer.Digest),
		"digest of an index":              h.ref("/policies/base", index.Digest),
		"tag of an index":                 h.ref("/policies/base:v2", ""),
		"tag of an index and the bundle":  h.ref("/policies/base:v2", layer.Digest),
		"tag of an index and its digest ": h.ref("/policies/base:v2", index.Digest),
	}
	caches := map[string]string{}
	for name, ref := range tests {
		caches[name] = t.TempDir()
		got, err := bundle.New(bundle.Options{Cache: caches[name]}).Fetch(t.Context(), ref)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	h.Close()
	for name, ref := range tests {
		got, err := bundle.New(bundle.Options{Cache: caches[name]}).Fetch(t.Context(), ref)
		if pinned := ref.Digest != ""; (err == nil) != pinned || pinned && !bytes.Equal(got, content) {
			t.Errorf("%s, without a network: %q, %v", name, got, err)
		}
	}
	// A cache in which a part is damaged or missing is none.
	dir := caches["digest of an index"]
	for _, part := range []string{index.Digest, note.Digest, made.Digest, layer.Digest} {
		name := filepath.Join(dir, part[7:])
		whole := read(t, name)
		write(t, name, append([]byte(" "), whole...))
		if got, err := bundle.New(bundle.Options{Cache: dir}).Fetch(t.Context(), tests["digest of an index"]); err == nil {
			t.Errorf("with %s damaged: %q", part, got)
		}
		write(t, name, whole)
	}
}

// What a registry has that is not what is meant is told.
func TestRegistryMistakes(t *testing.T) {
	h := newHub(t, nil)
	layer := h.blob(bundleType, []byte("a bundle"))
	made := h.manifest("v1", layer)
	h.manifest("note", h.blob("text/plain", []byte("a note")))
	h.manifest("large", h.blob(bundleType, make([]byte, 2001)))
	other := digestOf([]byte("another"))
	tests := map[string]struct {
		ref  bundle.Ref
		is   error
		says []string
	}{
		"no such tag":        {h.ref("/policies/base:v9", ""), sources.ErrNotFound, nil},
		"no such repository": {h.ref("/policies/none:v1", ""), sources.ErrNotFound, nil},
		"no such digest":     {h.ref("/policies/base", other), sources.ErrNotFound, nil},
		"another digest":     {h.ref("/policies/base:v1", other), bundle.ErrMismatch, []string{other, made.Digest, layer.Digest}},
		"no bundle in it":    {h.ref("/policies/base:note", ""), bundle.ErrRefused, []string{bundleType}},
		"too large":          {h.ref("/policies/base:large", ""), sources.ErrTooLarge, nil},
		"no repository":      {h.ref("", ""), bundle.ErrRefused, nil},
		"a bad name":         {h.ref("/Policies/Base:v1", ""), bundle.ErrRefused, nil},
	}
	for name, test := range tests {
		_, err := bundle.New(bundle.Options{MaxSize: 2000}).Fetch(t.Context(), test.ref)
		if !errors.Is(err, test.is) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, text := range test.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s does not say %s: %v", name, text, err)
			}
		}
	}
}

// A registry that gives something else than its manifest says is not believed.
func TestRegistryLies(t *testing.T) {
	content := []byte("a bundle")
	lie, lies := "", ""
	h := newHub(t, func(honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lie != "" && r.Method == http.MethodGet && strings.Contains(r.URL.Path, lie) {
				w.Header().Set("Content-Type", manifestType)
				io.WriteString(w, lies)
				return
			}
			honest.ServeHTTP(w, r)
		})
	})
	layer := h.blob(bundleType, content)
	made := h.manifest("v1", layer)
	for lie, lies = range map[string]string{"/manifests/" + made.Digest: `{"layers": [], "x": 1}`, "/blobs/" + layer.Digest: "b bundle"} {
		cache := t.TempDir()
		got, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), h.ref("/policies/base", made.Digest))
		if err == nil {
			t.Errorf("%s: %q", lie, got)
		}
		lie = ""
		if got, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), h.ref("/policies/base", made.Digest)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("afterwards: %q, %v", got, err)
		}
	}
}

// A registry that wants a password gets it; one that is down is a fault of the world.
func TestRegistryCredentials(t *testing.T) {
	h := newHub(t, func(open http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "kim" || password != "s3cret" {
				w.Header().Set("WWW-Authenticate", `Basic realm="policies"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			open.ServeHTTP(w, r)
		})
	})
	content := []byte("a bundle")
	h.manifest("v1", h.blob(bundleType, content))
	t.Setenv("REGISTRY_PASSWORD", "s3cret")
	ref := h.ref("/policies/base:v1", "")
	fetcher := bundle.New(bundle.Options{})
	isMistake := func(err error) bool {
		return errors.Is(err, sources.ErrNotFound) || errors.Is(err, bundle.ErrRefused) || errors.Is(err, bundle.ErrMismatch)
	}
	if _, err := fetcher.Fetch(t.Context(), ref); err == nil || isMistake(err) || !strings.Contains(err.Error(), "passwordEnv") {
		t.Errorf("without a password: %v", err)
	}
	ref.Auth.Username, ref.Auth.PasswordEnv = "kim", "REGISTRY_PASSWORD"
	if got, err := fetcher.Fetch(t.Context(), ref); err != nil || !bytes.Equal(got, content) {
		t.Errorf("with the password: %q, %v", got, err)
	}
	h.Close()
	if _, err := fetcher.Fetch(t.Context(), ref); err == nil || isMistake(err) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("without a registry: %v", err)
	}
}

// Registries keep blobs elsewhere. What comes is held against the manifest, so
// that is followed even where nothing is pinned; a manifest from elsewhere is not.
func TestRegistryRedirects(t *testing.T) {
	content := []byte("a bundle")
	store := newSite(t, serves(content))
	away := ""
	h := newHub(t, func(here http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if away != "" && r.Method == http.MethodGet && strings.Contains(r.URL.Path, away) {
				http.Redirect(w, r, store.URL, http.StatusTemporaryRedirect)
				return
			}
			here.ServeHTTP(w, r)
		})
	})
	h.manifest("v1", h.blob(bundleType, content))
	both := filepath.Join(t.TempDir(), "both.pem")
	write(t, both, append(read(t, h.ca), read(t, store.ca)...))
	ref := bundle.Ref{URL: h.url("/policies/base:v1"), Auth: bundle.Auth{CAFile: both}}
	away = "/blobs/"
	if got, err := bundle.New(bundle.Options{}).Fetch(t.Context(), ref); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a blob elsewhere: %q, %v", got, err)
	}
	away = "/manifests/"
	if _, err := bundle.New(bundle.Options{}).Fetch(t.Context(), ref); !errors.Is(err, bundle.ErrRefused) {
		t.Errorf("a manifest elsewhere: %v", err)
	}
}
