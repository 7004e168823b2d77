package sourcetest

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/holdfast-dev/holdfast/sources"
)

func testFileSystem(t *testing.T, h Harness) {
	tree := Tree{
		"a.yaml":           {Content: "a: 1\n"},
		"empty":            {},
		"dir/b.yaml":       {Content: "b: 1\n"},
		"dir/deep/er/c":    {Content: "\x00\xff binary"},
		"dir.yaml":         {Content: "sorts between dir and dir/\n"},
		"unicode/größe ☃":  {Content: "snow\n"},
		"dir/deep/link":    {Link: "../b.yaml"},
		"dir/deep/.hidden": {Content: "hidden\n"},
	}
	h.Write(t, tree)
	snapshot := fetch(t, open(t, h, 0))
	names := make([]string, 0, len(tree))
	for name, entry := range tree {
		names = append(names, name)
		if entry.Link == "" {
			wantContent(t, snapshot, name, entry.Content)
		}
	}
	slices.Sort(names) // TestFS looks more closely into the first folder
	if err := fstest.TestFS(snapshot, names...); err != nil {
		t.Error(err)
	}

	entries, err := fs.ReadDir(snapshot, "dir/deep")
	if err != nil {
		t.Fatalf("ReadDir: %v", err)
	}
	var listed []string
	for _, entry := range entries {
		listed = append(listed, entry.Name()+" "+entry.Type().String())
	}
	if want := []string{".hidden ----------", "er d---------", "link L---------"}; !slices.Equal(listed, want) {
		t.Errorf("dir/deep lists %q, want %q", listed, want)
	}
	testStat(t, snapshot)
	testSub(t, snapshot)
}

func testStat(t *testing.T, snapshot sources.Snapshot) {
	info, err := fs.Stat(snapshot, "dir/b.yaml")
	if err != nil {
		t.Fatalf("Stat: %v", err)
	}
	if info.Size() != 5 || info.IsDir() || info.Name() != "b.yaml" || !info.Mode().IsRegular() {
		t.Errorf("Stat of dir/b.yaml: %s", fs.FormatFileInfo(info))
	}
	if info.Mode().Perm()&0o222 != 0 {
		t.Errorf("a snapshot is read-only, but a file has mode %s", info.Mode())
	}
	for _, name := range []string{"none", "dir/none", "none/none", "a.yaml/none"} {
		if _, err := fs.Stat(snapshot, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat of %s: %v, want ErrNotExist", name, err)
		}
		if _, err := snapshot.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open of %s: %v, want ErrNotExist", name, err)
		}
		if _, err := fs.ReadDir(snapshot, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("ReadDir of %s: %v, want ErrNotExist", name, err)
		}
	}
	if _, err := fs.ReadFile(snapshot, "dir"); err == nil {
		t.Error("a folder was read as a file")
	}
	if _, err := fs.ReadDir(snapshot, "a.yaml"); err == nil {
		t.Error("a file was listed as a folder")
	}
}

func testSub(t *testing.T, snapshot sources.Snapshot) {
	sub, err := fs.Sub(snapshot, "dir")
	if err != nil {
		t.Fatalf("Sub: %v", err)
	}
	wantContent(t, sub, "b.yaml", "b: 1\n")
	wantContent(t, sub, "deep/link", "b: 1\n")
	var walked []string
	err = fs.WalkDir(sub, ".", func(name string, _ fs.DirEntry, err error) error {
		walked = append(walked, name)
		return err
	})
	if err != nil {
		t.Errorf("WalkDir: %v", err)
	}
	want := []string{".", "b.yaml", "deep", "deep/.hidden", "deep/er", "deep/er/c", "deep/link"}
	if !slices.Equal(walked, want) {
		t.Errorf("WalkDir of dir saw %q, want %q", walked, want)
	}
}

func testInvalidNames(t *testing.T, h Harness) {
	h.Write(t, Tree{"a.yaml": {Content: "a: 1\n"}, "dir/b.yaml": {}})
	snapshot := fetch(t, open(t, h, 0))
	for _, name := range []string{"", "/a.yaml", "../a.yaml", "dir/../a.yaml", "./a.yaml", "a.yaml/", "/etc/passwd", "../../../../etc/passwd"} {
		file, err := snapshot.Open(name)
		if err == nil {
			file.Close()
			t.Errorf("Open(%q) succeeded", name)
		}
		if _, err := fs.Stat(snapshot, name); err == nil {
			t.Errorf("Stat(%q) succeeded", name)
		}
		if _, err := fs.ReadFile(snapshot, name); err == nil {
			t.Errorf("ReadFile(%q) succeeded", name)
		}
	}
}

func testLinksInside(t *testing.T, h Harness) {
	h.Write(t, Tree{
		"base/a.yaml":      {Content: "a: 1\n"},
		"over/file":        {Link: "../base/a.yaml"},
		"over/folder":      {Link: "../base"},
		"over/chain":       {Link: "file"},
		"over/through":     {Link: "folder/a.yaml"},
		"over/self":        {Link: "."},
		"over/round/about": {Link: "../../over/../base/./a.yaml"},
		"over/dangling":    {Link: "../base/none"},
	})
	snapshot := fetch(t, open(t, h, 0))
	for _, name := range []string{"over/file", "over/folder/a.yaml", "over/chain", "over/through", "over/self/file", "over/round/about"} {
		wantContent(t, snapshot, name, "a: 1\n")
		if info, err := fs.Stat(snapshot, name); err != nil || !info.Mode().IsRegular() {
			t.Errorf("Stat of %s does not follow the link: %v, %v", name, info, err)
		}
	}
	entries, err := fs.ReadDir(snapshot, "over/folder")
	if err != nil || len(entries) != 1 || entries[0].Name() != "a.yaml" {
		t.Errorf("ReadDir through a link: %v, %v", entries, err)
	}
	if _, err := fs.ReadFile(snapshot, "over/dangling"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a dangling link: %v, want ErrNotExist", err)
	}
}

func testLinksOutside(t *testing.T, h Harness) {
	h.Write(t, Tree{
		"good.yaml":         {Content: "good\n"},
		"absolute":          {Link: "/etc/passwd"},
		"dir/up":            {Link: "../../../../../../../../../../etc/passwd"},
		"dir/just":          {Link: "../.."},
		"dir/out":           {Link: "../../good.yaml"},
		"folder":            {Link: "/etc"},
		"dir/hop":           {Link: "../absolute"},
		"dir/inside/sneaky": {Link: "../../dir/../../etc/passwd"},
		"dir/back":          {Link: "../../" + "x/../good.yaml"},
	})
	// One bad link holds only what reads it, so the fetch itself succeeds.
	snapshot := fetch(t, open(t, h, 0))
	wantContent(t, snapshot, "good.yaml", "good\n")
	outside := []string{
		"absolute", "dir/up", "dir/just", "dir/just/etc/passwd", "dir/out", "folder", "folder/passwd",
		"dir/hop", "dir/inside/sneaky", "dir/back",
	}
	for _, name := range outside {
		wantRefused(t, snapshot, name, sources.ErrEscapes)
	}
	sub, err := fs.Sub(snapshot, "dir")
	if err != nil {
		t.Fatalf("Sub: %v", err)
	}
	wantRefused(t, sub, "up", sources.ErrEscapes)
}

func testLinkLoop(t *testing.T, h Harness) {
	h.Write(t, Tree{
		"good.yaml": {Content: "good\n"},
		"self":      {Link: "self"},
		"a":         {Link: "b"},
		"b":         {Link: "c/x"},
		"c":         {Link: "a"},
		"d/longer":  {Link: "longer/longer"},
	})
	snapshot := fetch(t, open(t, h, 0))
	wantContent(t, snapshot, "good.yaml", "good\n")
	for _, name := range []string{"self", "a", "b", "c", "self/x", "d/longer"} {
		wantRefused(t, snapshot, name, nil)
	}
}

func testTooLarge(t *testing.T, h Harness) {
	const limit = 1000
	h.Write(t, Tree{
		"exact": {Content: strings.Repeat("x", limit)},
		"over":  {Content: strings.Repeat("x", limit+1)},
		"far":   {Content: strings.Repeat("x", 100*limit)},
		"link":  {Link: "far"},
	})
	// A large file holds only what reads it, so the fetch itself succeeds.
	snapshot := fetch(t, open(t, h, limit))
	wantContent(t, snapshot, "exact", strings.Repeat("x", limit))
	for _, name := range []string{"over", "far", "link"} {
		content, err := fs.ReadFile(snapshot, name)
		if !errors.Is(err, sources.ErrTooLarge) || len(content) > limit {
			t.Errorf("reading %s: %d bytes, %v; want ErrTooLarge", name, len(content), err)
		}
		wantRefusedOpen(t, snapshot, name, sources.ErrTooLarge)
	}
}

// wantRefused checks that no way of reading name yields anything. With target
// nil any error will do.
func wantRefused(t *testing.T, fsys fs.FS, name string, target error) {
	t.Helper()
	if content, err := fs.ReadFile(fsys, name); !refused(err, target) || len(content) > 0 {
		t.Errorf("ReadFile(%s) = %q, %v; want %v", name, content, err, target)
	}
	if info, err := fs.Stat(fsys, name); !refused(err, target) {
		t.Errorf("Stat(%s) = %v, %v; want %v", name, info, err, target)
	}
	if entries, err := fs.ReadDir(fsys, name); !refused(err, target) || len(entries) > 0 {
		t.Errorf("ReadDir(%s) = %v, %v; want %v", name, entries, err, target)
	}
	wantRefusedOpen(t, fsys, name, target)
}

// wantRefusedOpen allows the error to come with the first read.
func wantRefusedOpen(t *testing.T, fsys fs.FS, name string, target error) {
	t.Helper()
	file, err := fsys.Open(name)
	if err != nil {
		if !refused(err, target) {
			t.Errorf("Open(%s): %v; want %v", name, err, target)
		}
		return
	}
	defer file.Close()
	if content, err := io.ReadAll(file); !refused(err, target) {
		t.Errorf("Open and read of %s = %d bytes, %v; want %v", name, len(content), err, target)
	}
}

func refused(err, target error) bool {
	return err != nil && (target == nil || errors.Is(err, target))
}
