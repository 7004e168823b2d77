package git_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/git"
	"github.com/holdfast-dev/holdfast/sources/sourcetest"
)

// git refuses to write such trees, but nothing stops a server from sending them.
func TestHostileTrees(t *testing.T) {
	r := newRepo(t)
	r.commit(t, file("1"))
	blob := r.git(t, "rev-parse", "HEAD:a.yaml")
	tree := r.git(t, "rev-parse", "HEAD^{tree}")
	raw := func(hash string) string {
		decoded, err := hex.DecodeString(hash)
		if err != nil {
			t.Fatal(err)
		}
		return string(decoded)
	}
	trees := map[string]string{
		"parent folder":   "40000 ..\x00" + raw(tree),
		"own folder":      "40000 .\x00" + raw(tree),
		"a path":          "100644 a/b\x00" + raw(blob),
		"an absolute one": "100644 /etc/passwd\x00" + raw(blob),
		"no name":         "100644 \x00" + raw(blob),
		"a name twice":    "100644 a\x00" + raw(blob) + "100644 a\x00" + raw(blob),
		"file and folder": "100644 a\x00" + raw(blob) + "40000 a\x00" + raw(tree),
		"a missing blob":  "100644 a\x00" + strings.Repeat("x", 20),
		"a missing tree":  "40000 a\x00" + strings.Repeat("x", 20),
		"blob as folder":  "40000 a\x00" + raw(blob),
		"cut off":         "100644 a\x00short",
	}
	for name, content := range trees {
		t.Run(name, func(t *testing.T) {
			hash := r.gitInput(t, content, "hash-object", "-w", "-t", "tree", "--literally", "--stdin")
			commit := r.git(t, "commit-tree", "-m", "hostile", hash)
			wantError(t, newSource(t, git.Options{URL: r.dir, Commit: commit}), nil)
		})
	}
}

// An object that was put under another's name is noticed, whatever its size.
func TestSwappedObjects(t *testing.T) {
	r := newRepo(t)
	r.commit(t, sourcetest.Tree{"good": {Content: "deny\n"}, "evil": {Content: "okay\n"}})
	object := func(name string) string {
		hash := r.git(t, "rev-parse", "HEAD:"+name)
		return filepath.Join(r.dir, ".git", "objects", hash[:2], hash[2:])
	}
	snapshot := fetch(t, newSource(t, git.Options{URL: r.dir}))
	if err := os.Remove(object("good")); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(object("evil"), object("good")); err != nil {
		t.Fatal(err)
	}
	if content, err := fs.ReadFile(snapshot, "good"); err == nil {
		t.Errorf("it holds %q", content)
	}
}

// Whatever links there are, a path leads to what the kernel finds in a
// checkout of the same tree, confined to it, or to an error.
func TestLinksAsTheKernelDoes(t *testing.T) {
	r := newRepo(t)
	names := []string{"a", "b", "d/a", "d/b", "d/e/a", "d/e/b"}
	rapid.Check(t, func(rt *rapid.T) {
		tree := sourcetest.Tree{"f": {Content: "f"}, "d/f": {Content: "d/f"}, "d/e/f": {Content: "d/e/f"}}
		step := rapid.SampledFrom([]string{"..", "..", ".", "a", "b", "d", "e", "f"})
		for _, name := range names {
			target := strings.Join(rapid.SliceOfN(step, 1, 4).Draw(rt, name), "/")
			tree[name] = sourcetest.Entry{Link: target}
		}
		r.commit(t, tree)
		snapshot := fetch(t, newSource(t, git.Options{URL: r.dir, AllowRewrites: true}))
		root, err := os.OpenRoot(r.dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		for _, name := range slices.Concat(names, []string{"a/f", "d/a/f", "d/b/e/f", "d/e/a/b"}) {
			want, wantErr := root.ReadFile(name)
			got, gotErr := fs.ReadFile(snapshot, name)
			if (wantErr == nil) != (gotErr == nil) || string(want) != string(got) {
				rt.Fatalf("%s: %q, %v; the kernel has %q, %v; %v", name, got, gotErr, want, wantErr, tree)
			}
			escapes := wantErr != nil && strings.Contains(wantErr.Error(), "escapes")
			if escapes != errors.Is(gotErr, sources.ErrEscapes) {
				rt.Fatalf("%s: %v; the kernel has %v; %v", name, gotErr, wantErr, tree)
			}
		}
	})
}

func TestSSHAgent(t *testing.T) {
	r := newRepo(t)
	server := serveSSH(t, r)
	hash := r.commit(t, file("1"))
	pem, err := os.ReadFile(server.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParseRawPrivateKey(pem)
	if err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, conn) }()
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", socket)
	wantRevision(t, newSource(t, git.Options{URL: server.url, Auth: git.Auth{KnownHostsFile: server.knownHosts}}), hash)
}

// BenchmarkFetch reads a tree of 10,000 files for the first time, and again
// after one of them changed.
func BenchmarkFetch(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "infra")
	r := &repo{dir: dir, env: append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=a@example.com")}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	r.git(b, "init", "-q", "-b", "main")
	r.git(b, "config", "gc.auto", "0")
	tree := sourcetest.Tree{}
	for i := range 10_000 {
		tree[fmt.Sprintf("%d/%d.yaml", i/100, i)] = sourcetest.Entry{Content: strings.Repeat(fmt.Sprintf("key%d: value\n", i), 150)}
	}
	r.commit(b, tree)
	r.git(b, "gc", "-q")
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			source, err := git.New(git.Options{URL: dir})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := source.Fetch(b.Context()); err != nil {
				b.Fatal(err)
			}
			source.Close()
		}
	})
	b.Run("all files", func(b *testing.B) {
		source, err := git.New(git.Options{URL: dir})
		if err != nil {
			b.Fatal(err)
		}
		defer source.Close()
		snapshot, err := source.Fetch(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			err := fs.WalkDir(snapshot, ".", func(path string, entry fs.DirEntry, err error) error {
				if err == nil && !entry.IsDir() {
					_, err = fs.ReadFile(snapshot, path)
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
