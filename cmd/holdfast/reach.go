package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
)

// reaching is the snapshot of a folder that also serves what is around it, as
// far as the checkout goes, under names that begin with ../ : the modules that
// a Terraform module calls may be there, and the bases of a kustomization.
type reaching struct {
	sources.Snapshot
	around rooted
	prefix string // of the folder within the checkout
}

// inCheckout lets a snapshot of a folder reach as far as its Git checkout.
func inCheckout(snapshot sources.Snapshot, folder string) sources.Snapshot {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return snapshot
	}
	for top := absolute; ; top = filepath.Dir(top) {
		if _, err := os.Lstat(filepath.Join(top, ".git")); err == nil {
			prefix, err := filepath.Rel(top, absolute)
			if err != nil || prefix == "." {
				return snapshot
			}
			return reaching{snapshot, rooted(top), filepath.ToSlash(prefix)}
		}
		if top == filepath.Dir(top) {
			return snapshot
		}
	}
}

// outside is the name within the checkout of what is not in the folder itself.
func (r reaching) outside(name string) (string, bool) { return outside(r.prefix, name) }

func outside(prefix, name string) (string, bool) {
	if name != ".." && !strings.HasPrefix(name, "../") {
		return "", false
	}
	return path.Join(prefix, name), true
}

func (r reaching) Open(name string) (fs.File, error) {
	if around, out := r.outside(name); out {
		if !fs.ValidPath(around) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: sources.ErrEscapes}
		}
		return r.around.Open(around)
	}
	return r.Snapshot.Open(name)
}

func (r reaching) Stat(name string) (fs.FileInfo, error) {
	if _, out := r.outside(name); out {
		file, err := r.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return file.Stat()
	}
	return fs.Stat(r.Snapshot, name)
}

func (r reaching) ReadDir(name string) ([]fs.DirEntry, error) {
	around, out := r.outside(name)
	switch {
	case !out:
		return fs.ReadDir(r.Snapshot, name)
	case !fs.ValidPath(around):
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: sources.ErrEscapes}
	}
	return fs.ReadDir(r.around, around)
}

func (r reaching) ReadFile(name string) ([]byte, error) {
	if _, out := r.outside(name); out {
		return inSource(r).contentOf(name)
	}
	return fs.ReadFile(r.Snapshot, name)
}

// Digest implements sources.Digester for the folder.
func (r reaching) Digest(name string) (string, bool) {
	digester, ok := r.Snapshot.(sources.Digester)
	if _, out := r.outside(name); out || !ok {
		return "", false
	}
	return digester.Digest(name)
}

// isTerraform reports whether a file is Terraform's by its name.
func isTerraform(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")
}

// hasCompany reports whether a file is nothing without others, by its name: a
// Jsonnet file imports some, and modules and kustomizations are made of several.
func hasCompany(name string) bool {
	return filepath.Ext(name) == ".jsonnet" || isTerraform(name) || kustomize.IsName(name)
}
