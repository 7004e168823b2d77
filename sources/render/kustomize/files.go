package kustomize

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// top is where the library finds the tree: unlike any folder that a source has,
// so that it can be taken out of the library's messages. The tree is depth levels
// below it, as there may be something under names that begin with ../
const (
	top   = "/-holdfast-source-"
	depth = 50
)

var errReadOnly = errors.New("a source is only read")

// files are the tree as the library sees it: read-only, and of its files only
// those that the survey knows of. They are used by one build.
type files struct {
	tree  *Tree
	roles map[string]role
	texts map[string][]byte // in place of what the tree holds
	left  int64             // bytes that may still be read
	until time.Time
	wrong []resource.Problem // why files could not be read
}

var _ filesys.FileSystem = (*files)(nil)

// up are the folders between the top and the tree.
func up(count int) string { return strings.Repeat("/-", count) }

// mounted is where the library finds a name.
func mounted(name string) string { return path.Join(top+up(depth), name) }

// name is what the library's path means in the tree.
func name(file string) (string, error) {
	file = path.Clean(file)
	below, inside := strings.CutPrefix(file, top)
	levels := 0
	for inside && levels < depth && strings.HasPrefix(below+"/", up(1)+"/") {
		below, levels = below[len(up(1)):], levels+1
	}
	if !inside || below != "" && below[0] != '/' {
		return "", &fs.PathError{Op: "open", Path: file, Err: fs.ErrNotExist}
	}
	return path.Join(".", strings.Repeat("../", depth-levels), below), nil
}

// real is a name without symbolic links, and what is there. Links that lead out
// of the tree are the file system's to refuse.
func (t *Tree) real(name string) (string, fs.FileInfo, error) {
	info, err := fs.Stat(t.files, name)
	if err != nil {
		return name, nil, err
	}
	links, able := t.files.(fs.ReadLinkFS)
	if !able {
		return name, info, nil
	}
	resolved, rest := ".", name
	for steps := 0; rest != ""; steps++ {
		if steps > maxSteps {
			return name, nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("too many links")}
		}
		var next string
		next, rest, _ = strings.Cut(rest, "/")
		at := path.Join(resolved, next)
		if entry, err := links.Lstat(at); err == nil && entry.Mode()&fs.ModeSymlink != 0 {
			to, err := links.ReadLink(at)
			if err != nil {
				return name, nil, err
			}
			rest = path.Join(resolved, to, rest)
			resolved = "."
			continue
		}
		resolved = at
	}
	return resolved, info, nil
}

// maxSteps bounds the parts of a path and of the links in it.
const maxSteps = 1000

func (f *files) stat(file string) (string, fs.FileInfo, error) {
	within, err := name(file)
	if err != nil {
		return "", nil, err
	}
	return f.tree.real(within)
}

func (f *files) ReadFile(file string) ([]byte, error) {
	if time.Now().After(f.until) {
		return nil, errors.New("the time is up")
	}
	within, err := name(file)
	if err != nil {
		return nil, err
	}
	if text, given := f.texts[within]; given {
		return text, nil
	}
	within, _, err = f.tree.real(within)
	if err != nil || f.roles[within] == 0 {
		return nil, &fs.PathError{Op: "open", Path: file, Err: fs.ErrNotExist}
	}
	data, err := f.tree.options.Read(within)
	if err == nil && f.roles[within] != roleInput {
		err = f.tree.options.Admit(within, data)
	}
	if f.left -= int64(len(data)); err == nil && f.left < 0 {
		err = fmt.Errorf("with this file the build reads more than %d bytes; split it", f.tree.options.Bytes)
	}
	if err != nil {
		f.wrong = append(f.wrong, problemOf(within, err))
		return nil, err
	}
	return data, nil
}

func (f *files) IsDir(file string) bool {
	_, info, err := f.stat(file)
	return err == nil && info.IsDir()
}

func (f *files) Exists(file string) bool {
	within, err := name(file)
	if err != nil {
		return false
	}
	if _, given := f.texts[within]; given {
		return true
	}
	_, _, err = f.tree.real(within)
	return err == nil
}

func (f *files) CleanedAbs(file string) (filesys.ConfirmedDir, string, error) {
	within, info, err := f.stat(file)
	switch {
	case err != nil:
		return "", "", err
	case info.IsDir():
		return filesys.ConfirmedDir(mounted(within)), "", nil
	}
	return filesys.ConfirmedDir(mounted(path.Dir(within))), path.Base(within), nil
}

// The library asks for none of these; that they change nothing is what counts.

func (f *files) ReadDir(string) ([]string, error)     { return nil, errReadOnly }
func (f *files) Glob(string) ([]string, error)        { return nil, errReadOnly }
func (f *files) Walk(string, filepath.WalkFunc) error { return errReadOnly }
func (f *files) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (f *files) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (f *files) Mkdir(string) error                   { return errReadOnly }
func (f *files) MkdirAll(string) error                { return errReadOnly }
func (f *files) RemoveAll(string) error               { return errReadOnly }
func (f *files) WriteFile(string, []byte) error       { return errReadOnly }
