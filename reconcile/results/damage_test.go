package results_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/holdfast-dev/holdfast/reconcile/results"
)

// filled is a folder with a small store, and the file's content.
func filled(t testing.TB) (results.Options, []byte) {
	t.Helper()
	opts := options(t.TempDir())
	s := results.Open(opts)
	for _, name := range []string{"a", "b", "c"} {
		s.Put(key(name), []byte("value of "+name))
	}
	save(t, s)
	return opts, read(t, file(t, opts.Dir))
}

// empty wants a store that was not read, says why, and can be saved again.
func empty(t *testing.T, opts results.Options, why string) {
	t.Helper()
	s := results.Open(opts)
	for _, name := range []string{"a", "b", "c"} {
		if value, ok := s.Get(key(name)); ok {
			t.Fatalf("%s is still there: %q", name, value)
		}
	}
	if s.Notice() == "" || !strings.Contains(s.Notice(), why) {
		t.Fatalf("the notice is %q, want %q", s.Notice(), why)
	}
}

func TestTruncatedAtEachLength(t *testing.T) {
	opts, content := filled(t)
	name := file(t, opts.Dir)
	for length := range content {
		if err := os.Truncate(name, int64(length)); err != nil {
			t.Fatal(err)
		}
		empty(t, opts, "not used")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name, append(bytes.Clone(content), 0), 0o600); err != nil {
		t.Fatal(err)
	}
	empty(t, opts, "checksum")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, fresh(t, opts), "a", "value of a")
}

func TestEachByteFlipped(t *testing.T) {
	opts, content := filled(t)
	name := file(t, opts.Dir)
	for at := range content {
		for _, bit := range []byte{1, 0x80} {
			damaged := bytes.Clone(content)
			damaged[at] ^= bit
			if err := os.WriteFile(name, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			empty(t, opts, "not used")
		}
	}
	s := results.Open(opts) // the last one is damaged
	s.Put(key("a"), []byte("anew"))
	save(t, s)
	want(t, fresh(t, opts), "a", "anew")
}

// The checksum keeps out accidents; what has a right one and yet makes no
// sense is found too.
func TestStructureIsChecked(t *testing.T) {
	const count, index = 8, indexAt
	for why, edit := range map[string]func([]byte){
		"cut off":          func(b []byte) { binary.LittleEndian.PutUint32(b[count:], 1<<31) },
		"no place":         func(b []byte) { binary.LittleEndian.PutUint32(b[index+32:], 1<<31) },
		"has no place":     func(b []byte) { binary.LittleEndian.PutUint32(b[index+40+32:], 1) }, // before the first one's end
		"out of order":     func(b []byte) { clear(b[index+40:][:32]) },
		"without an entry": func(b []byte) { binary.LittleEndian.PutUint32(b[index+2*40+32:], 20) },
	} {
		opts, content := filled(t)
		edit(content)
		if err := os.WriteFile(file(t, opts.Dir), sealed(content), 0o600); err != nil {
			t.Fatal(err)
		}
		empty(t, opts, why)
	}
}

// indexAt is where the index begins in a file.
const indexAt = 8 + 12 + 96

// sealed puts the right checksum under a file's content.
func sealed(content []byte) []byte {
	body := bytes.Clone(content[:max(0, len(content)-sha256.Size)])
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func TestWhatIsNotTheUsersOwnIsNotRead(t *testing.T) {
	t.Run("others may write", func(t *testing.T) {
		for _, mode := range []os.FileMode{0o620, 0o602, 0o666} {
			opts, _ := filled(t)
			if err := os.Chmod(file(t, opts.Dir), mode); err != nil {
				t.Fatal(err)
			}
			empty(t, opts, "others may write to it")
			s := results.Open(opts)
			s.Put(key("a"), []byte("anew"))
			save(t, s)
			if mode := stat(t, opts.Dir).Mode(); mode != 0o600 {
				t.Errorf("mode %04o", mode)
			}
		}
	})
	t.Run("another user's", func(t *testing.T) {
		opts, _ := filled(t)
		if err := os.Chown(file(t, opts.Dir), 12345, -1); err != nil {
			t.Skipf("only root gives files away: %v", err)
		}
		empty(t, opts, "another user")
	})
	t.Run("not a file", func(t *testing.T) {
		opts, content := filled(t)
		name := file(t, opts.Dir)
		elsewhere := filepath.Join(t.TempDir(), "elsewhere")
		if err := os.WriteFile(elsewhere, content, 0o600); err != nil {
			t.Fatal(err)
		}
		for what, put := range map[string]func() error{
			"a link":   func() error { return os.Symlink(elsewhere, name) },
			"a pipe":   func() error { return unix.Mkfifo(name, 0o600) },
			"a folder": func() error { return os.Mkdir(name, 0o700) },
		} {
			if err := os.RemoveAll(name); err != nil {
				t.Fatal(err)
			}
			if err := put(); err != nil {
				t.Fatal(err)
			}
			empty(t, opts, "not used")
			if s := results.Open(opts); what == "a link" {
				s.Put(key("a"), []byte("anew"))
				save(t, s)
				want(t, fresh(t, opts), "a", "anew")
			}
		}
		if !bytes.Equal(read(t, elsewhere), content) {
			t.Error("the file behind the link was written to")
		}
	})
	t.Run("larger than is kept", func(t *testing.T) {
		opts, _ := filled(t)
		opts.MaxBytes = 200
		empty(t, opts, "at most 200 are kept")
	})
}

func TestNewFilesAreTheUsersAlone(t *testing.T) {
	defer unix.Umask(unix.Umask(0))
	opts := options(filepath.Join(t.TempDir(), "a", "b"))
	s := results.Open(opts)
	s.Put(key("a"), nil)
	save(t, s)
	for name, mode := range map[string]os.FileMode{opts.Dir: 0o700, filepath.Dir(opts.Dir): 0o700, file(t, opts.Dir): 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	made, content := filled(f)
	stored := file(f, made.Dir)
	f.Add(content, false)
	f.Add(content, true)
	f.Add(content[:100], true)
	f.Add([]byte{}, true)
	opts := options(f.TempDir())
	name := filepath.Join(opts.Dir, filepath.Base(stored))
	f.Fuzz(func(t *testing.T, content []byte, seal bool) {
		if seal {
			content = sealed(content)
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := results.Open(opts)
		for at := indexAt; at+32 <= len(content); at += 40 {
			s.Get(results.Key(content[at:][:32]))
		}
		s.Put(key("d"), []byte("new"))
		want(t, s, "d", "new")
	})
}
