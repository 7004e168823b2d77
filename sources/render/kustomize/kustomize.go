// Package kustomize builds kustomizations from a tree of files, with the
// library that the kustomize command is made of. It runs no program, reads
// nothing outside the tree, and fetches nothing: bases that are elsewhere are
// put into the tree by whoever may fetch them.
//
// Start with Tree.Roots and Tree.Build. survey.go reads what a kustomization
// takes in, and refuse.go says what of it is not done here: every name that the
// library would look up somewhere else is refused before it sees it, or leads to
// a base in the tree (remote.go). files.go
// is the file system that the library gets, build.go runs it, and fault.go makes
// problems of its errors. substitute.go fills in variables.
package kustomize

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"sigs.k8s.io/kustomize/api/konfig"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Options say how files are read, and bound what a build may cost.
type Options struct {
	// Read gets a file's content, or says why it cannot be had in the form in
	// which that is shown. It must be safe for concurrent use.
	Read func(name string) ([]byte, error)
	// Admit refuses a manifest that is too much for a parser, or no YAML, with a
	// resource.Problem. It must be safe for concurrent use.
	Admit func(name string, data []byte) error
	// Base puts a Git repository as it is at a commit into the tree, and gives
	// the folder that it is in. An error that wraps sources.ErrAway is nobody's
	// mistake here. nil lets nothing be fetched.
	Base    func(repository, commit string) (folder string, err error)
	Bytes   int64         // that one build may read, 64 MiB by default
	Folders int           // that one build may go into, each as often as it does, 1,000 by default
	Timeout time.Duration // for one build, 30 seconds by default
}

// Tree is a tree of files with kustomizations in it. It is safe for concurrent use.
type Tree struct {
	files   fs.FS
	options Options
	mu      sync.Mutex
	folders map[string]*loading
	roots   []string // folders that are repositories of their own
}

type loading struct {
	once   sync.Once
	folder *folder
}

// New makes a Tree. Names that begin with ../ are looked for too: a file system
// may have them.
func New(files fs.FS, options Options) *Tree {
	options.Bytes = cmp.Or(options.Bytes, 64<<20)
	options.Folders = cmp.Or(options.Folders, 1000)
	options.Timeout = cmp.Or(options.Timeout, 30*time.Second)
	return &Tree{files: files, options: options, folders: map[string]*loading{}}
}

// IsName reports whether a kustomization may be in a file of that name.
func IsName(file string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(file))
}

// Has reports whether a folder has a kustomization. A file of its name that
// says that it is of another API, such as Flux's, is none.
func (t *Tree) Has(folder string) bool { return t.folder(folder) != nil }

// folder is the kustomization in a folder, nil if there is none.
func (t *Tree) folder(name string) *folder {
	t.mu.Lock()
	known := t.folders[name]
	if known == nil {
		known = &loading{}
		t.folders[name] = known
	}
	t.mu.Unlock()
	known.once.Do(func() { known.folder = t.survey(name) })
	return known.folder
}

// Found is what the kustomizations of a selection are and take in.
type Found struct {
	// Roots are the folders that no other kustomization builds on, in order. Of
	// several that build on each other in a circle the first is taken for one.
	Roots []string
	// Parts are components that nobody takes in: they cannot be built alone.
	Parts []string
	// Used are the files that the kustomizations take in, and their own. The
	// value is true for those that hold resources, not patches and the like.
	Used map[string]bool
}

// Look sorts the folders of a selection that have kustomizations.
func (t *Tree) Look(folders []string) Found {
	found := Found{Used: map[string]bool{}}
	below := map[string]bool{} // folders that another one builds on
	reached := map[string]bool{}
	for _, name := range folders {
		t.reach(name, func(f *folder) {
			for _, base := range f.bases {
				if base != f.name {
					below[base] = true
				}
			}
			for file, role := range f.files {
				found.Used[file] = found.Used[file] || role == roleResource
			}
			if len(f.names) > 0 {
				found.Used[f.names[0]] = false
			}
		})
	}
	take := func(name string) {
		t.reach(name, func(f *folder) { reached[f.name] = true })
		if t.folder(name).component {
			found.Parts = append(found.Parts, name)
			return
		}
		found.Roots = append(found.Roots, name)
	}
	for _, name := range folders {
		if !below[name] {
			take(name)
		}
	}
	for _, name := range folders {
		if !reached[name] {
			take(name)
		}
	}
	slices.Sort(found.Roots)
	return found
}

// reach visits a folder and all that it builds on, each once.
func (t *Tree) reach(name string, visit func(*folder)) {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(name string) {
		f := t.folder(name)
		if f == nil || seen[name] {
			return
		}
		seen[name] = true
		visit(f)
		for _, base := range f.bases {
			walk(base)
		}
	}
	walk(name)
}

// RefusedOf is Refused of all that a build begins with.
func (t *Tree) RefusedOf(root Root) []resource.Problem {
	var refused []resource.Problem
	for _, name := range root.folders(t) {
		refused = append(refused, t.Refused(name)...)
	}
	return refused
}

// Refused is why a folder's kustomization, or one that it builds on, is not
// built here, nil if it is.
func (t *Tree) Refused(name string) []resource.Problem {
	var refused []resource.Problem
	t.reach(name, func(f *folder) { refused = append(refused, f.refused...) })
	return refused
}
