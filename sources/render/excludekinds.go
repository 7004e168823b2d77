package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// excluder leaves out resources by their kinds. It is safe for concurrent use.
type excluder struct {
	kinds  []string
	mu     sync.Mutex
	counts map[int]map[string]int // of what is left out: by file, and by kind
}

// without is the visit with files in which nothing of the kinds is.
func (e *excluder) without(visit func(*sources.File) error) func(*sources.File) error {
	if len(e.kinds) == 0 {
		return visit
	}
	return func(file *sources.File) error {
		some := *file
		some.Read = func() sources.FileRendering {
			read := file.Read()
			counts := map[string]int{}
			read.Resources = slices.DeleteFunc(read.Resources, func(res resource.Resource) bool {
				out := e.has(res.ID)
				if out {
					counts[res.ID.GroupKind()]++
				}
				return out
			})
			e.mu.Lock()
			defer e.mu.Unlock()
			e.counts[file.Index] = counts
			return read
		}
		return visit(&some)
	}
}

func (e *excluder) has(id resource.ID) bool {
	kind := id.GroupKind()
	group, _, _ := strings.Cut(kind, "/")
	return id.Kind != "" && (slices.Contains(e.kinds, kind) || slices.Contains(e.kinds, group+"/*"))
}

// skipped says what was left out of the files that were read.
func (e *excluder) skipped() []sources.Skipped {
	total := map[string]int{}
	for _, counts := range e.counts {
		for kind, n := range counts {
			total[kind] += n
		}
	}
	var all []sources.Skipped
	for _, kind := range slices.Sorted(maps.Keys(total)) {
		what := fmt.Sprintf("%d resources of %s", total[kind], kind)
		if total[kind] == 1 {
			what = "1 resource of " + kind
		}
		all = append(all, sources.Skipped{What: what, Reason: "left out by render.excludeKinds"})
	}
	return all
}
