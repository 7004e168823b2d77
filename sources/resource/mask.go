package resource

import (
	"maps"
	"slices"
)

// Mask is what stands in the place of a sensitive value in all that is shown or stored.
const Mask = "(sensitive)"

// MaskPaths is a copy of value in which what stands at each of the paths is
// replaced by Mask. What need not change is shared with value.
func MaskPaths(value any, paths []Path) any {
	for _, path := range paths {
		value = maskAt(value, path)
	}
	return value
}

func maskAt(value any, path Path) any {
	if len(path) == 0 {
		return maskLeaves(value)
	}
	switch node := value.(type) {
	case map[string]any:
		key, ok := path[0].(string)
		child, found := node[key]
		if !ok || !found {
			return value
		}
		node = maps.Clone(node)
		node[key] = maskAt(child, path[1:])
		return node
	case []any:
		index, ok := path[0].(int)
		if !ok || index < 0 || index >= len(node) {
			return value
		}
		node = slices.Clone(node)
		node[index] = maskAt(node[index], path[1:])
		return node
	}
	return value
}

// maskLeaves keeps the keys of a sensitive object: that a Secret has an entry
// "password" is no secret, and helps whoever reads the diff.
func maskLeaves(value any) any {
	switch node := value.(type) {
	case map[string]any:
		masked := make(map[string]any, len(node))
		for k, v := range node {
			masked[k] = maskLeaves(v)
		}
		return masked
	case []any:
		masked := make([]any, len(node))
		for i, v := range node {
			masked[i] = maskLeaves(v)
		}
		return masked
	}
	return Mask
}
