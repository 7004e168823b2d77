package git

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/holdfast-dev/holdfast/sources"
)

const (
	// maxLinks is how many symbolic links one path may pass through; Linux has the same.
	maxLinks = 40
	// maxLinkTarget bounds what is read of a link, in bytes.
	maxLinkTarget = 4096
)

var (
	errLoop     = errors.New("too many symbolic links, as in a loop of them")
	errIsDir    = errors.New("is a directory")
	errNotDir   = errors.New("not a directory")
	errNoFollow = errors.New("is a Git submodule, and submodules are not followed; " +
		"copy its files into the repository or leave the folder out of the target's path")
)

// snapshot is the tree of one commit. Folders are in memory, files are read
// when they are opened.
type snapshot struct {
	store       *store
	root        *node
	nodes       map[plumbing.Hash]*node
	revision    sources.Revision
	maxFileSize int64
}

var (
	_ sources.Snapshot = (*snapshot)(nil)
	_ fs.ReadDirFS     = (*snapshot)(nil)
	_ fs.StatFS        = (*snapshot)(nil)
	_ fs.ReadFileFS    = (*snapshot)(nil)
	_ fs.ReadLinkFS    = (*snapshot)(nil)
)

func (s *snapshot) Revision() sources.Revision { return s.revision }

// Open reads the file whole, so that a read from what it gives cannot fail.
func (s *snapshot) Open(name string) (fs.File, error) {
	e, err := s.resolve("open", name)
	if err != nil {
		return nil, err
	}
	info := fileInfo{entry: e, modified: s.revision.Time}
	if e.mode.IsDir() {
		list, err := s.list("open", name, e)
		if err != nil {
			return nil, err
		}
		return &openDir{name: name, info: info, entries: list}, nil
	}
	content, err := s.content("open", name, e)
	if err != nil {
		return nil, err
	}
	return &openFile{info: info, Reader: bytes.NewReader(content)}, nil
}

func (s *snapshot) ReadFile(name string) ([]byte, error) {
	e, err := s.resolve("read", name)
	if err != nil {
		return nil, err
	}
	if e.mode.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIsDir}
	}
	return s.content("read", name, e)
}

// Digest implements sources.Digester: it is the blob's hash.
func (s *snapshot) Digest(name string) (string, bool) {
	e, err := s.resolve("digest", name)
	if err != nil || !e.mode.IsRegular() {
		return "", false
	}
	return e.hash.String(), true
}

func (s *snapshot) Stat(name string) (fs.FileInfo, error) {
	e, err := s.resolve("stat", name)
	if err != nil {
		return nil, err
	}
	return fileInfo{entry: e, modified: s.revision.Time}, nil
}

func (s *snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := s.resolve("readdir", name)
	if err != nil {
		return nil, err
	}
	return s.list("readdir", name, e)
}

func (s *snapshot) list(op, name string, e entry) ([]fs.DirEntry, error) {
	if e.submodule {
		return nil, &fs.PathError{Op: op, Path: name, Err: errNoFollow}
	}
	if e.dir == nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: errNotDir}
	}
	list := make([]fs.DirEntry, len(e.dir.entries))
	for i, child := range e.dir.entries {
		list[i] = fs.FileInfoToDirEntry(fileInfo{entry: child, modified: s.revision.Time})
	}
	return list, nil
}

func (s *snapshot) content(op, name string, e entry) ([]byte, error) {
	if e.size > s.maxFileSize {
		return nil, &fs.PathError{Op: op, Path: name,
			Err: fmt.Errorf("%d bytes, the limit is %d: %w", e.size, s.maxFileSize, sources.ErrTooLarge)}
	}
	content, err := s.blob(e.hash, e.size)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return content, nil
}

func (s *snapshot) blob(hash plumbing.Hash, limit int64) ([]byte, error) {
	raw, err := s.store.raw(plumbing.BlobObject, hash, limit)
	if err != nil {
		return nil, err
	}
	reader, err := raw.Reader()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}

// resolve finds what name stands for and follows symbolic links, each step of
// the way, as long as they stay inside the tree.
func (s *snapshot) resolve(op, name string) (entry, error) {
	if !fs.ValidPath(name) {
		return entry{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	e, err := s.walk(name, true)
	if err != nil {
		return entry{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	e.name = path.Base(name)
	return e, nil
}

// Lstat describes a symbolic link itself.
func (s *snapshot) Lstat(name string) (fs.FileInfo, error) {
	e, err := s.link("lstat", name)
	if err != nil {
		return nil, err
	}
	return fileInfo{entry: e, modified: s.revision.Time}, nil
}

// ReadLink is what a symbolic link says, wherever that leads.
func (s *snapshot) ReadLink(name string) (string, error) {
	e, err := s.link("readlink", name)
	if err != nil {
		return "", err
	}
	if e.mode.Type() != fs.ModeSymlink || e.size > maxLinkTarget {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := s.blob(e.hash, e.size)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(target), nil
}

// link finds what name stands for, without following it if it is a link.
func (s *snapshot) link(op, name string) (entry, error) {
	if !fs.ValidPath(name) {
		return entry{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	e, err := s.walk(name, false)
	if err != nil {
		return entry{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return e, nil
}

// walk goes to name step by step. A link in the last step is followed if
// follow is set, those before it always.
func (s *snapshot) walk(name string, follow bool) (entry, error) {
	// above is the way from the root to the folder that steps goes on from.
	above := []entry{{name: ".", mode: fs.ModeDir | 0o555, dir: s.root}}
	steps := strings.Split(name, "/")
	links := 0
	for len(steps) > 0 {
		here := above[len(above)-1]
		step := steps[0]
		steps = steps[1:]
		switch {
		case here.submodule:
			return entry{}, fmt.Errorf("%s %w", here.name, errNoFollow)
		case here.dir == nil:
			return entry{}, fs.ErrNotExist
		case step == "" || step == ".":
			continue
		case step == "..":
			if len(above) == 1 {
				return entry{}, fmt.Errorf("a symbolic link %w", sources.ErrEscapes)
			}
			above = above[:len(above)-1]
			continue
		}
		next, found := here.dir.find(step)
		if !found {
			return entry{}, fs.ErrNotExist
		}
		if next.mode.Type() != fs.ModeSymlink || !follow && len(steps) == 0 {
			above = append(above, next)
			continue
		}
		if links++; links > maxLinks {
			return entry{}, errLoop
		}
		target, err := s.target(next)
		if err != nil {
			return entry{}, err
		}
		steps = append(strings.Split(target, "/"), steps...)
	}
	return above[len(above)-1], nil
}

// target is what a symbolic link points to.
func (s *snapshot) target(link entry) (string, error) {
	if link.size > maxLinkTarget {
		return "", fmt.Errorf("the symbolic link %s: %w", link.name, sources.ErrTooLarge)
	}
	content, err := s.blob(link.hash, link.size)
	if err != nil {
		return "", err
	}
	target := string(content)
	if target == "" {
		return "", fmt.Errorf("the symbolic link %s is empty: %w", link.name, fs.ErrNotExist)
	}
	if path.IsAbs(target) {
		return "", fmt.Errorf("the symbolic link %s, to %q, %w", link.name, target, sources.ErrEscapes)
	}
	return target, nil
}

// fileInfo describes an entry. Git keeps no times of files, so all of them
// have the commit's.
type fileInfo struct {
	entry    entry
	modified time.Time
}

func (i fileInfo) Name() string       { return i.entry.name }
func (i fileInfo) Size() int64        { return i.entry.size }
func (i fileInfo) Mode() fs.FileMode  { return i.entry.mode }
func (i fileInfo) ModTime() time.Time { return i.modified }
func (i fileInfo) IsDir() bool        { return i.entry.mode.IsDir() }
func (i fileInfo) Sys() any           { return nil }

type openFile struct {
	info fileInfo
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

type openDir struct {
	name    string
	info    fileInfo
	entries []fs.DirEntry // those not yet read
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errIsDir}
}

func (d *openDir) ReadDir(count int) ([]fs.DirEntry, error) {
	if count <= 0 {
		all := d.entries
		d.entries = nil
		return all, nil
	}
	if len(d.entries) == 0 {
		return nil, io.EOF
	}
	count = min(count, len(d.entries))
	part := d.entries[:count]
	d.entries = d.entries[count:]
	return part, nil
}
