package drivers

import (
	"maps"
	"reflect"
	"slices"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Diff lists the differences between two contents, by path and in order of
// path. Values under the sensitive paths of either are masked. It is a helper
// for drivers whose destination has no diff of its own.
func Diff(before, after *resource.Resource) []resource.FieldDiff {
	var a, b any
	var sensitive []resource.Path
	if before != nil {
		a, sensitive = before.Content, append(sensitive, before.Sensitive...)
	}
	if after != nil {
		b, sensitive = after.Content, append(sensitive, after.Sensitive...)
	}
	var diffs []resource.FieldDiff
	walk(nil, a, b, func(path resource.Path, x, y any) {
		diffs = append(diffs, maskDiff(resource.FieldDiff{Path: path, Before: x, After: y}, sensitive))
	})
	slices.SortFunc(diffs, func(x, y resource.FieldDiff) int { return x.Path.Compare(y.Path) })
	return diffs
}

func walk(path resource.Path, a, b any, emit func(resource.Path, any, any)) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			keys := maps.Clone(x)
			maps.Copy(keys, y)
			for key := range keys {
				walk(path.Append(key), x[key], y[key], emit)
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				walk(path.Append(i), x[i], y[i], emit)
			}
			return
		}
	}
	if !reflect.DeepEqual(a, b) {
		emit(path, a, b)
	}
}

func maskDiff(diff resource.FieldDiff, sensitive []resource.Path) resource.FieldDiff {
	for _, path := range sensitive {
		switch {
		case diff.Path.HasPrefix(path):
			diff.Sensitive = true
			diff.Before, diff.After = maskValue(diff.Before, nil), maskValue(diff.After, nil)
		case path.HasPrefix(diff.Path):
			diff.Sensitive = true
			below := path[len(diff.Path):]
			diff.Before, diff.After = maskValue(diff.Before, below), maskValue(diff.After, below)
		}
	}
	return diff
}

func maskValue(value any, path resource.Path) any {
	if value == nil {
		return nil
	}
	return resource.MaskPaths(value, []resource.Path{path})
}
