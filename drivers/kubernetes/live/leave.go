package live

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Leave is desired as it is to be applied where the fields at paths (of
// Rules.Paths) are left alone: to apply it changes none of them. Without a
// live object it is desired itself, so that a new one gets all its fields.
//
// What somebody else owns is not applied, so that holdfast gives up its share
// of it. What holdfast alone owns cannot be left out, as the API server would
// then remove it: it is applied as it is live, until somebody else writes it.
func Leave(desired, live *unstructured.Unstructured, paths []resource.Path) *unstructured.Unstructured {
	if live == nil || len(paths) == 0 {
		return desired
	}
	left := desired.DeepCopy()
	owned := ownership(live)
	paths = slices.SortedFunc(slices.Values(paths), func(a, b resource.Path) int { return b.Compare(a) }) // last items of a list first
	for _, path := range paths {
		at, ok := counterpart(live.Object, left.Object, path)
		if !ok {
			continue
		}
		value, found := resource.Lookup(live.Object, path)
		if found {
			value, found = owned.part(value, path)
		}
		if found {
			put(left.Object, at, runtime.DeepCopyJSONValue(value))
		} else {
			remove(left.Object, at)
		}
	}
	return left
}

type shares struct{ ours, theirs []resource.Path }

func ownership(live *unstructured.Unstructured) (s shares) {
	for _, o := range owners(live) {
		if o.manager == Manager {
			s.ours = append(s.ours, o.fields...)
		} else {
			s.theirs = append(s.theirs, o.fields...)
		}
	}
	return s
}

// part is what must go on being applied of a live value. A list is not taken
// apart: its items would be no items without the keys that tell them apart.
func (s shares) part(value any, path resource.Path) (any, bool) {
	switch node := value.(type) {
	case map[string]any:
		if _, isItem := path[len(path)-1].(int); isItem {
			break
		}
		kept := map[string]any{}
		for key, child := range node {
			if part, ok := s.part(child, path.Append(key)); ok {
				kept[key] = part
			}
		}
		return kept, len(kept) > 0
	case []any:
	default:
		return value, overlapping(s.ours, path) && !overlapping(s.theirs, path)
	}
	return value, overlapping(s.ours, path)
}

// counterpart is where a live object's path lies in desired: items of lists
// are the same if they have the same name, and else by their places. The last step may
// lead to what is not there.
func counterpart(live, desired any, path resource.Path) (resource.Path, bool) {
	at := make(resource.Path, len(path))
	for i, step := range path {
		at[i] = step
		if index, ok := step.(int); ok {
			liveItems, _ := live.([]any)
			items, isList := desired.([]any)
			if !isList {
				return nil, false
			}
			place := samePlace(liveItems, items, index)
			if place >= len(items) && i < len(path)-1 {
				return nil, false
			}
			at[i] = place
		}
		live, _ = resource.Lookup(live, path[i:i+1])
		desired, _ = resource.Lookup(desired, at[i:i+1])
	}
	return at, true
}

// samePlace is the index in items of what is liveItems[index], len(items) if it is not there.
func samePlace(liveItems, items []any, index int) int {
	name, named := nameOf(liveItems, index)
	if !named {
		return min(index, len(items))
	}
	place, count := len(items), 0
	for i := range items {
		if other, ok := nameOf(items, i); ok && other == name {
			place, count = i, count+1
		}
	}
	if count > 1 { // the name is not what tells them apart
		return min(index, len(items))
	}
	return place
}

func nameOf(items []any, index int) (string, bool) {
	name, ok := resource.Lookup(items, resource.Path{index, "name"})
	text, isText := name.(string)
	return text, ok && isText
}

// put is node with value at path, in place as far as that goes. Objects that
// lead there are made; an index may be the one after the last.
func put(node any, path resource.Path, value any) any {
	if len(path) == 0 {
		return value
	}
	switch step := path[0].(type) {
	case string:
		object, ok := node.(map[string]any)
		if node == nil {
			object, ok = map[string]any{}, true
		}
		if ok {
			object[step] = put(object[step], path[1:], value)
			return object
		}
	case int:
		list, _ := node.([]any)
		if step < len(list) {
			list[step] = put(list[step], path[1:], value)
		} else if step == len(list) && len(path) == 1 {
			return append(list, value)
		}
	}
	return node
}

// remove takes away what stands at a path.
func remove(root map[string]any, path resource.Path) {
	above, last := path[:len(path)-1], path[len(path)-1]
	parent, _ := resource.Lookup(root, above)
	switch node := parent.(type) {
	case map[string]any:
		if key, ok := last.(string); ok {
			delete(node, key)
		}
	case []any:
		if index, ok := last.(int); ok && index < len(node) {
			put(root, above, slices.Delete(node, index, index+1))
		}
	}
}
