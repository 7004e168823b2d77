package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
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
	content, err := fs.ReadFile(t, name)
	if err != nil {
		return policy.File{}, fmt.Errorf("read %s: %w", t.shown(name), err)
	}
	return policy.File{Name: t.shown(name), Content: content}, nil
}

// onDisk is the tree around a path of this machine, and the path within it. The
// names are shown as the argument was given.
func onDisk(argument string) (tree, string) {
	dir, base := filepath.Split(filepath.Clean(argument))
	if base == "." || base == ".." || base == "" {
		return tree{os.DirFS(argument), func(name string) string { return path.Join(filepath.ToSlash(argument), name) }}, "."
	}
	if dir == "" {
		dir = "."
	}
	return tree{os.DirFS(dir), func(name string) string { return path.Join(filepath.ToSlash(dir), name) }}, base
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

// gatekeeper refuses what a policy folder must not hold without being judged by it.
func refuseGatekeeper(files []policy.File) error {
	var problems resource.Problems
	for _, file := range files {
		for _, group := range []string{"templates.gatekeeper.sh/", "constraints.gatekeeper.sh/"} {
			if strings.Contains(string(file.Content), group) {
				problems = append(problems, resource.Problem{
					Msg:      "Gatekeeper templates and constraints are not supported yet; leave the file out, or write the rule as a Rego policy",
					Location: resource.Location{File: file.Name, Line: 1},
				})
				break
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// under reports whether a slash-separated path is dir or below it.
func under(name, dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
