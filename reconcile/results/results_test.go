package results_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/reconcile/results"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func options(dir string) results.Options {
	return results.Options{Dir: dir, Name: "/home/ada/infra", Version: "1", Now: day}
}

// fresh opens the store of a folder and wants it to have been read.
func fresh(t testing.TB, opts results.Options) *results.Store {
	t.Helper()
	s := results.Open(opts)
	if s.Notice() != "" {
		t.Fatal(s.Notice())
	}
	return s
}

func save(t testing.TB, s *results.Store) {
	t.Helper()
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func key(text string) results.Key { return sha256.Sum256([]byte(text)) }

func want(t testing.TB, s *results.Store, name, value string) {
	t.Helper()
	if got, ok := s.Get(key(name)); !ok || string(got) != value {
		t.Errorf("%s is %q, %v; want %q", name, got, ok, value)
	}
}

// file is the one store in the folder.
func file(t testing.TB, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the folder holds %q, %v; want one file", found, err)
	}
	return found[0]
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestWhatWasPutIsThereInTheNextRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "holdfast", "results")
	s := results.Open(options(dir))
	if !strings.Contains(s.Notice(), "no results were kept before") {
		t.Errorf("notice: %q", s.Notice())
	}
	if _, ok := s.Get(key("a")); ok {
		t.Error("a store without a file has something")
	}
	s.Put(key("a"), []byte("one"))
	s.Put(key("empty"), nil)
	want(t, s, "a", "one") // within the run too
	save(t, s)

	s = fresh(t, options(dir))
	want(t, s, "a", "one")
	want(t, s, "empty", "")
	s.Put(key("a"), []byte("two"))
	want(t, s, "a", "two")
	save(t, s)
	want(t, fresh(t, options(dir)), "a", "two")
}

// A model of plain maps, one for what is on the disk and one for the run,
// agrees with the store over any number of runs, some of which end unsaved.
func TestStoreAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "results-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		opts := options(dir)
		store, disk, run := results.Open(opts), map[string]string{}, map[string]string{}
		names := rapid.StringMatching(`[a-e]`)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				name, value := names.Draw(t, "name"), rapid.String().Draw(t, "value")
				store.Put(key(name), []byte(value))
				run[name] = value
			},
			"save": func(t *rapid.T) {
				if err := store.Save(t.Context()); err != nil {
					t.Fatal(err)
				}
				disk = maps.Clone(run)
			},
			"next run": func(t *rapid.T) {
				opts.Now = opts.Now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "half days")) * 12 * time.Hour)
				store, run = results.Open(opts), maps.Clone(disk)
			},
			"": func(t *rapid.T) {
				for _, name := range strings.Split("abcde", "") {
					value, have := run[name]
					got, ok := store.Get(key(name))
					if ok != have || string(got) != value {
						t.Fatalf("%s is %q, %v; want %q, %v", name, got, ok, value, have)
					}
				}
			},
		})
	})
}

// What was used stays and what was not goes when not all fits, least lately
// used first.
func TestRoomGoesToWhatWasUsedLast(t *testing.T) {
	opts := options(t.TempDir())
	value := bytes.Repeat([]byte("v"), 1000)
	run := func(number int, use []string, put ...string) *results.Store {
		opts.Now = day.AddDate(0, 0, number)
		s := results.Open(opts)
		for _, name := range use {
			want(t, s, name, string(value))
		}
		for _, name := range put {
			s.Put(key(name), value)
		}
		save(t, s)
		return s
	}
	opts.MaxBytes = 4*(1000+40) + 200 // room for four
	run(1, nil, "a", "b", "c")
	run(2, []string{"a"})
	run(3, []string{"b"})
	run(4, nil, "d", "e") // c was used last in run 1, and there are five
	if info, err := os.Stat(file(t, opts.Dir)); err != nil || info.Size() > opts.MaxBytes {
		t.Fatalf("the file has %d bytes of %d, %v", info.Size(), opts.MaxBytes, err)
	}
	for name, there := range map[string]bool{"a": true, "b": true, "c": false, "d": true, "e": true} {
		if _, ok := fresh(t, opts).Get(key(name)); ok != there {
			t.Errorf("%s is there: %v", name, ok)
		}
	}
	run(5, nil, "f") // then a, used in run 2
	if _, ok := fresh(t, opts).Get(key("a")); ok {
		t.Error("a is still there")
	}
	want(t, fresh(t, opts), "b", string(value))
}

func TestPutBeyondTheLimitIsNotTaken(t *testing.T) {
	opts := options(t.TempDir())
	opts.MaxBytes = 1000
	s := results.Open(opts)
	s.Put(key("big"), make([]byte, 1000))
	if _, ok := s.Get(key("big")); ok {
		t.Error("a value as large as the file was taken")
	}
	for i := range 100 {
		s.Put(key(fmt.Sprint(i)), make([]byte, 10))
	}
	save(t, s)
	if info, err := os.Stat(file(t, opts.Dir)); err != nil || info.Size() > 1000 || info.Size() < 900 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	s = fresh(t, opts)
	for i := range 100 { // the same place again and again
		s.Put(key("0"), fmt.Appendf(nil, "%0500d", i))
		want(t, s, "0", fmt.Sprintf("%0500d", i))
	}
}

func TestNothingIsWrittenWhereNothingChanged(t *testing.T) {
	opts := options(t.TempDir())
	s := results.Open(opts)
	save(t, s)
	if found, _ := filepath.Glob(filepath.Join(opts.Dir, "*")); len(found) > 0 {
		t.Errorf("a run without results left %q", found)
	}
	s.Put(key("a"), []byte("one"))
	save(t, s)
	before := stat(t, opts.Dir)
	save(t, s) // once more in the same run
	s = fresh(t, opts)
	want(t, s, "a", "one")
	s.Put(key("a"), []byte("one")) // found out again, with the same outcome
	save(t, s)
	if !os.SameFile(before, stat(t, opts.Dir)) {
		t.Error("the file was written anew, with nothing to say")
	}
	opts.Now = day.AddDate(0, 0, 1)
	s = fresh(t, opts)
	save(t, s)
	if !os.SameFile(before, stat(t, opts.Dir)) {
		t.Error("the file was written anew on another day, though nothing was used")
	}
	want(t, s, "a", "one")
	save(t, s)
	if os.SameFile(before, stat(t, opts.Dir)) {
		t.Error("that a result was used on another day is not written")
	}
}

func stat(t testing.TB, dir string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(file(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestSecretStaysWithTheStore(t *testing.T) {
	opts := options(t.TempDir())
	s := results.Open(opts)
	secret := bytes.Clone(s.Secret())
	if len(secret) != 32 || bytes.Equal(secret, results.Open(opts).Secret()) || bytes.Equal(secret, make([]byte, 32)) {
		t.Fatalf("two new stores have the secret %x", secret)
	}
	s.Put(key("a"), nil)
	save(t, s)
	for range 3 {
		s = fresh(t, opts)
		if !bytes.Equal(s.Secret(), secret) {
			t.Fatal("the secret changed")
		}
		s.Put(key(fmt.Sprint(secret)), nil)
		save(t, s)
	}
	opts.Version = "2"
	if bytes.Equal(results.Open(opts).Secret(), secret) {
		t.Error("an empty store has the secret of the one before")
	}
}

func TestStoresOfOtherWorkspacesAndVersions(t *testing.T) {
	opts := options(t.TempDir())
	s := results.Open(opts)
	s.Put(key("a"), []byte("one"))
	save(t, s)

	other := opts
	other.Name = "/home/ada/other"
	if _, ok := results.Open(other).Get(key("a")); ok {
		t.Error("another workspace has the result")
	}
	content := read(t, file(t, opts.Dir))
	if bytes.Contains(content, []byte("ada")) || strings.Contains(file(t, opts.Dir), "ada") {
		t.Error("the file tells the workspace's name")
	}
	s = results.Open(other)
	s.Put(key("b"), nil)
	save(t, s)
	moved, err := filepath.Glob(filepath.Join(opts.Dir, "*"))
	if err != nil || len(moved) != 2 {
		t.Fatal(moved, err)
	}
	for _, name := range moved { // each becomes the other's
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s := results.Open(other); !strings.Contains(s.Notice(), "another workspace") {
		t.Errorf("a file under another one's name: %q", s.Notice())
	}

	opts.Version = "2"
	s = results.Open(opts)
	if _, ok := s.Get(key("a")); ok || !strings.Contains(s.Notice(), "another version") {
		t.Errorf("another version has the result, or does not say why not: %q", s.Notice())
	}
	s.Put(key("c"), nil)
	save(t, s)
	if _, ok := fresh(t, opts).Get(key("a")); ok {
		t.Error("a result of another version came back")
	}
}

func TestWithoutAFolder(t *testing.T) {
	opts := options("")
	s := results.Open(opts)
	s.Put(key("a"), []byte("one"))
	want(t, s, "a", "one")
	save(t, s)
	if s.Notice() == "" || len(s.Secret()) != 32 {
		t.Errorf("notice %q, secret %x", s.Notice(), s.Secret())
	}
}

func TestConcurrentUse(t *testing.T) {
	opts := options(t.TempDir())
	s := results.Open(opts)
	for i := range 100 {
		s.Put(key(fmt.Sprint(i)), []byte("old"))
	}
	save(t, s)
	s = fresh(t, opts)
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 200 {
				s.Get(key(fmt.Sprint(i)))
				s.Put(key(fmt.Sprint(i)), fmt.Append(nil, i))
				if i%50 == worker {
					if err := s.Save(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	save(t, s)
	s = fresh(t, opts)
	for i := range 200 {
		want(t, s, fmt.Sprint(i), fmt.Sprint(i))
	}
}
