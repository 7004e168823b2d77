package dir

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// kept is Sums in a map.
type kept map[[32]byte][]byte

func (k kept) Get(key [32]byte) ([]byte, bool) { v, ok := k[key]; return v, ok }
func (k kept) Put(key [32]byte, value []byte)  { k[key] = value }

// folderOf is one with a file, and what its one line of a record says.
func folderOf(t *testing.T, content string) (dir string, info func() fs.FileInfo) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("nothing is remembered on this system")
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, func() fs.FileInfo {
		info, err := os.Lstat(filepath.Join(dir, "a.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
}

// remember has keep hold that the folder's file, as it is now, had the content.
func remember(t *testing.T, keep Sums, dir, content string, info fs.FileInfo) {
	t.Helper()
	k := remembered(keep, dir)
	k.until = time.Now().Add(time.Hour) // as if it had been lying there for long
	k.note("a.yaml", info, sha256.Sum256([]byte(content)))
	k.save()
}

func revision(t *testing.T, dir string, keep Sums) string {
	t.Helper()
	source, err := New(Options{Path: dir, Sums: keep})
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := source.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Revision().ID
}

// What is remembered counts as long as the file was not touched: here it is
// told apart from what the file holds, to see which of the two is used.
func TestFilesThatWereNotTouchedAreNotReadAgain(t *testing.T) {
	t.Parallel()
	dir, info := folderOf(t, "a: 1\n")
	other, _ := folderOf(t, "a: 2\n")
	keep := kept{}
	remember(t, keep, dir, "a: 2\n", info())
	if got, want := revision(t, dir, keep), revision(t, other, nil); got != want {
		t.Errorf("revision %s, want %s of what is remembered", got, want)
	}
}

func TestFilesThatWereTouchedAreReadAgain(t *testing.T) {
	t.Parallel()
	for name, touch := range map[string]func(file string, was fs.FileInfo) error{
		"written, with the time and size of before": func(file string, was fs.FileInfo) error {
			if err := os.WriteFile(file, []byte("a: 3\n"), 0o644); err != nil {
				return err
			}
			return os.Chtimes(file, was.ModTime(), was.ModTime())
		},
		"another one in its place": func(file string, was fs.FileInfo) error {
			if err := os.WriteFile(file+".new", []byte("a: 3\n"), 0o644); err != nil {
				return err
			}
			if err := os.Chtimes(file+".new", was.ModTime(), was.ModTime()); err != nil {
				return err
			}
			return os.Rename(file+".new", file)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, info := folderOf(t, "a: 1\n")
			keep := kept{}
			remember(t, keep, dir, "a: 1\n", info())
			time.Sleep(20 * time.Millisecond) // a tick of the clock that files are stamped with
			if err := touch(filepath.Join(dir, "a.yaml"), info()); err != nil {
				t.Fatal(err)
			}
			if got, want := revision(t, dir, keep), revision(t, dir, nil); got != want {
				t.Errorf("revision %s, want %s", got, want)
			}
		})
	}
}

// A file that was written just now may be written again within the same tick.
func TestFreshFilesAreNotRemembered(t *testing.T) {
	t.Parallel()
	dir, info := folderOf(t, "a: 1\n")
	keep := kept{}
	revision(t, dir, keep)
	if _, found := remembered(keep, dir).sum("a.yaml", info()); found {
		t.Error("a file of this moment is remembered")
	}
	remember(t, keep, dir, "a: 1\n", info())
	if _, found := remembered(keep, dir).sum("a.yaml", info()); !found {
		t.Error("a file that lay there for long is not remembered")
	}
}

func TestNothingIsWrittenWhereNothingChanged(t *testing.T) {
	t.Parallel()
	dir, info := folderOf(t, "a: 1\n")
	keep := kept{}
	remember(t, keep, dir, "a: 1\n", info())
	before := maps.Clone(keep)
	put := &puts{Sums: keep}
	revision(t, dir, put)
	if put.count > 0 || len(before) != len(keep) {
		t.Errorf("%d records were written", put.count)
	}
}

type puts struct {
	Sums
	count int
}

func (p *puts) Put([32]byte, []byte) { p.count++ }

// Whatever is kept, a folder is read, and read as it is unless a whole record says otherwise.
func FuzzRemembered(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 6, 'a', '.', 'y', 'a', 'm', 'l', 0, 0})
	f.Fuzz(func(t *testing.T, record []byte) {
		dir, _ := folderOf(t, "a: 1\n")
		keep := kept{}
		keep[remembered(keep, dir).key] = record
		if got, want := revision(t, dir, keep), revision(t, dir, nil); got != want {
			t.Errorf("revision %s, want %s", got, want)
		}
	})
}
