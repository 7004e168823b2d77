package dir

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/holdfast-dev/holdfast/sources"
)

// maxDepth bounds how deeply folders nest.
const maxDepth = 256

// node is an entry of a folder as it was when it was read. It does not change.
type node struct {
	name     string
	mode     fs.FileMode // type, and the permissions without those to write
	size     int64
	modTime  time.Time
	sum      [sha256.Size]byte // of a file's content or a link's target
	link     string            // the target as it is written
	err      error             // why the file cannot be read
	children []*node           // of a folder, sorted by name
}

func (n *node) child(name string) *node {
	i, found := slices.BinarySearchFunc(n.children, name, func(c *node, name string) int {
		return strings.Compare(c.name, name)
	})
	if !found {
		return nil
	}
	return n.children[i]
}

// difference is the path of an entry that is not the same in both trees, as
// far as can be told without reading contents.
func (n *node) difference(other *node, at string) (string, bool) {
	if n.name != other.name || n.mode != other.mode || n.size != other.size || n.link != other.link ||
		!n.modTime.Equal(other.modTime) || len(n.children) != len(other.children) {
		return at, true
	}
	for i, child := range n.children {
		if where, differs := child.difference(other.children[i], path.Join(at, child.name)); differs {
			return where, true
		}
	}
	return "", false
}

// scanner reads a folder into nodes.
type scanner struct {
	options *Options
	content bool   // whether to hash contents
	known   *known // nil for nothing
	files   int
	hash    hash.Hash
	buffer  []byte
}

func (s *Source) scan(ctx context.Context, content bool, known *known) (*node, error) {
	root, err := s.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(".")
	if err != nil {
		return nil, err
	}
	scanner := &scanner{options: &s.options, content: content, known: known, hash: sha256.New(), buffer: make([]byte, 64<<10)}
	tree := newNode(".", info)
	if err := scanner.folder(ctx, root, tree, "."); err != nil {
		return nil, err
	}
	return tree, nil
}

func newNode(name string, info fs.FileInfo) *node {
	n := &node{name: name, mode: info.Mode() &^ 0o222, modTime: info.ModTime()}
	if !n.mode.IsDir() {
		n.size = info.Size()
	}
	return n
}

// folder reads the entries of n. Each error is one of the whole: a folder that
// can be read in part only would look like a smaller one.
func (s *scanner) folder(ctx context.Context, root *os.Root, n *node, at string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if strings.Count(at, "/") >= maxDepth {
		return fmt.Errorf("%s: folders nest more than %d deep: %w", at, maxDepth, sources.ErrTooLarge)
	}
	names, err := list(root)
	if err != nil {
		return s.failed(at, err)
	}
	n.children = make([]*node, 0, len(names))
	for _, name := range names {
		if name == ".git" || at == "." && s.options.Only != "" && name != s.options.Only {
			continue
		}
		child, err := s.entry(ctx, root, name, path.Join(at, name))
		if err != nil {
			return err
		}
		n.children = append(n.children, child)
	}
	return nil
}

func list(root *os.Root) ([]string, error) {
	folder, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

func (s *scanner) entry(ctx context.Context, root *os.Root, name, at string) (*node, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, s.failed(at, err)
	}
	n := newNode(name, info)
	if n.mode.IsDir() {
		sub, err := root.OpenRoot(name)
		if err != nil {
			return nil, s.failed(at, err)
		}
		defer sub.Close()
		return n, s.folder(ctx, sub, n, at)
	}
	if s.files++; s.files > s.options.MaxFiles {
		return nil, fmt.Errorf("more than %d files: %w", s.options.MaxFiles, sources.ErrTooLarge)
	}
	switch {
	case n.mode.Type() == fs.ModeSymlink:
		if n.link, err = root.Readlink(name); err != nil {
			return nil, s.failed(at, err)
		}
		n.sum = sha256.Sum256([]byte(n.link))
	case !n.mode.IsRegular():
		n.err = errors.New("not a regular file")
	case s.content:
		return n, s.file(root, n, info, at)
	}
	return n, nil
}

// file hashes a file's content. One that cannot be read is an error of whoever
// wants to read it, and its size and time stand for its content; so do those of
// one that is too large to be served.
func (s *scanner) file(root *os.Root, n *node, info fs.FileInfo, at string) error {
	var err error
	switch sum, known := s.known.sum(at, info); {
	case n.size > s.options.MaxFileSize:
		err = sources.ErrTooLarge
	case known:
		n.sum = sum
	default:
		if err = s.sum(root, n, info); err == nil {
			s.known.note(at, info, n.sum)
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, sources.ErrTooLarge):
		n.err = cause(err)
		n.sum = sha256.Sum256(fmt.Appendf(nil, "unread %d %d", n.size, n.modTime.UnixNano()))
		return nil
	}
	return s.failed(at, err)
}

func (s *scanner) sum(root *os.Root, n *node, info fs.FileInfo) error {
	file, err := openFile(root, n.name, info)
	if err != nil {
		return err
	}
	defer file.Close()
	s.hash.Reset()
	// Struct hides the reader's other methods, so that the buffer is used.
	read, err := io.CopyBuffer(s.hash, struct{ io.Reader }{io.LimitReader(file, n.size)}, s.buffer)
	if err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if read != n.size || after.Size() != n.size || !after.ModTime().Equal(n.modTime) {
		return sources.ErrChanged
	}
	s.hash.Sum(n.sum[:0])
	return nil
}

// openFile opens the regular file that info was told of, and nothing that has
// taken its place: opening a pipe must not wait for somebody to write to it.
func openFile(root *os.Root, name string, info fs.FileInfo) (*os.File, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && (!opened.Mode().IsRegular() || !os.SameFile(info, opened)) {
		err = sources.ErrChanged
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// failed names the entry. What is gone since it was listed has changed.
func (s *scanner) failed(at string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = sources.ErrChanged
	}
	return fmt.Errorf("%s: %w", at, cause(err))
}

// cause is the error without the path that the system put before it.
func cause(err error) error {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
