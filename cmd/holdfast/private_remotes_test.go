package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

// vault lets in whoever has its password, as user kim or with the token, over TLS.
type vault struct {
	*httptest.Server
	ca   string
	mu   sync.Mutex
	word string
	sent []string // what came as Authorization, of all that was asked
}

func newVault(t *testing.T, within http.Handler) *vault {
	t.Helper()
	v := &vault{word: "s3cret-first"}
	v.Server, v.ca = policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		word := v.word
		v.sent = append(v.sent, r.Header.Get("Authorization"))
		v.mu.Unlock()
		user, password, _ := r.BasicAuth()
		if word != "" && (user != "kim" || password != word) && r.Header.Get("Authorization") != "Bearer "+word {
			w.Header().Set("WWW-Authenticate", `Basic realm="vault"`)
			// What a server says of it is not to be repeated.
			http.Error(w, "not with "+password+r.Header.Get("Authorization"), http.StatusUnauthorized)
			return
		}
		within.ServeHTTP(w, r)
	}))
	return v
}

func (v *vault) renew(word string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.word = word
}

// heard is what was sent since it was asked last.
func (v *vault) heard() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	sent := v.sent
	v.sent = nil
	return sent
}

// private is one thing that is kept behind a password.
type private struct {
	vault *vault
	entry string                                   // its URL as one of remotes
	files func(s *site, version string) fileByName // of the source
}

type fileByName map[string]string

// privates are the three kinds of what may be fetched, each in two versions that
// make a file with the version in it. other answers in the place of a second host.
func privates(t *testing.T, other *vault) map[string]private {
	t.Helper()
	keeper := newSite(t, "")
	hub := newChartHub(t)
	registry := newVault(t, hub.Config.Handler)
	one, two := fileChart(t, "1.0.0", "one"), fileChart(t, "2.0.0", "two")
	hub.push(t, "1.0.0", one)
	hub.push(t, "2.0.0", two)
	shop := newVault(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stable/index.yaml":
			fmt.Fprintf(w, "entries: {web: [{version: 1.0.0, digest: %s, urls: [web-1.tgz]}, {version: 2.0.0, digest: %s, urls: [moved.tgz]}]}\n", sum(one), sum(two))
		case "/stable/web-1.tgz":
			w.Write(one)
		case "/stable/moved.tgz":
			http.Redirect(w, r, other.URL+"/web-2.tgz", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	upstream := &site{t: t, repo: filepath.Join(keeper.folder, "git", "acme", "base")}
	keeper.git("init", "-q", "-b", "main", upstream.repo)
	commits := map[string]string{}
	for version, content := range map[string]string{"1.0.0": "one", "2.0.0": "two"} {
		commits[version] = upstream.commit(map[string]string{"deploy/kustomization.yaml": "resources: [a.yaml]\n", "deploy/a.yaml": aFile("a", content)})
	}
	host := newVault(t, gitBackend(keeper, filepath.Join(keeper.folder, "git")))
	chart := func(format, url string) func(*site, string) fileByName {
		return func(s *site, version string) fileByName {
			return fileByName{"web/readme.txt": version, "holdfast.yaml": "targets:\n- name: web\n  driver: host\n  path: web\n  mode: apply\n  settings: {root: " + s.root + "}\n  render: {chart: {" +
				fmt.Sprintf(format, url, version) + "}}\n"}
		}
	}
	registryURL := strings.Replace(registry.URL, "https", "oci", 1) + "/charts"
	return map[string]private{
		"registry": {registry, registryURL, chart("url: '%s/web', version: '%s'", registryURL)},
		"shop":     {shop, shop.URL + "/stable", chart("url: '%s/stable', name: web, version: '%s'", shop.URL)},
		"git": {host, host.URL + "/acme", func(s *site, version string) fileByName {
			return fileByName{
				"holdfast.yaml":          "targets: [{name: web, driver: host, path: web, mode: apply, settings: {root: " + s.root + "}}]\n",
				"web/kustomization.yaml": "resources: ['" + host.URL + "/acme/base/.git//deploy?ref=" + commits[version] + "']\n",
			}
		}},
	}
}

// entryOf is an entry of remotes in an operator's file.
func entryOf(entry string) string {
	return "remotes:\n- " + entry + "\ndestinations: [{driver: host, root: ROOT}]\n"
}

// withoutSecret fails where a file below the folders holds what nobody should see.
func withoutSecret(t *testing.T, secret string, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() && strings.Contains(name+text(t, name), secret) {
				t.Errorf("%s has the secret", name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What is behind a password is fetched with the credentials of the operator's
// entry and a certificate of its own, and what is wrong with these is told with
// the place of the entry. Nobody else gets them, and they are written nowhere.
func TestPrivateRemotes(t *testing.T) {
	other := newVault(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(fileChart(t, "2.0.0", "two")) }))
	other.renew("") // it lets everybody in
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	write(t, secret, "s3cret-first\n")
	t.Setenv("HOLDFAST_TEST_SECRET", "s3cret-first")
	t.Setenv("HOLDFAST_TEST_WRONG", "s3cret-wrong")
	t.Setenv("HOLDFAST_TEST_EMPTY", "")
	for kind, p := range privates(t, other) {
		ca := filepath.Join(dir, kind+".pem")
		write(t, ca, text(t, p.vault.ca)+text(t, other.ca))
		with := func(auth string) string { return "{url: '" + p.entry + "', " + auth + ", caFile: " + ca + "}" }
		open := "{url: '" + p.entry + "', caFile: " + ca + "}"
		token := with("tokenEnv: HOLDFAST_TEST_SECRET")
		if kind == "git" {
			token = with("username: kim, tokenFile: " + secret)
		}
		for name, test := range map[string]struct {
			entry, version string
			code           int
			says           string // CONFIG is the operator's file
		}{
			"from a variable":    {with("username: kim, passwordEnv: HOLDFAST_TEST_SECRET"), "1.0.0", exitClean, ""},
			"from a file":        {with("username: kim, passwordFile: " + secret), "2.0.0", exitClean, ""},
			"a token":            {token, "2.0.0", exitClean, ""},
			"none":               {open, "1.0.0", exitFault, "name what holds the credentials in the entry of remotes at CONFIG:5:3: {url: " + p.entry},
			"wrong":              {with("username: kim, passwordEnv: HOLDFAST_TEST_WRONG"), "1.0.0", exitFault, "does not let us in"},
			"another name":       {with("username: eve, passwordFile: " + secret), "1.0.0", exitFault, "its credentials are those of CONFIG:5:3"},
			"a variable not set": {with("username: kim, passwordEnv: HOLDFAST_TEST_EMPTY"), "1.0.0", exitMistake, "CONFIG:5:3: remotes: refused: the environment variable HOLDFAST_TEST_EMPTY"},
			"a file not there":   {with("username: kim, passwordFile: " + secret + "-2"), "1.0.0", exitMistake, "CONFIG:5:3: remotes: refused: there is no file " + secret + "-2"},
			"no file at all":     {with("username: kim, passwordFile: " + dir), "1.0.0", exitMistake, "is not a regular file"},
			"no certificate":     {"{url: '" + p.entry + "', username: kim, passwordFile: " + secret + "}", "1.0.0", exitFault, "certificate"},
			"a bad certificate":  {"{url: '" + p.entry + "', username: kim, passwordFile: " + secret + ", caFile: " + secret + "}", "1.0.0", exitMistake, "no certificate in " + secret},
			"for another part":   {open + "\n- {url: '" + p.entry + "/other', username: kim, passwordFile: " + secret + ", caFile: " + ca + "}", "1.0.0", exitFault, "does not let us in"},
		} {
			if kind == "registry" && name == "a token" {
				continue // this one takes none
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Setenv("HOLDFAST_CACHE", t.TempDir())
				s := newSite(t, entryOf(test.entry))
				s.commit(p.files(s, test.version))
				p.vault.heard()
				says := strings.ReplaceAll(test.says, "CONFIG", s.config)
				out, errs, code := s.holdfast("apply", "--config", s.config)
				if code != test.code || !strings.Contains(out+errs, says) {
					t.Errorf("exit code %d, want %d with %q\n%s%s", code, test.code, says, out, errs)
				}
				if strings.Contains(out+errs, "s3cret") {
					t.Errorf("the secret is shown:\n%s%s", out, errs)
				}
				withoutSecret(t, "s3cret", os.Getenv("HOLDFAST_CACHE"), s.folder)
				if name == "for another part" && strings.Join(p.vault.heard(), "") != "" {
					t.Error("what is not in that part is sent its credentials")
				}
				after := fileByName{}
				if test.code == exitClean {
					after["a"] = map[string]string{"1.0.0": "one", "2.0.0": "two"}[test.version]
				}
				s.files(after)
			})
		}
	}
	sent := other.heard()
	if len(sent) == 0 || strings.Join(sent, "") != "" {
		t.Errorf("another host was sent %q", sent)
	}
}

func text(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A credential that is renewed while the daemon runs is taken up by itself; until
// then the last good revision is kept, and what was fetched needs no password.
func TestARenewedCredential(t *testing.T) {
	for kind, p := range privates(t, newVault(t, http.NotFoundHandler())) {
		if kind == "shop" {
			continue // its second version is elsewhere
		}
		t.Run(kind, func(t *testing.T) {
			t.Setenv("HOLDFAST_CACHE", t.TempDir())
			s := newSite(t, "")
			secret := filepath.Join(s.folder, "secret")
			write(t, secret, "s3cret-first\n")
			s.configure(entryOf("{url: '" + p.entry + "', username: kim, passwordFile: " + secret + ", caFile: " + p.vault.ca + "}"))
			s.commit(p.files(s, "1.0.0"))
			session := s.open()
			defer session.close()
			expect(t, only(t, session.pass(), "web"), reconcile.OutcomeOK, "create a applied")
			p.vault.renew("s3cret-second")
			s.commit(p.files(s, "2.0.0"))
			if run := only(t, session.pass(), "web"); run.Outcome != reconcile.OutcomeFailed || !strings.Contains(run.Message, "does not let us in") {
				t.Errorf("with the old one: %s %s", run.Outcome, run.Message)
			}
			s.files(fileByName{"a": "one"})
			write(t, secret, "s3cret-second\n")
			expect(t, only(t, session.pass(), "web"), reconcile.OutcomeOK, "update a applied")
			s.files(fileByName{"a": "two"})
			if err := os.Remove(secret); err != nil {
				t.Fatal(err)
			}
			s.commit(fileByName{"web/more.txt": "more"})
			if run := only(t, session.pass(), "web"); run.Outcome != reconcile.OutcomeOK {
				t.Errorf("what is cached: %s %s", run.Outcome, run.Message)
			}
		})
	}
}

// A file that was found may be that of a change under review: with credentials in
// it nothing is asked for. A check that is given the operator's file has them.
func TestCredentialsOfAFileThatWasFound(t *testing.T) {
	p := privates(t, newVault(t, http.NotFoundHandler()))["registry"]
	s := newSite(t, "")
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	t.Setenv("CI_TOKEN", "s3cret-first")
	files := p.files(s, "1.0.0")
	files["holdfast.yaml"] = "remotes:\n- {url: '" + p.entry + "', username: kim, passwordEnv: CI_TOKEN, caFile: " + p.vault.ca + "}\n" + files["holdfast.yaml"]
	s.commit(files)
	check := []string{"check", "--no-builtin", "--allow-empty", "--format", "json"}
	for _, args := range [][]string{check, append(check, "--base", "HEAD"), {"plan"}} {
		out, errs, code := s.holdfast(args...)
		if code != exitMistake || !strings.Contains(out+errs, "credentials and certificates are the operator's") || !strings.Contains(out+errs, "given with --config") {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
	if sent := p.vault.heard(); sent != nil {
		t.Errorf("it was asked: %q", sent)
	}
	if out, errs, code := s.holdfast(append(check, "--config", "holdfast.yaml")...); code != exitClean || !strings.Contains(out, `"resources": 1`) {
		t.Errorf("given: exit code %d\n%s%s", code, out, errs)
	}
	// Without the entry the same check says what it does not look at.
	s.commit(p.files(s, "1.0.0"))
	if out, errs, code := s.holdfast(check...); code != exitClean || !strings.Contains(out, "fetched only where the operator's remotes allow it") {
		t.Errorf("found: exit code %d\n%s%s", code, out, errs)
	}
}

// A server that sends from one part of it to another takes along credentials only
// if the entries of both have the same.
func TestCredentialsKeepToTheirEntry(t *testing.T) {
	t.Setenv("HOLDFAST_CACHE", t.TempDir())
	t.Setenv("HOLDFAST_TEST_SECRET", "s3cret")
	var mu sync.Mutex
	sent := map[string]bool{}
	server, ca := policyServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, part, _ := strings.Cut(r.URL.Path, "/to-")
		from, _, _ := strings.Cut(r.URL.Path[1:], "/")
		mu.Lock()
		sent[from] = r.Header.Get("Authorization") != ""
		mu.Unlock()
		if part == "" {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, "/"+part+"?"+r.URL.RawQuery, http.StatusFound)
	}))
	auth := config.FetchAuth{Username: "kim", PasswordEnv: "HOLDFAST_TEST_SECRET", CAFile: ca}
	r := newRemotes(&config.Config{Remotes: []config.Remote{
		{URL: server.URL + "/private", Auth: auth}, {URL: server.URL + "/same", Auth: auth}, {URL: server.URL + "/public", Auth: config.FetchAuth{CAFile: ca}},
	}})
	for part, kept := range map[string]bool{"same": true, "public": false, "nowhere": false} {
		for kind, get := range map[string]func() error{
			"a chart": func() error {
				_, err := r.chart(t.Context(), &sources.Chart{URL: server.URL + "/private/to-" + part + "/web.tgz", Digest: "sha256:" + sum(nil)})
				return err
			},
			"a repository": func() error {
				_, err := r.repository(t.Context(), server.URL+"/private/to-"+part+"/web", strings.Repeat("0", 40))
				return err
			},
		} {
			clear(sent)
			err := get()
			if got, asked := sent[part]; !errors.Is(err, sources.ErrNotFound) || !sent["private"] || !asked || got != kept {
				t.Errorf("%s to %s: sent %v, %v", kind, part, sent, err)
			}
		}
	}
}
