package host

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
)

// tree is the file system below the target's root. Its paths are absolute in
// style, "/etc/app.conf", and never lead out of the root.
type tree struct {
	root *os.Root
	temp string // what the names of this target's temporary files start with
}

// tree opens the root. It is opened anew for each call, so that a file system
// mounted there in between is seen.
func (d *Driver) tree() (*tree, error) {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, fmt.Errorf("%w: open root %s: %w", drivers.ErrUnreachable, d.root, cause(err))
	}
	return &tree{root: root, temp: tempPrefix + keyedHash(d.key, "temp", d.target)[:12] + "-"}, nil
}

func (t *tree) close() error { return t.root.Close() }

// entry is what stands at a path.
type entry struct {
	kind     string // a type of object
	mode     string // four octal digits
	uid, gid int
	content  []byte // of a file, up to maxContent bytes
	size     int64  // of a file, in bytes
	link     string // where a symbolic link leads
	reason   string // why it is unreadable
	modified time.Time
}

// read looks at a path without following a link that stands there. It is nil
// where nothing does. What cannot be looked at is an entry that says why, so
// that one of them does not hide the others.
func (t *tree) read(name string) *entry {
	info, err := t.root.Lstat(name[1:])
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	if err != nil {
		return &entry{kind: typeUnreadable, reason: cause(err).Error()}
	}
	e := &entry{modified: info.ModTime()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		e.uid, e.gid = int(stat.Uid), int(stat.Gid)
	}
	e.mode = modeText(info.Mode())
	switch {
	case info.Mode().IsRegular():
		e.kind, e.size = typeFile, info.Size()
		e.content, err = t.readContent(name, info)
	case info.IsDir():
		e.kind = typeDirectory
	case info.Mode().Type() == fs.ModeSymlink:
		e.kind = typeSymlink
		e.link, err = t.root.Readlink(name[1:])
	default:
		e.kind = typeSpecial
	}
	if err != nil {
		return &entry{kind: typeUnreadable, reason: cause(err).Error(), modified: info.ModTime()}
	}
	return e
}

// readContent reads the file that info is about, and no other that took its
// place since. A larger one than maxContent is not read.
func (t *tree) readContent(name string, info fs.FileInfo) (content []byte, err error) {
	if info.Size() > maxContent {
		return nil, nil
	}
	file, err := t.root.OpenFile(name[1:], os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	opened, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(info, opened) {
		return nil, drivers.ErrStale
	}
	content, err = io.ReadAll(io.LimitReader(file, maxContent+1))
	if err == nil && len(content) > maxContent {
		err = drivers.ErrStale // it grew while it was read
	}
	return content, err
}

// parent opens the directory that a path is in, and gives the path's last part.
func (t *tree) parent(name string) (*os.Root, string, error) {
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	parent, err := t.root.OpenRoot("." + dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", fmt.Errorf("its parent directory %s does not exist: declare it as a Directory", dir)
	case errors.Is(err, syscall.ENOTDIR):
		return nil, "", fmt.Errorf("its parent %s is not a directory", dir)
	case err != nil:
		return nil, "", fmt.Errorf("open its parent directory %s: %w", dir, cause(err))
	}
	// A link could lead to what the path itself must not name.
	reserved, err := t.root.Stat(reservedDir)
	if err == nil {
		if info, err := parent.Stat("."); err != nil || os.SameFile(info, reserved) {
			return nil, "", errors.Join(fmt.Errorf("%s leads to /%s, which is reserved for holdfast", dir, reservedDir), parent.Close())
		}
	}
	return parent, base, nil
}

// written is what a path is to hold.
type written struct {
	content  func(io.Writer) error // of a file
	mode     string
	uid, gid int
	// ready is asked just before the file takes its place.
	ready func() error
}

// writeFile puts a file at a path in one step: whatever happens, there is the
// old file or the whole new one, on disk when it returns.
func (t *tree) writeFile(parent *os.Root, base string, w written) (err error) {
	temp := t.temp + rand.Text()
	file, err := parent.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return cause(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreAbsent(parent.Remove(temp)))
		}
	}()
	if err := errors.Join(fill(file, w), file.Close()); err != nil {
		return err
	}
	if err := w.ready(); err != nil {
		return err
	}
	if err := parent.Rename(temp, base); err != nil {
		return cause(err)
	}
	return syncDir(parent)
}

// fill writes content, owner and mode, in this order, so that nobody may read
// the content who must not, and a change of owner does not clear the mode's
// upper bits.
func fill(file *os.File, w written) error {
	if err := w.content(file); err != nil {
		return cause(err)
	}
	if err := setOwner(file, w.uid, w.gid); err != nil {
		return err
	}
	if err := file.Chmod(fileMode(w.mode)); err != nil {
		return fmt.Errorf("set its mode to %s: %w", w.mode, cause(err))
	}
	return cause(file.Sync())
}

func setOwner(file *os.File, uid, gid int) error {
	info, err := file.Stat()
	if err != nil {
		return cause(err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) == uid && int(stat.Gid) == gid {
		return nil
	}
	if err := file.Chown(uid, gid); err != nil {
		return fmt.Errorf("set its owner to %d:%d, as user %d: %w", uid, gid, os.Geteuid(), cause(err))
	}
	return nil
}

// writeDirectory makes a directory unless it is there, and sets owner and mode.
func (t *tree) writeDirectory(parent *os.Root, base string, w written) (err error) {
	if err := w.ready(); err != nil {
		return err
	}
	if err := parent.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return cause(err)
	}
	// A link to another directory must not be followed.
	info, err := parent.Lstat(base)
	if err != nil {
		return cause(err)
	}
	file, err := parent.OpenFile(base, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return cause(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if opened, err := file.Stat(); err != nil || !os.SameFile(info, opened) {
		return errors.Join(drivers.ErrStale, err)
	}
	if err := setOwner(file, w.uid, w.gid); err != nil {
		return err
	}
	if err := file.Chmod(fileMode(w.mode)); err != nil {
		return fmt.Errorf("set its mode to %s: %w", w.mode, cause(err))
	}
	if err := file.Sync(); err != nil {
		return cause(err)
	}
	return syncDir(parent)
}

// remove takes away a file or an empty directory, for good when it returns.
func (t *tree) remove(parent *os.Root, base string) error {
	if err := parent.Remove(base); err != nil {
		if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
			return errNotEmpty
		}
		return cause(err)
	}
	return syncDir(parent)
}

var errNotEmpty = errors.New("the directory is not empty: remove or move what is in it")

// sweep removes the temporary files that a killed process left in a directory:
// regular files with this target's own prefix.
func (t *tree) sweep(ctx context.Context, dir string) error {
	file, err := t.root.Open("." + dir)
	if err != nil {
		return ignoreAbsent(err)
	}
	for err == nil && ctx.Err() == nil {
		var entries []fs.DirEntry
		entries, err = file.ReadDir(1024)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), t.temp) && e.Type().IsRegular() {
				err = errors.Join(err, ignoreAbsent(t.root.Remove("."+path.Join(dir, e.Name()))))
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, file.Close())
}

func syncDir(dir *os.Root) error {
	file, err := dir.Open(".")
	if err != nil {
		return cause(err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("sync its directory: %w", cause(err))
	}
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil
	}
	return err
}

// cause is an error without the name of the system call and its path: paths in
// messages are those of the resource.
func cause(err error) error {
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	// The error of os.Root has no name to compare with.
	if err != nil && err.Error() == "path escapes from parent" {
		return errEscapes
	}
	return err
}

var errEscapes = errors.New("a symbolic link on the way leads out of the target's root, or is absolute: declare the path without it")
