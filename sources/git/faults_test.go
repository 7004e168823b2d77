package git_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

// noise does not compress, so that packs have a size worth cutting.
func noise(t *testing.T) string {
	t.Helper()
	raw := make([]byte, 64<<10)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(raw)
}

func TestServerDiesInMidFetch(t *testing.T) {
	for _, at := range []int64{1, 40, 300, 20_000} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { // last, when the server is closed too
				if err := goleak.Find(before); err != nil {
					t.Errorf("goroutines are left: %v", err)
				}
			})
			r := newRepo(t)
			server := serveHTTPS(t, r)
			options := server.options()
			options.Cache = t.TempDir()
			first := r.commit(t, file(noise(t)))
			source := newSource(t, options)

			server.breakAt.Store(at)
			wantError(t, source, nil) // during the first clone
			server.breakAt.Store(0)
			wantRevision(t, source, first)

			content := noise(t)
			second := r.commit(t, file(content))
			server.breakAt.Store(at)
			wantError(t, source, nil) // and during an update
			wantError(t, source, nil)
			server.breakAt.Store(0)
			snapshot := wantRevision(t, source, second)
			if got, err := fs.ReadFile(snapshot, "a.yaml"); err != nil || string(got) != content {
				t.Errorf("the file holds %d bytes, %v", len(got), err)
			}
			if left, _ := filepath.Glob(filepath.Join(options.Cache, "*", "building-*")); len(left) > 0 {
				t.Errorf("incomplete clones are left: %v", left)
			}
		})
	}
}

func TestServerErrors(t *testing.T) {
	r := newRepo(t)
	server := serveHTTPS(t, r)
	hash := r.commit(t, file("1"))
	source := newSource(t, server.options())
	for status, want := range map[int64]string{401: "credentials", 403: "credentials", 500: "500", 503: "503"} {
		server.status.Store(status)
		wantError(t, source, nil, want)
		if _, err := source.Fetch(t.Context()); errors.Is(err, sources.ErrNotFound) || strings.Contains(err.Error(), secret) {
			t.Errorf("status %d: %v", status, err)
		}
	}
	server.status.Store(404)
	wantError(t, source, sources.ErrNotFound)
	server.status.Store(0)
	wantRevision(t, source, hash)

	refused := newSource(t, git.Options{URL: "https://127.0.0.1:1/r.git"})
	if _, err := refused.Fetch(t.Context()); err == nil || errors.Is(err, sources.ErrNotFound) {
		t.Errorf("a server that cannot be reached: %v", err)
	}
}

// What is configured wrong on our side is told without the secret.
func TestCredentials(t *testing.T) {
	r := newRepo(t)
	server := serveHTTPS(t, r)
	hash := r.commit(t, file("1"))
	t.Setenv("HOLDFAST_TEST_TOKEN", secret)
	t.Setenv("HOLDFAST_TEST_WRONG", "wrong-"+secret)
	wrongCA := filepath.Join(t.TempDir(), "ca.pem")
	write(t, wrongCA, "no certificate")
	tests := []struct {
		name string
		auth git.Auth
		want string // "" for success
	}{
		{"from the environment", git.Auth{CAFile: server.caFile, PasswordEnv: "HOLDFAST_TEST_TOKEN"}, ""},
		{"with a name", git.Auth{CAFile: server.caFile, Username: "git", PasswordEnv: "HOLDFAST_TEST_TOKEN"}, ""},
		{"another name", git.Auth{CAFile: server.caFile, Username: "eve", PasswordEnv: "HOLDFAST_TEST_TOKEN"}, "401"},
		{"none", git.Auth{CAFile: server.caFile}, "401"},
		{"wrong", git.Auth{CAFile: server.caFile, PasswordEnv: "HOLDFAST_TEST_WRONG"}, "401"},
		{"not set", git.Auth{CAFile: server.caFile, PasswordEnv: "HOLDFAST_TEST_UNSET"}, "empty"},
		{"no such file", git.Auth{CAFile: server.caFile, PasswordFile: "/no/such/file"}, "no such file"},
		{"unknown authority", git.Auth{PasswordFile: server.passwordFile}, "certificate"},
		{"bad authority", git.Auth{CAFile: wrongCA, PasswordFile: server.passwordFile}, "PEM"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := newSource(t, git.Options{URL: server.url, Auth: test.auth})
			if test.want == "" {
				wantRevision(t, source, hash)
				return
			}
			wantError(t, source, nil, test.want)
			if _, err := source.Fetch(t.Context()); strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

// A repository that has moved within its host gets the credentials only where
// they are for it, for what is asked after the redirect too.
func TestCredentialsOfARepositoryThatMoved(t *testing.T) {
	r := newRepo(t)
	hash := r.commit(t, file("1"))
	t.Setenv("HOLDFAST_TEST_TOKEN", secret)
	var mu sync.Mutex
	sent := map[string][]bool{}
	served := backend(t, r)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_, password, _ := request.BasicAuth()
		place, rest, _ := strings.Cut(request.URL.Path[1:], "/infra")
		mu.Lock()
		sent[place] = append(sent[place], password == secret)
		mu.Unlock()
		if strings.HasPrefix(place, "from-") {
			http.Redirect(w, request, "/"+strings.TrimPrefix(place, "from-")+"/infra"+rest+"?"+request.URL.RawQuery, http.StatusFound)
			return
		}
		request.URL.Path = "/infra" + rest
		served.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	for place, want := range map[string]bool{"acme": true, "acme/deep": true, "other": false, "acmes": false} {
		clear(sent)
		source := newSource(t, git.Options{
			URL: server.URL + "/from-" + place + "/infra/.git", Auth: git.Auth{CAFile: ca, PasswordEnv: "HOLDFAST_TEST_TOKEN"},
			Keeps: func(url string) bool {
				return strings.HasPrefix(url, server.URL+"/from-") || strings.HasPrefix(url, server.URL+"/acme/") && strings.HasSuffix(url, "/infra/.git")
			},
		})
		wantRevision(t, source, hash)
		// The references are asked for, and then a pack.
		if !slices.Equal(sent["from-"+place], []bool{true}) || !slices.Equal(sent[place], []bool{want, want}) {
			t.Errorf("%s: sent %v", place, sent)
		}
	}
}

func TestSSHRefusals(t *testing.T) {
	r := newRepo(t)
	server := serveSSH(t, r)
	hash := r.commit(t, file("1"))
	otherKey, otherPublic := newKey(t, filepath.Join(t.TempDir(), "other"))
	otherHosts := filepath.Join(t.TempDir(), "other_hosts")
	write(t, otherHosts, fmt.Sprintf("[127.0.0.1]:%d %s", server.port, authorizedKey(otherPublic)))
	noHosts := filepath.Join(t.TempDir(), "no_hosts")
	write(t, noHosts, "")
	t.Setenv("SSH_AUTH_SOCK", "")
	tests := []struct {
		name string
		auth git.Auth
		want string
	}{
		{"accepted", git.Auth{SSHKeyFile: server.keyFile, KnownHostsFile: server.knownHosts}, ""},
		{"unknown host", git.Auth{SSHKeyFile: server.keyFile, KnownHostsFile: noHosts}, "known hosts"},
		{"another host key", git.Auth{SSHKeyFile: server.keyFile, KnownHostsFile: otherHosts}, "handshake failed"},
		{"a key that is not accepted", git.Auth{SSHKeyFile: otherKey, KnownHostsFile: server.knownHosts}, "does not accept the key"},
		{"no key", git.Auth{KnownHostsFile: server.knownHosts}, "agent"},
		{"no such key", git.Auth{SSHKeyFile: "/no/such/key", KnownHostsFile: server.knownHosts}, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := newSource(t, git.Options{URL: server.url, Auth: test.auth})
			if test.want == "" {
				wantRevision(t, source, hash)
				return
			}
			wantError(t, source, nil, test.want)
		})
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	r := newRepo(t)
	server := serveHTTPS(t, r)
	hash := r.commit(t, file("1"))
	source := newSource(t, server.options())
	server.stall.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 { // one waits for the server, the other one for its turn
		go func() {
			_, err := source.Fetch(ctx)
			ended <- err
		}()
	}
	for deadline := time.Now().Add(patience); server.uploads.Load() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the server was not asked")
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Fetch: %v, want context.Canceled", err)
		}
	}
	server.stall.Store(false)
	wantRevision(t, source, hash)

	// And without anybody to cancel it, a fetch ends by itself.
	server.stall.Store(true)
	options := server.options()
	options.Timeout = 50 * time.Millisecond
	wantError(t, newSource(t, options), context.DeadlineExceeded)
}

// A server that accepts the connection and says nothing must not hold a fetch.
func TestSilentSSHServer(t *testing.T) {
	r := newRepo(t)
	server := serveSSH(t, r)
	options := server.options()
	options.URL = strings.Replace(server.url, fmt.Sprint(server.port), fmt.Sprint(silentPort(t)), 1)
	options.Timeout = 50 * time.Millisecond
	wantError(t, newSource(t, options), context.DeadlineExceeded)
}

func TestCacheCannotBeWritten(t *testing.T) {
	r := newRepo(t)
	options := serveHTTPS(t, r).options()
	hash := r.commit(t, file("1"))
	// A file in the place of the folder stops root too.
	options.Cache = filepath.Join(t.TempDir(), "cache")
	write(t, options.Cache, "")
	source := newSource(t, options)
	wantError(t, source, nil, "cache folder")
	if err := os.Remove(options.Cache); err != nil {
		t.Fatal(err)
	}
	wantRevision(t, source, hash)
}

// damage does something to each pack in the cache.
func damage(t *testing.T, cache string, do func(path string) error) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(cache, "*", "*", "objects", "pack", "*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatalf("no packs in the cache: %v", err)
	}
	for _, pack := range packs {
		if err := os.Chmod(pack, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := do(pack); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedCache(t *testing.T) {
	flip := func(path string) error {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i := len(content) / 3; i < len(content)-20; i += 50 {
			content[i] ^= 0xff
		}
		return os.WriteFile(path, content, 0o600)
	}
	damages := map[string]func(path string) error{
		"truncated to nothing": func(path string) error { return os.Truncate(path, 0) },
		"truncated":            func(path string) error { return os.Truncate(path, 100) },
		"flipped bits":         flip,
		"removed":              os.Remove,
		"index removed":        func(path string) error { return os.Remove(strings.TrimSuffix(path, "pack") + "idx") },
		"no HEAD":              func(path string) error { return os.Remove(filepath.Join(filepath.Dir(path), "..", "..", "HEAD")) },
	}
	for name, do := range damages {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			options := serveHTTPS(t, r).options()
			options.Cache = t.TempDir()
			content := noise(t)
			first := r.commit(t, file(content))
			source := newSource(t, options)
			wantRevision(t, source, first)

			damage(t, options.Cache, do)
			restarted := newSource(t, options)
			// The blob may be read late; whatever is read must be right, and a
			// fetch after a failed read mends it.
			for attempt := range 3 {
				snapshot, err := restarted.Fetch(t.Context())
				if err != nil {
					t.Fatalf("Fetch: %v", err)
				}
				got, err := fs.ReadFile(snapshot, "a.yaml")
				if err == nil && string(got) != content {
					t.Fatal("a damaged cache gave other content")
				}
				if err == nil {
					break
				}
				if attempt == 2 {
					t.Fatalf("the cache was not mended: %v", err)
				}
			}
			second := r.commit(t, file("2"))
			wantRevision(t, restarted, second)
			// What was served before is still known.
			r.git(t, "reset", "-q", "--hard", first)
			wantError(t, newSource(t, options), sources.ErrRewritten)
		})
	}
}

func TestDamagedRecord(t *testing.T) {
	r := newRepo(t)
	options := serveHTTPS(t, r).options()
	options.Cache = t.TempDir()
	hash := r.commit(t, file("1"))
	wantRevision(t, newSource(t, options), hash)
	records, err := filepath.Glob(filepath.Join(options.Cache, "*", "record.json"))
	if err != nil || len(records) != 1 {
		t.Fatalf("records: %v, %v", records, err)
	}
	for _, content := range []string{"", "{", `{"served": "main"}`} {
		write(t, records[0], content)
		wantError(t, newSource(t, options), nil, "record.json", "remove it")
	}
	if err := os.Remove(records[0]); err != nil {
		t.Fatal(err)
	}
	wantRevision(t, newSource(t, options), hash)
}

// A clone gathers packs and is made anew in time; what was read from the one
// before stays readable.
func TestPacksAreBounded(t *testing.T) {
	r := newRepo(t)
	server := serveHTTPS(t, r)
	options := server.options()
	options.Cache = t.TempDir()
	source := newSource(t, options)
	var before sources.Snapshot
	const commits = 54
	for i := range commits {
		hash := r.commit(t, file(fmt.Sprint(i)))
		snapshot := wantRevision(t, source, hash)
		if i == commits-10 {
			before = snapshot
		}
	}
	packs, err := filepath.Glob(filepath.Join(options.Cache, "*", "2", "objects", "pack", "*.pack"))
	if err != nil || len(packs) == 0 || len(packs) > 10 {
		t.Errorf("the clone was not made anew: %d packs, %v", len(packs), err)
	}
	if content, err := fs.ReadFile(before, "a.yaml"); err != nil || string(content) != fmt.Sprint(commits-10) {
		t.Errorf("an older snapshot shows %q, %v", content, err)
	}
}

// Nothing new costs nothing: the tree is not even read again.
func TestFetchGivesTheSameSnapshot(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		r.commit(t, file("1"))
		source := newSource(t, options)
		if first, second := fetch(t, source), fetch(t, source); first != second {
			t.Error("the snapshot was made anew")
		}
	})
}

// Nothing new costs no download.
func TestFetchIsCheap(t *testing.T) {
	r := newRepo(t)
	server := serveHTTPS(t, r)
	options := server.options()
	options.Cache = t.TempDir()
	hash := r.commit(t, file("1"))
	for range 3 {
		source := newSource(t, options)
		wantRevision(t, source, hash)
		wantRevision(t, source, hash)
	}
	if got := server.uploads.Load(); got != 1 {
		t.Errorf("%d packs were asked for, want 1", got)
	}
}

func TestBounds(t *testing.T) {
	eachOrigin(t, func(t *testing.T, r *repo, options git.Options) {
		tree := sourcetest.Tree{}
		for i := range 20 {
			tree[fmt.Sprintf("dir/%d", i)] = sourcetest.Entry{Content: "0123456789"}
		}
		hash := r.commit(t, tree)
		for name, bound := range map[string]func(*git.Options){
			"files": func(o *git.Options) { o.MaxFiles = 19 },
			"total": func(o *git.Options) { o.MaxTotal = 199 },
		} {
			t.Run(name, func(t *testing.T) {
				options := options
				bound(&options)
				wantError(t, newSource(t, options), sources.ErrTooLarge)
			})
		}
		options.MaxFiles = 20
		wantRevision(t, newSource(t, options), hash)
	})
}

// A tree can hold the same folder many times, so that it unfolds to more files
// than anyone can list.
func TestTreeBomb(t *testing.T) {
	r := newRepo(t)
	r.commit(t, file("1"))
	tree := r.git(t, "rev-parse", "HEAD^{tree}")
	for range 30 {
		listing := fmt.Sprintf("040000 tree %s\ta\n040000 tree %s\tb\n", tree, tree)
		tree = r.gitInput(t, listing, "mktree")
	}
	r.git(t, "reset", "-q", "--soft", r.git(t, "commit-tree", "-m", "bomb", tree))
	wantError(t, newSource(t, git.Options{URL: r.dir}), sources.ErrTooLarge)
}

func TestSubmodule(t *testing.T) {
	r := newRepo(t)
	hash := r.commit(t, file("1"))
	r.git(t, "update-index", "--add", "--cacheinfo", "160000,"+hash+",vendor/sub")
	r.git(t, "commit", "-q", "-m", "a submodule")
	snapshot := fetch(t, newSource(t, git.Options{URL: r.dir}))
	if info, err := fs.Stat(snapshot, "vendor/sub"); err != nil || !info.IsDir() {
		t.Errorf("Stat: %v, %v", info, err)
	}
	for _, name := range []string{"vendor/sub", "vendor/sub/a.yaml"} {
		if _, err := fs.ReadDir(snapshot, name); err == nil || !strings.Contains(err.Error(), "submodules are not followed") {
			t.Errorf("ReadDir(%s): %v", name, err)
		}
		if _, err := snapshot.Open(name); err == nil || !strings.Contains(err.Error(), "submodules are not followed") {
			t.Errorf("Open(%s): %v", name, err)
		}
	}
}

// git repacks a local repository when it likes, under our feet.
func TestLocalRepositoryIsRepacked(t *testing.T) {
	r := newRepo(t)
	first := r.commit(t, file("old"))
	source := newSource(t, git.Options{URL: r.dir})
	old := wantRevision(t, source, first)
	second := r.commit(t, file("new"))
	r.git(t, "gc", "-q", "--prune=now")
	if content, err := fs.ReadFile(old, "a.yaml"); err != nil || string(content) != "old" {
		t.Errorf("the old snapshot shows %q, %v", content, err)
	}
	wantRevision(t, source, second)
	r.git(t, "repack", "-q", "-a", "-d")
	wantRevision(t, source, r.commit(t, file("newer")))
	// A commit that has only ever been seen in a pack is found as well.
	packed := r.commit(t, file("packed"))
	r.git(t, "repack", "-q", "-a", "-d")
	if _, err := source.At(t.Context(), packed); err != nil {
		t.Errorf("At a packed commit: %v", err)
	}
	r.git(t, "reset", "-q", "--hard", "HEAD~1")
	// A shared clone has its objects elsewhere.
	shared := filepath.Join(t.TempDir(), "shared")
	r.git(t, "clone", "-q", "--shared", r.dir, shared)
	snapshot := fetch(t, newSource(t, git.Options{URL: shared}))
	if content, err := fs.ReadFile(snapshot, "a.yaml"); err != nil || string(content) != "newer" {
		t.Errorf("the shared clone shows %q, %v", content, err)
	}
}

// A server with a bitmap index knows exactly what a clone should have. It must
// be told that a shallow one lacks what lies behind its boundary, or it leaves
// out a file that comes back from there.
func TestContentFromBehindTheBoundary(t *testing.T) {
	r := newRepo(t)
	options := serveHTTPS(t, r).options()
	options.Cache = t.TempDir()
	old := noise(t)
	r.commit(t, file(old))
	second := r.commit(t, file("2"))
	source := newSource(t, options)
	wantRevision(t, source, second)
	r.commit(t, file("3"))
	r.git(t, "repack", "-q", "-a", "-d", "--write-bitmap-index")
	snapshot := wantRevision(t, source, r.commit(t, file(old)))
	if content, err := fs.ReadFile(snapshot, "a.yaml"); err != nil || string(content) != old {
		t.Errorf("the file holds %d bytes, %v", len(content), err)
	}
	if clones, err := filepath.Glob(filepath.Join(options.Cache, "*", "[0-9]*")); err != nil || len(clones) != 1 {
		t.Errorf("the clone had to be made anew: %v, %v", clones, err)
	}
}
