package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bounds on the files that policies, data, waivers and approvals are read from.
const (
	maxFiles    = 20_000
	maxFileSize = 8 << 20 // bytes
)

// tree is a place that such files are read from, and how its paths are shown.
type tree struct {
	fs.FS
	shown func(name string) string
}

// inSource is a tree whose paths are shown as they are.
func inSource(fsys fs.FS) tree { return tree{fsys, func(name string) string { return name }} }

// collect reads the files at or below the path whose names match; a file named
// outright is read whatever its name.
func (t tree) collect(name string, match func(string) bool) ([]policy.File, error) {
	info, err := fs.Stat(t, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, resource.Problems{{Msg: fmt.Sprintf("%s: no such file or directory", t.shown(name))}}
	} else if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.shown(name), err)
	}
	var files []policy.File
	add := func(name string) error {
		file, err := t.read(name)
		if err == nil {
			files = append(files, file)
		}
		return err
	}
	if !info.IsDir() {
		err := add(name)
		return files, err
	}
	err = fs.WalkDir(t, name, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", t.shown(at), err)
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir() || !match(at):
			return nil
		case len(files) == maxFiles:
			return resource.Problems{{Msg: fmt.Sprintf("%s holds more than %d files", t.shown(name), maxFiles)}}
		}
		return add(at)
	})
	return files, err
}

func (t tree) read(name string) (policy.File, error) {
	info, err := fs.Stat(t, name)
	if err != nil {
		return policy.File{}, fmt.Errorf("read %s: %w", t.shown(name), err)
	}
	if info.Size() > maxFileSize || !info.Mode().IsRegular() {
		return policy.File{}, resource.Problems{{
			Msg:      fmt.Sprintf("not a regular file of at most %d MiB", maxFileSize>>20),
			Location: resource.Location{File: t.shown(name)},
		}}
	}
	content, err := t.contentOf(name)
	if err != nil {
		return policy.File{}, fmt.Errorf("read %s: %w", t.shown(name), err)
	}
	return policy.File{Name: t.shown(name), Content: content}, nil
}

// contentOf holds to the limit also where a file tells no size, or grows.
func (t tree) contentOf(name string) ([]byte, error) {
	file, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err == nil && len(content) > maxFileSize {
		err = sources.ErrTooLarge
	}
	return content, err
}

// onDisk is the tree of a path of this machine, and the path within it. The
// names are shown as the argument was given. A link that is named is followed,
// for whoever named it; the links that are found below stay below.
func onDisk(argument string) (tree, string) {
	if real, err := filepath.EvalSymlinks(argument); err == nil {
		if info, err := os.Stat(real); err == nil && !info.IsDir() {
			return tree{rooted(filepath.Dir(real)), func(string) string { return filepath.ToSlash(filepath.Clean(argument)) }}, filepath.Base(real)
		}
	}
	return tree{rooted(argument), func(name string) string { return path.Join(filepath.ToSlash(argument), name) }}, "."
}

// rooted is a folder of this machine as a tree out of which no link leads.
type rooted string

func (dir rooted) Open(name string) (fs.File, error) {
	if info, err := dir.Stat(name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")} // opening a pipe would wait
	}
	file, err := os.OpenInRoot(string(dir), filepath.FromSlash(name))
	if err != nil {
		return nil, dir.escaped(name, err)
	}
	return file, nil
}

func (dir rooted) Stat(name string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(string(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, dir.escaped(name, err)
	}
	return info, nil
}

// escaped tells what is there, but elsewhere, from what is not there.
func (dir rooted) escaped(name string, err error) error {
	if _, outside := os.Stat(filepath.Join(string(dir), filepath.FromSlash(name))); outside == nil {
		return &fs.PathError{Op: "open", Path: name, Err: sources.ErrEscapes}
	}
	return err
}

// collectAll reads from several paths: absolute ones from this machine, others from the source.
func collectAll(source tree, names []string, match func(string) bool) ([]policy.File, error) {
	var files []policy.File
	for _, name := range names {
		from, within := source, name
		if filepath.IsAbs(name) {
			from, within = onDisk(name)
		}
		found, err := from.collect(within, match)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func isRego(name string) bool {
	return path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
}

func isPolicyTest(name string) bool { return path.Ext(name) == ".rego" }

func isData(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name))
}

// withoutData leaves out the data files that are named outright.
func withoutData(files []policy.File) []policy.File {
	return slices.DeleteFunc(files, func(file policy.File) bool { return isData(file.Name) })
}

// withoutRego leaves out the Rego files that are named outright.
func withoutRego(files []policy.File) []policy.File {
	return slices.DeleteFunc(files, func(file policy.File) bool { return path.Ext(file.Name) == ".rego" })
}

// under reports whether a slash-separated path is dir or below it.
func under(name, dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
