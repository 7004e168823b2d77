// Package render turns a folder of a snapshot into resources, and finds the
// line on which a value was written. It reads plain YAML as Kubernetes does,
// and JSON.
//
// The other formats of conftest's users are read as conftest reads them.
//
// Start with Renderer: walk.go says which files are read, parse.go takes them
// apart into documents, content.go turns a document's nodes into values,
// split.go makes resources of them, unseal.go decrypts what SOPS encrypted, and locate.go and excerpt.go go the way
// back from a value to its lines. format.go lists the other formats, and
// foreign.go brings what their parsers give into the form of the two own ones.
package render

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var (
	_ sources.Renderer = (*Renderer)(nil)
	_ sources.Locator  = (*Renderer)(nil)
)

// Options bound what a rendering may cost. A zero field means its default.
type Options struct {
	MaxFileSize  int64 // bytes of one file, 8 MiB by default
	MaxFiles     int   // manifests of one selection, 200,000 by default
	MaxDocuments int   // documents and list items of one file, 10,000 by default
	MaxDepth     int   // levels of nesting, of folders and of values, 100 by default
	// MaxNodes bounds one document after its aliases are expanded, 1,000,000
	// by default. Each value counts as one, and one more for every 64 bytes of
	// its text, so that the bound holds for memory as well.
	MaxNodes int
	// ParseTimeout bounds the reading of one file in a format beside YAML and
	// JSON, 10 seconds by default.
	ParseTimeout time.Duration
	// Keys decrypt what SOPS encrypted, as far as their scopes go.
	Keys []Keys
	// Remotes get charts and bases that are kept elsewhere.
	Remotes Remotes
}

// Renderer reads manifests. It is safe for concurrent use.
type Renderer struct {
	limits Options
	cache  cache
}

// New makes a Renderer.
func New(options Options) *Renderer {
	return &Renderer{limits: Options{
		MaxFileSize:  cmp.Or(options.MaxFileSize, 8<<20),
		MaxFiles:     cmp.Or(options.MaxFiles, 200_000),
		MaxDocuments: cmp.Or(options.MaxDocuments, 10_000),
		MaxDepth:     cmp.Or(options.MaxDepth, 100),
		MaxNodes:     cmp.Or(options.MaxNodes, 1_000_000),
		ParseTimeout: cmp.Or(options.ParseTimeout, 10*time.Second),
		Keys:         options.Keys,
		Remotes:      options.Remotes,
	}}
}

// Render implements sources.Renderer.
func (r *Renderer) Render(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection) (*sources.Rendering, error) {
	var mu sync.Mutex
	files := map[int]sources.FileRendering{}
	rendering, err := r.Each(ctx, snapshot, selection, func(file *sources.File) error {
		read := file.Read()
		for i := range read.Resources {
			read.Resources[i].Document = file.Document
		}
		mu.Lock()
		defer mu.Unlock()
		files[file.Index] = read
		return nil
	})
	if err != nil {
		return nil, err
	}
	for index := range len(files) {
		file := files[index]
		rendering.Resources = append(rendering.Resources, file.Resources...)
		rendering.Skipped = append(rendering.Skipped, file.Skipped...)
		rendering.Problems = append(rendering.Problems, file.Problems...)
	}
	all := make([]*resource.Resource, len(rendering.Resources))
	for i := range rendering.Resources {
		all[i] = &rendering.Resources[i]
	}
	rendering.Duplicates = sources.Duplicates(all)
	return rendering, nil
}

// Each implements sources.Renderer.
func (r *Renderer) Each(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection, visit func(*sources.File) error) (*sources.Rendering, error) {
	found, err := r.walk(ctx, snapshot, selection)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", selection.Path, err)
	}
	visit = without(selection.Build.ExcludeKinds, visit)
	fill := r.fill(snapshot, selection, found)
	modules := r.modules(ctx, snapshot, selection, found, fill)
	group, inner := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(found.files)+len(modules)) {
		group.Go(func() error {
			reader := r.newReader(found.unseal, selection, fill)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(found.files)+len(modules) {
					return nil
				}
				if err := inner.Err(); err != nil {
					return err
				}
				var err error
				if i < len(found.files) {
					err = reader.visit(i, found.files[i], found.terraform, visit)
				} else {
					err = guarded(modules[i-len(found.files)], i, visit)
				}
				if err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("render %s: %w", selection.Path, err)
	}
	found.unseal.snapshot.renameAll(found.skipped, found.problems)
	return &sources.Rendering{Skipped: found.skipped, Problems: found.problems}, nil
}

func (r *Renderer) newReader(unseal *unsealer, selection sources.Selection, fill *filler) *fileReader {
	return &fileReader{
		limits: &r.limits, parser: selection.Parser, snapshot: unseal.snapshot, unseal: unseal, target: selection.Target, fill: fill,
		words: newWords(),
	}
}

// visit hands out the file. As long as the visit lasts it is read with what
// the reader has at hand, and afterwards with a reader of its own.
// A panic, in a library or a visit, is an error that names the file.
func (r *fileReader) visit(index int, name string, withModules bool, visit func(*sources.File) error) (err error) {
	over, late := false, fileReader{
		limits: r.limits, parser: r.parser, snapshot: r.snapshot, unseal: r.unseal, target: r.target, fill: r.fill,
	}
	defer func() {
		over = true
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%s: internal error: %v", name, fault)
		}
	}()
	document := withModules && isTerraform(name)
	return visit(&sources.File{Index: index, Name: name, Document: document, Read: func() sources.FileRendering {
		if over {
			again := late
			again.words = newWords()
			return again.render(name)
		}
		return r.render(name)
	}})
}
