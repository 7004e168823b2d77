package render

import (
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// without is the visit with files in which nothing of some kinds is. As with
// files that are excluded, nothing is said of it.
func without(kinds []string, visit func(*sources.File) error) func(*sources.File) error {
	if len(kinds) == 0 {
		return visit
	}
	return func(file *sources.File) error {
		some := *file
		some.Read = func() sources.FileRendering {
			read := file.Read()
			read.Resources = slices.DeleteFunc(read.Resources, func(res resource.Resource) bool { return isOf(kinds, res.ID) })
			return read
		}
		return visit(&some)
	}
}

func isOf(kinds []string, id resource.ID) bool {
	kind := id.GroupKind()
	group, _, _ := strings.Cut(kind, "/")
	return id.Kind != "" && (slices.Contains(kinds, kind) || slices.Contains(kinds, group+"/*"))
}
