// Package render turns a folder of a snapshot into resources, and finds the
// line on which a value was written. It reads plain YAML as Kubernetes does,
// and JSON.
//
// Start with Renderer: walk.go says which files are read, parse.go takes them
// apart into documents, content.go turns a document's nodes into values,
// split.go makes resources of them, and locate.go and excerpt.go go the way
// back from a value to its lines.
package render

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

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
	}}
}

// Render implements sources.Renderer.
func (r *Renderer) Render(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection) (*sources.Rendering, error) {
	found, err := r.walk(ctx, snapshot, selection)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", selection.Path, err)
	}
	files, err := r.readAll(ctx, snapshot, found.files)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", selection.Path, err)
	}
	rendering := &sources.Rendering{Skipped: found.skipped, Problems: found.problems}
	for _, file := range files {
		rendering.Resources = append(rendering.Resources, file.resources...)
		rendering.Skipped = append(rendering.Skipped, file.skipped...)
		rendering.Problems = append(rendering.Problems, file.problems...)
	}
	for i := range rendering.Resources {
		rendering.Resources[i].ID.Target = selection.Target
	}
	rendering.Duplicates = duplicates(rendering.Resources)
	return rendering, nil
}

// readAll reads the files side by side; the results are in the order of names.
func (r *Renderer) readAll(ctx context.Context, snapshot sources.Snapshot, names []string) ([]fileResult, error) {
	results := make([]fileResult, len(names))
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		group.Go(func() error {
			reader := fileReader{limits: &r.limits, snapshot: snapshot, words: newWords()}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				results[i] = reader.render(names[i])
			}
		})
	}
	return results, group.Wait()
}

// duplicates are the identities that were met before, at their later places.
func duplicates(resources []resource.Resource) []resource.Problem {
	var problems []resource.Problem
	first := make(map[resource.Key]int, len(resources))
	for i := range resources {
		res := &resources[i]
		if res.ID.IsZero() {
			continue
		}
		key := res.ID.Key()
		earlier, twice := first[key]
		if !twice {
			first[key] = i
			continue
		}
		problems = append(problems, resource.Problem{
			Msg: fmt.Sprintf("%s is already defined at %s; remove or rename one of the two",
				res.ID, place(resources[earlier].Origin)),
			Location: place(res.Origin),
			Other:    place(resources[earlier].Origin),
		})
	}
	return problems
}

func place(origin resource.Origin) resource.Location {
	return resource.Location{File: origin.File, Line: origin.Line, Column: origin.Column}
}
