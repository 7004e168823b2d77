package resource

import (
	"maps"
	"slices"
)

// Mask is what stands in the place of a sensitive value in all that is shown or stored.
const Mask = "(sensitive)"

// Encrypted stands in Resource.Written for what is encrypted in the source. It
// has the form of a reference, since it is no value that anybody could use.
const Encrypted = "$(encrypted)"

// MaskPaths is a copy of value in which what stands at each of the paths is
// replaced by Mask. What need not change is shared with value.
func MaskPaths(value any, paths []Path) any { return ReplacePaths(value, paths, Mask) }

// ReplacePaths is MaskPaths with another text than Mask.
func ReplacePaths(value any, paths []Path, text string) any {
	for _, path := range paths {
		value = replaceAt(value, path, text)
	}
	return value
}

func replaceAt(value any, path Path, text string) any {
	if len(path) == 0 {
		return replaceLeaves(value, text)
	}
	switch node := value.(type) {
	case map[string]any:
		key, ok := path[0].(string)
		child, found := node[key]
		if !ok || !found {
			return value
		}
		node = maps.Clone(node)
		node[key] = replaceAt(child, path[1:], text)
		return node
	case []any:
		index, ok := path[0].(int)
		if !ok || index < 0 || index >= len(node) {
			return value
		}
		node = slices.Clone(node)
		node[index] = replaceAt(node[index], path[1:], text)
		return node
	}
	return value
}

// replaceLeaves keeps the keys of a sensitive object: that a Secret has an entry
// "password" is no secret, and helps whoever reads the diff.
func replaceLeaves(value any, text string) any {
	switch node := value.(type) {
	case map[string]any:
		masked := make(map[string]any, len(node))
		for k, v := range node {
			masked[k] = replaceLeaves(v, text)
		}
		return masked
	case []any:
		masked := make([]any, len(node))
		for i, v := range node {
			masked[i] = replaceLeaves(v, text)
		}
		return masked
	}
	return text
}
