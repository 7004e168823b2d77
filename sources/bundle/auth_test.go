package bundle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/bundle"
)

// heard is what each address of some servers was sent as Authorization, by path.
type heard struct {
	mu  sync.Mutex
	all map[string][]string
}

func (h *heard) listen(name string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.all[name+r.URL.Path] = append(h.all[name+r.URL.Path], r.Header.Get("Authorization"))
		h.mu.Unlock()
		handler(w, r)
	}
}

// take gives what was heard so far, and forgets it.
func (h *heard) take() map[string][]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.all
	h.all = map[string][]string{}
	return all
}

// joined is a file with the certificates of several servers.
func joined(t *testing.T, servers ...*site) string {
	t.Helper()
	var all []byte
	for _, s := range servers {
		all = append(all, read(t, s.ca)...)
	}
	name := filepath.Join(t.TempDir(), "all.pem")
	write(t, name, all)
	return name
}

// Credentials are sent within the beginning of the URL that they are for, and
// neither a redirect nor the index of a repository takes them out of it.
func TestCredentialsStayWhereTheyAreFor(t *testing.T) {
	t.Setenv("SHOP", "s3cret")
	t.Setenv("OTHER", "0ther")
	content := []byte("the chart")
	h := &heard{all: map[string][]string{}}
	other := newSite(t, h.listen("other ", func(w http.ResponseWriter, _ *http.Request) { w.Write(content) }))
	s := newSite(t, h.listen("", func(w http.ResponseWriter, r *http.Request) {
		switch to := map[string]string{
			"/stable/moved.tgz": "/stable/web.tgz?part=1", "/stable/out.tgz": "/store/web.tgz", "/stable/escaped.tgz": "/stable/%2e%2e%2fstore/web.tgz",
			"/stable/away.tgz": other.URL + "/web.tgz", "/stable/inner.tgz": "/stable/inner/web.tgz",
		}[r.URL.Path]; {
		case r.URL.Path == "/stable/index.yaml":
			fmt.Fprint(w, indexOf(
				entry("1.0.0", "web.tgz", hexOf(content)), entry("2.0.0", other.URL+"/web.tgz", hexOf(content)),
				entry("3.0.0", other.URL+"/open/web.tgz", hexOf(content)), entry("4.0.0", other.URL+"/forbidden.tgz", hexOf(content))))
		case to != "":
			http.Redirect(w, r, to, http.StatusFound)
		default:
			w.Write(content)
		}
	}))
	ca := joined(t, s, other)
	mine, theirs := bundle.Auth{TokenEnv: "SHOP", CAFile: ca}, bundle.Auth{TokenEnv: "OTHER", CAFile: ca}
	elsewhere := func(address string) (bundle.Auth, bool) {
		switch {
		case strings.HasPrefix(address, s.URL+"/stable/inner/"), address == other.URL+"/web.tgz":
			return theirs, true
		case strings.HasPrefix(address, s.URL+"/stable/"):
			return mine, true
		}
		return bundle.Auth{CAFile: ca}, strings.HasPrefix(address, other.URL+"/open/")
	}
	const sent, none = "Bearer s3cret", ""
	for what, want := range map[string]map[string][]string{
		"/stable/web.tgz":     {"/stable/web.tgz": {sent}},
		"/stable/moved.tgz":   {"/stable/moved.tgz": {sent}, "/stable/web.tgz": {sent}},
		"/stable/out.tgz":     {"/stable/out.tgz": {sent}, "/store/web.tgz": {none}},
		"/stable/escaped.tgz": {"/stable/escaped.tgz": {sent}, "/stable/../store/web.tgz": {none}},
		"/stable/inner.tgz":   {"/stable/inner.tgz": {sent}, "/stable/inner/web.tgz": {none}},
		"/stable/away.tgz":    {"/stable/away.tgz": {sent}, "other /web.tgz": {none}},
		"1.0.0":               {"/stable/index.yaml": {sent}, "/stable/web.tgz": {sent}},
		"2.0.0":               {"/stable/index.yaml": {sent}, "other /web.tgz": {"Bearer 0ther"}},
		"3.0.0":               {"/stable/index.yaml": {sent}, "other /open/web.tgz": {none}},
		"4.0.0":               {"/stable/index.yaml": {sent}},
	} {
		ref := bundle.Ref{URL: s.URL + what, Digest: digestOf(content), Chart: true, Auth: mine, Elsewhere: elsewhere}
		if !strings.HasPrefix(what, "/") {
			ref.URL, ref.Name, ref.Version = s.URL+"/stable", "web", what
		}
		got, err := bundle.New(bundle.Options{}).Fetch(t.Context(), ref)
		if refused := what == "4.0.0"; refused != errors.Is(err, bundle.ErrRefused) || !refused && !bytes.Equal(got, content) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
		if told := h.take(); fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("%s: sent %v, want %v", what, told, want)
		}
	}
}

// What was fetched with credentials by its version is not given by that name to
// whoever has none.
func TestAVersionThatNeedsCredentials(t *testing.T) {
	t.Setenv("SHOP", "s3cret")
	content := []byte("the chart")
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer s3cret":
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasSuffix(r.URL.Path, "index.yaml"):
			fmt.Fprint(w, indexOf(entry("1.0.0", "web.tgz", hexOf(content))))
		default:
			w.Write(content)
		}
	}))
	cache := t.TempDir()
	fetch := func(auth bundle.Auth) ([]byte, error) {
		auth.CAFile = s.ca
		return bundle.New(bundle.Options{Cache: cache}).Fetch(t.Context(), bundle.Ref{
			URL: s.URL, Name: "web", Version: "1.0.0", Chart: true, Auth: auth,
			Elsewhere: func(string) (bundle.Auth, bool) { return auth, true },
		})
	}
	for range 2 {
		if got, err := fetch(bundle.Auth{TokenEnv: "SHOP"}); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("with credentials: %q, %v", got, err)
		}
	}
	if n := s.hits.Load(); n != 2 {
		t.Errorf("the server was asked %d times", n)
	}
	if got, err := fetch(bundle.Auth{}); !errors.Is(err, sources.ErrDenied) {
		t.Errorf("without credentials: %q, %v", got, err)
	}
}

// A registry sends to where it gives out tokens, and the password goes there;
// where blobs are kept it does not, whatever that asks for.
func TestPasswordsAndTokens(t *testing.T) {
	t.Setenv("REGISTRY_PASSWORD", "s3cret")
	const basic, token = "Basic a2ltOnMzY3JldA==", "Bearer of-a-token"
	content := []byte("the chart")
	told := &heard{all: map[string][]string{}}
	gives := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"token": "of-a-token"}`) }
	realm, thief := newSite(t, told.listen("realm ", gives)), newSite(t, told.listen("thief ", gives))
	challenge := func(w http.ResponseWriter, realm string) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+realm+`",service="r"`)
		w.WriteHeader(http.StatusUnauthorized)
	}
	asks := told.listen("store ", func(w http.ResponseWriter, _ *http.Request) { challenge(w, thief.URL+"/token") })
	store := newSite(t, asks)
	plain := httptest.NewServer(told.listen("plain ", gives))
	t.Cleanup(plain.Close)
	realmURL, blobsAt := realm.URL+"/token", ""
	h := newHub(t, func(open http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, password, _ := r.BasicAuth()
			switch {
			case strings.HasPrefix(r.URL.Path, "/storage"):
				told.listen("", func(w http.ResponseWriter, _ *http.Request) { challenge(w, thief.URL+"/token") })(w, r)
			case r.Method != http.MethodGet && password == "s3cret": // the test's own push
				open.ServeHTTP(w, r)
			case r.Header.Get("Authorization") != token:
				challenge(w, realmURL)
			case blobsAt != "" && strings.Contains(r.URL.Path, "/blobs/"):
				http.Redirect(w, r, blobsAt, http.StatusTemporaryRedirect)
			default:
				open.ServeHTTP(w, r)
			}
		})
	})
	h.manifest("1.0.0", h.blob(chartType, content))
	auth := bundle.Auth{Username: "kim", PasswordEnv: "REGISTRY_PASSWORD", CAFile: joined(t, h.site, realm, thief, store)}
	fetch := func() ([]byte, error) {
		return bundle.New(bundle.Options{}).Fetch(t.Context(), bundle.Ref{
			URL: h.url("/policies/base"), Version: "1.0.0", Chart: true, Auth: auth,
			Elsewhere: func(address string) (bundle.Auth, bool) { return auth, strings.HasPrefix(address, h.url("/policies/")) },
		})
	}
	if got, err := fetch(); err != nil || !bytes.Equal(got, content) {
		t.Errorf("with a token: %q, %v", got, err)
	}
	if got := told.take(); !slices.Contains(got["realm /token"], basic) || len(got) != 1 {
		t.Errorf("for a token: %v", got)
	}
	for name, at := range map[string]string{"store /blob": store.URL + "/blob", "/storage/blob": h.URL + "/storage/blob"} {
		blobsAt = at
		if got, err := fetch(); !errors.Is(err, sources.ErrDenied) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		got := told.take()
		if sent := got[name]; len(sent) == 0 || slices.ContainsFunc(sent, func(s string) bool { return s != "" }) {
			t.Errorf("%s was sent %v", name, sent)
		}
		if sent := got["thief /token"]; sent != nil {
			t.Errorf("%s gets the password by a realm of its own: %v", name, sent)
		}
	}
	realmURL, blobsAt = plain.URL+"/token", ""
	if _, err := fetch(); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("tokens in the clear: %v", err)
	}
	if got := told.take(); len(got) != 0 {
		t.Errorf("in the clear: %v", got)
	}
}

// A registry on this machine is spoken to in the clear, but not with a password.
func TestNoPasswordInTheClear(t *testing.T) {
	t.Setenv("REGISTRY_PASSWORD", "s3cret")
	told := &heard{all: map[string][]string{}}
	plain := httptest.NewServer(told.listen("", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(plain.Close)
	_, err := bundle.New(bundle.Options{}).Fetch(t.Context(), bundle.Ref{
		URL: "oci://" + plain.Listener.Addr().String() + "/charts/web:1", Chart: true, Auth: bundle.Auth{Username: "kim", PasswordEnv: "REGISTRY_PASSWORD"},
	})
	if got := told.take(); err == nil || len(got) != 0 {
		t.Errorf("sent %v, %v", got, err)
	}
}

// What is named and cannot be read is told without a fetch.
func TestCheckOfCredentials(t *testing.T) {
	t.Setenv("SET", "s3cret")
	t.Setenv("EMPTY", "")
	file, empty := filepath.Join(t.TempDir(), "file"), filepath.Join(t.TempDir(), "empty")
	write(t, file, []byte("s3cret\n"))
	write(t, empty, []byte("\n"))
	for auth, says := range map[bundle.Auth]string{
		{}:                      "",
		{TokenEnv: "SET"}:       "",
		{PasswordFile: file}:    "",
		{TokenEnv: "EMPTY"}:     "EMPTY",
		{TokenFile: empty}:      empty,
		{PasswordFile: "/none"}: "/none",
		{PasswordFile: "/"}:     "not a regular file",
		{CAFile: "/none"}:       "/none",
		{CAFile: file}:          "no certificate in " + file,
	} {
		if err := auth.Check(); (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%+v: %v", auth, err)
		}
	}
}
