package bundle_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// site is an HTTPS server with its certificate in a file.
type site struct {
	*httptest.Server
	ca   string
	hits atomic.Int64
}

func newSite(t *testing.T, handler http.Handler) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		handler.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	s.ca = filepath.Join(t.TempDir(), "ca.pem")
	write(t, s.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
	return s
}

func serves(content []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(content) })
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is pinned is fetched once, and then needs no network.
func TestPinned(t *testing.T) {
	content := []byte("a bundle")
	s := newSite(t, serves(content))
	ref := bundle.Ref{URL: s.URL + "/a.tar.gz", Digest: digestOf(content), Auth: bundle.Auth{CAFile: s.ca}}
	cache := filepath.Join(t.TempDir(), "new", "cache")
	for range 2 {
		got, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), ref)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if n := s.hits.Load(); n != 1 {
		t.Errorf("the server was asked %d times", n)
	}
	s.Close()
	if got, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), ref); err != nil || !bytes.Equal(got, content) {
		t.Errorf("without a network: %q, %v", got, err)
	}
}

// What is not what it is pinned to is refused, with both digests, and not kept.
func TestWrongDigest(t *testing.T) {
	content := []byte("another bundle")
	s := newSite(t, serves(content))
	cache := t.TempDir()
	pin := digestOf([]byte("a bundle"))
	_, err := bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), bundle.Ref{URL: s.URL + "/a.tar.gz", Digest: pin, Auth: bundle.Auth{CAFile: s.ca}})
	if !errors.Is(err, bundle.ErrMismatch) || !strings.Contains(err.Error(), pin) || !strings.Contains(err.Error(), digestOf(content)) {
		t.Errorf("got %v", err)
	}
	if files, _ := os.ReadDir(cache); len(files) != 0 {
		t.Errorf("it is cached: %v", files)
	}
	for _, digest := range []string{"sha256:", "sha256:00", "sha512:" + pin[7:], strings.ToUpper(pin), pin + "0", "sha256:../../../../" + pin[24:]} {
		if err := bundle.Verify(content, digest); !errors.Is(err, bundle.ErrMismatch) {
			t.Errorf("digest %s: %v", digest, err)
		}
	}
	if err := bundle.Verify(content, digestOf(content)); err != nil {
		t.Error(err)
	}
}

// A cache that is damaged, or cannot be written, is as good as none.
func TestDamagedCache(t *testing.T) {
	content := []byte("a bundle")
	digest := digestOf(content)
	damages := map[string]func(t *testing.T, dir string){
		"another content": func(t *testing.T, dir string) { write(t, filepath.Join(dir, digest[7:]), []byte("b bundle")) },
		"cut off":         func(t *testing.T, dir string) { write(t, filepath.Join(dir, digest[7:]), content[:3]) },
		"empty":           func(t *testing.T, dir string) { write(t, filepath.Join(dir, digest[7:]), nil) },
		"longer than all": func(t *testing.T, dir string) { write(t, filepath.Join(dir, digest[7:]), bytes.Repeat(content, 1000)) },
		"a folder": func(t *testing.T, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, digest[7:], "x"), 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"a file in its place": func(t *testing.T, dir string) { write(t, dir, nil) },
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, serves(content))
			dir := filepath.Join(t.TempDir(), "cache")
			damage(t, dir)
			fetcher := bundle.New(bundle.Options{Cache: dir, MaxSize: 1000})
			ref := bundle.Ref{URL: s.URL, Digest: digest, Auth: bundle.Auth{CAFile: s.ca}}
			got, err := fetcher.Fetch(t.Context(), ref)
			if err != nil || !bytes.Equal(got, content) {
				t.Fatalf("got %q, %v", got, err)
			}
			mended, _ := os.ReadFile(filepath.Join(dir, digest[7:]))
			if strings.HasPrefix(name, "a f") == bytes.Equal(mended, content) {
				t.Errorf("the cache holds %q", mended)
			}
		})
	}
}

// Old bundles make room, and what others are writing stays.
func TestCacheIsBounded(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour)
	for i := range 250 {
		name := filepath.Join(dir, hex.EncodeToString(bytes.Repeat([]byte{byte(i)}, 32)))
		write(t, name, []byte("x"))
		if err := os.Chtimes(name, old, old.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, ".bundle-being-written"), []byte("y"))
	content := []byte("a bundle")
	s := newSite(t, serves(content))
	if _, err := bundle.New(bundle.Options{Cache: dir}).Fetch(t.Context(), bundle.Ref{URL: s.URL, Digest: digestOf(content), Auth: bundle.Auth{CAFile: s.ca}}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 201 {
		t.Fatalf("%d files are left, %v", len(files), err)
	}
	for name, want := range map[string]bool{digestOf(content)[7:]: true, ".bundle-being-written": true, hex.EncodeToString(bytes.Repeat([]byte{0}, 32)): false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v", name, err == nil)
		}
	}
}

// What the user can mend is told from what the network or the server has done.
func TestFaults(t *testing.T) {
	const canary = "correct-horse-battery"
	answer := func(status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, canary)
		})
	}
	tests := map[string]struct {
		handler http.Handler
		is      error  // one of the sentinels; nil for a fault of the world
		says    string // "" for anything
	}{
		"not found":  {answer(404), sources.ErrNotFound, "404"},
		"forbidden":  {answer(403), nil, "tokenEnv"},
		"no content": {answer(204), nil, "204"},
		"broken":     {answer(500), nil, "500"},
		"too large":  {serves(make([]byte, 2001)), sources.ErrTooLarge, ""},
		"hangs up":   {http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), nil, ""},
		"stops early": {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("x"))
		}), nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, test.handler)
			_, err := bundle.New(bundle.Options{MaxSize: 2000}).Fetch(t.Context(), bundle.Ref{URL: s.URL + "/a?secret=" + canary, Auth: bundle.Auth{CAFile: s.ca}})
			if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v", err)
			}
			if test.is == nil {
				for _, mistake := range []error{sources.ErrNotFound, sources.ErrTooLarge, bundle.ErrMismatch, bundle.ErrRefused} {
					if errors.Is(err, mistake) {
						t.Errorf("%v is taken for %v", err, mistake)
					}
				}
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("it is shown: %v", err)
			}
		})
	}
}

// A server that says nothing is given up.
func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	s := newSite(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release) })
	_, err := bundle.New(bundle.Options{Timeout: 50 * time.Millisecond}).Fetch(t.Context(), bundle.Ref{URL: s.URL, Auth: bundle.Auth{CAFile: s.ca}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := bundle.New(bundle.Options{}).Fetch(t.Context(), bundle.Ref{URL: s.URL}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v", err)
	}
}

// A server that is down for a moment is asked again.
func TestRetries(t *testing.T) {
	content := []byte("a bundle")
	var asked atomic.Int64
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write(content)
	}))
	got, err := bundle.New(bundle.Options{}).Fetch(t.Context(), bundle.Ref{URL: s.URL, Auth: bundle.Auth{CAFile: s.ca}})
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("got %q, %v", got, err)
	}
}

// Credentials go to the host that is named and to no other, and never in the clear.
func TestCredentials(t *testing.T) {
	content := []byte("a bundle")
	var elsewhere atomic.Value
	elsewhere.Store("")
	other := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere.Store(r.Header.Get("Authorization"))
		w.Write(content)
	}))
	var got atomic.Value
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Get("Authorization"))
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, other.URL+"/a", http.StatusFound)
			return
		}
		w.Write(content)
	}))
	both := filepath.Join(t.TempDir(), "both.pem")
	write(t, both, append(read(t, s.ca), read(t, other.ca)...))
	password := filepath.Join(t.TempDir(), "password")
	write(t, password, []byte("s3cret\n"))
	t.Setenv("BUNDLE_TOKEN", "t0ken")
	fetcher := bundle.New(bundle.Options{})
	for auth, want := range map[bundle.Auth]string{
		{TokenEnv: "BUNDLE_TOKEN"}:                   "Bearer t0ken",
		{Username: "kim", PasswordFile: password}:    "Basic a2ltOnMzY3JldA==",
		{PasswordEnv: "BUNDLE_TOKEN", Username: "k"}: "Basic azp0MGtlbg==",
		{}: "",
	} {
		auth.CAFile = both
		if _, err := fetcher.Fetch(t.Context(), bundle.Ref{URL: s.URL + "/a", Auth: auth}); err != nil || got.Load() != want {
			t.Errorf("%+v: sent %q, %v", auth, got.Load(), err)
		}
		elsewhere.Store("")
		if _, err := fetcher.Fetch(t.Context(), bundle.Ref{URL: s.URL + "/moved", Digest: digestOf(content), Auth: auth}); err != nil {
			t.Errorf("%+v: %v", auth, err)
		}
		if got := elsewhere.Load(); got != "" {
			t.Errorf("another host is sent %q", got)
		}
	}
	plain := httptest.NewServer(serves(content))
	defer plain.Close()
	for name, auth := range map[string]bundle.Auth{
		"in the clear": {TokenEnv: "BUNDLE_TOKEN"}, "nothing in it": {TokenEnv: "BUNDLE_TOKEN_EMPTY"},
		"no such file": {TokenFile: password + "2"}, "no certificate": {CAFile: password},
	} {
		if _, err := fetcher.Fetch(t.Context(), bundle.Ref{URL: plain.URL, Auth: auth}); !errors.Is(err, bundle.ErrRefused) || strings.Contains(err.Error(), "t0ken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A redirect leads elsewhere only where the digest says what comes, and never
// out of encryption.
func TestRedirects(t *testing.T) {
	content := []byte("a bundle")
	plain := httptest.NewServer(serves(content))
	defer plain.Close()
	other := newSite(t, serves(content))
	var s *site
	s = newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{"/plain": plain.URL, "/other": other.URL, "/here": s.URL + "/a", "/round": s.URL + "/round"}[r.URL.Path]
		if to == "" {
			w.Write(content)
			return
		}
		http.Redirect(w, r, to+"?signature=hunter2", http.StatusFound)
	}))
	both := filepath.Join(t.TempDir(), "both.pem")
	write(t, both, append(read(t, s.ca), read(t, other.ca)...))
	for _, test := range []struct {
		path   string
		pinned bool
		want   bool
	}{
		{"/here", false, true}, {"/here", true, true}, {"/other", true, true}, {"/other", false, false},
		{"/plain", true, false}, {"/plain", false, false}, {"/round", true, false},
	} {
		ref := bundle.Ref{URL: s.URL + test.path, Auth: bundle.Auth{CAFile: both}}
		if test.pinned {
			ref.Digest = digestOf(content)
		}
		_, err := bundle.New(bundle.Options{}).Fetch(t.Context(), ref)
		if (err == nil) != test.want || err != nil && (!errors.Is(err, bundle.ErrRefused) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s, pinned %v: %v", test.path, test.pinned, err)
		}
	}
}

// What a repository names is not fetched from this machine or its network.
func TestConfined(t *testing.T) {
	content := []byte("a bundle")
	s := newSite(t, serves(content))
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{
		s.URL, "https://localhost:" + port, "https://[::1]:" + port, "https://[::ffff:127.0.0.1]:" + port, "https://127.1.2.3:" + port,
		"https://0.0.0.0:" + port, "https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[fd00:ec2::254]/",
		"https://100.100.100.200/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "http://" + s.Listener.Addr().String(),
		"oci://127.0.0.1:" + port + "/a", "oci://localhost:" + port + "/a:v1", "file:///etc/passwd",
	} {
		t.Run(url, func(t *testing.T) {
			ref := bundle.Ref{URL: url, Digest: digestOf(content), Confined: true, Auth: bundle.Auth{CAFile: s.ca}}
			_, err := bundle.New(bundle.Options{Timeout: 10 * time.Second}).Fetch(t.Context(), ref)
			if !errors.Is(err, bundle.ErrRefused) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := s.hits.Load(); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}
