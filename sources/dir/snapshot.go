package dir

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/holdfast-dev/holdfast/sources"
)

// snapshot is the folder as it was read. What is listed comes from memory;
// contents are read from the folder and compared with what was hashed.
type snapshot struct {
	tree     *node
	revision sources.Revision
	// root is the folder, opened when it is first read from. It is closed when
	// nobody holds the snapshot any more.
	root func() (*os.Root, error)
}

func (s *Source) snapshot(tree *node) *snapshot {
	return &snapshot{tree: tree, revision: sources.Revision{ID: digest(tree)}, root: sync.OnceValues(s.open)}
}

var (
	_ sources.Snapshot = (*snapshot)(nil)
	_ fs.ReadDirFS     = (*snapshot)(nil)
	_ fs.StatFS        = (*snapshot)(nil)
	_ fs.ReadFileFS    = (*snapshot)(nil)
	_ fs.ReadLinkFS    = (*snapshot)(nil)
	_ sources.Digester = (*snapshot)(nil)
)

func (s *snapshot) Revision() sources.Revision { return s.revision }

func (s *snapshot) Open(name string) (fs.File, error) {
	n, place, err := s.resolve(name, true)
	if err != nil {
		return nil, failed("open", name, err)
	}
	info := fileInfo{n, path.Base(name)}
	if n.mode.IsDir() {
		return &folder{info: info, name: name, rest: entries(n)}, nil
	}
	content, err := s.content(n, place)
	if err != nil {
		return nil, failed("open", name, err)
	}
	return &file{info: info, Reader: bytes.NewReader(content)}, nil
}

func (s *snapshot) Stat(name string) (fs.FileInfo, error) {
	n, _, err := s.resolve(name, true)
	if err != nil {
		return nil, failed("stat", name, err)
	}
	return fileInfo{n, path.Base(name)}, nil
}

// Lstat does not follow a link at the end of name.
func (s *snapshot) Lstat(name string) (fs.FileInfo, error) {
	n, _, err := s.resolve(name, false)
	if err != nil {
		return nil, failed("lstat", name, err)
	}
	return fileInfo{n, path.Base(name)}, nil
}

// ReadLink is the target of a link as it is written.
func (s *snapshot) ReadLink(name string) (string, error) {
	n, _, err := s.resolve(name, false)
	if err == nil && n.mode.Type() != fs.ModeSymlink {
		err = fs.ErrInvalid
	}
	if err != nil {
		return "", failed("readlink", name, err)
	}
	return n.link, nil
}

func (s *snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	n, _, err := s.resolve(name, true)
	if err == nil && !n.mode.IsDir() {
		err = errors.New("not a directory")
	}
	if err != nil {
		return nil, failed("readdir", name, err)
	}
	return entries(n), nil
}

func (s *snapshot) ReadFile(name string) ([]byte, error) {
	n, place, err := s.resolve(name, true)
	if err == nil && n.mode.IsDir() {
		err = errors.New("is a directory")
	}
	if err != nil {
		return nil, failed("read", name, err)
	}
	content, err := s.content(n, place)
	if err != nil {
		return nil, failed("read", name, err)
	}
	return content, nil
}

// Digest implements sources.Digester: it was taken when the snapshot was.
func (s *snapshot) Digest(name string) (string, bool) {
	n, _, err := s.resolve(name, true)
	if err != nil || n.err != nil || !n.mode.IsRegular() {
		return "", false
	}
	return string(n.sum[:]), true
}

func failed(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// content is what the file held when the snapshot was taken.
func (s *snapshot) content(n *node, place string) ([]byte, error) {
	if n.err != nil {
		return nil, n.err
	}
	root, err := s.root()
	if err != nil {
		return nil, changed(err)
	}
	file, err := root.OpenFile(place, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not wait for its other end
	if err != nil {
		return nil, changed(err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() != n.size {
		return nil, sources.ErrChanged
	}
	content := make([]byte, n.size)
	if _, err := io.ReadFull(file, content); err != nil {
		return nil, changed(err)
	}
	// The time of a file says too little: it is the same for two writes that
	// follow closely, and can be set.
	if sha256.Sum256(content) != n.sum {
		return nil, sources.ErrChanged
	}
	return content, nil
}

// changed is err, or ErrChanged for what a change of the folder brings about:
// since the place was listed and has no links, it is a change where it is gone
// or leads elsewhere. The latter is no error of the system but of os.Root.
func changed(err error) error {
	var system syscall.Errno
	if !errors.As(err, &system) || system == syscall.ENOENT || system == syscall.ENOTDIR || system == syscall.ELOOP {
		return sources.ErrChanged
	}
	return cause(err)
}

// maxLinks is how many symbolic links are followed for one name, as on Linux.
const maxLinks = 40

// resolve follows name, and links on the way, inside the tree; a link at its
// end only if follow is set. Place is the path of the node itself, without links.
func (s *snapshot) resolve(name string, follow bool) (n *node, place string, err error) {
	if !fs.ValidPath(name) {
		return nil, "", fs.ErrInvalid
	}
	way := []*node{s.tree} // from the root to where we are
	todo := strings.Split(name, "/")
	for links := 0; len(todo) > 0; {
		step := todo[0]
		todo = todo[1:]
		here := way[len(way)-1]
		if !here.mode.IsDir() {
			return nil, "", fs.ErrNotExist
		}
		switch step {
		case "", ".":
			continue
		case "..": // only from a link's target
			if len(way) == 1 {
				return nil, "", sources.ErrEscapes
			}
			way = way[:len(way)-1]
			continue
		}
		next := here.child(step)
		if next == nil {
			return nil, "", fs.ErrNotExist
		}
		if next.mode.Type() != fs.ModeSymlink || !follow && len(todo) == 0 {
			way = append(way, next)
			continue
		}
		if links++; links > maxLinks {
			return nil, "", errors.New("too many symbolic links")
		}
		if path.IsAbs(next.link) {
			return nil, "", sources.ErrEscapes
		}
		todo = slices.Concat(strings.Split(next.link, "/"), todo)
	}
	names := make([]string, len(way))
	for i, each := range way {
		names[i] = each.name
	}
	return way[len(way)-1], path.Join(names...), nil
}
