package render

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
)

var _ sources.Foreseer = (*Renderer)(nil)

// maxForeseen bounds what is read of a selection to foresee its kinds, in bytes.
const maxForeseen = 256 << 20

// kindText is a kind as it is mostly written, in YAML and JSON. What is written
// in another way is not foreseen.
var kindText = regexp.MustCompile(`["']?\bkind["']?\s*:\s*["']?([A-Za-z0-9]+)`)

// Foresee implements sources.Foreseer. It looks at texts, and parses nothing.
func (r *Renderer) Foresee(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection) ([]string, bool, error) {
	if selection.Parser != "" {
		return nil, false, nil
	}
	found, err := r.walk(ctx, snapshot, selection)
	if err != nil {
		return nil, false, fmt.Errorf("look at %s: %w", selection.Path, err)
	}
	kinds := map[string]bool{}
	if len(found.modules) > 0 {
		kinds["terraform/*"] = true
	}
	files := found.files
	if selection.Build.Chart.URL != "" || len(selection.Build.Kustomize) > 0 {
		return nil, false, nil
	}
	for _, chart := range found.charts {
		inside, told := chartFiles(snapshot, chart)
		if !told {
			return nil, false, nil
		}
		files = append(files, inside...)
	}
	if len(found.kustomizations) > 0 {
		// Bases may be elsewhere, and generators have no kind to be found.
		kinds["*/ConfigMap"], kinds["*/Secret"] = true, true
		files = append(files, slices.Sorted(maps.Keys(found.tree.Look(found.kustomizations).Used))...)
		slices.Sort(files)
		files = slices.Compact(files)
	}
	var buffer bytes.Buffer
	total := 0
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if f := formatOf(name); f != formatYAML && f != formatJSON && f != "" && !strings.Contains(name, "/templates/") {
			continue // what is in them has no identity
		}
		data, err := readFile(found.unseal.snapshot, name, &r.limits, &buffer)
		if err != nil {
			continue // which rendering will tell
		}
		if total += len(data); total > maxForeseen {
			return nil, false, nil
		}
		for _, match := range kindText.FindAllSubmatch(data, -1) {
			if kind := string(match[1]); !kinds["*/"+kind] {
				kinds["*/"+kind] = true
			}
		}
	}
	list := make([]string, 0, len(kinds))
	for kind := range kinds {
		list = append(list, kind)
	}
	slices.Sort(list)
	return list, true, nil
}
