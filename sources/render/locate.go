package render

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Locate implements sources.Locator. The place of a list's element is where it
// begins. The place of a key's value is that of the value if it begins on the
// key's line, else the key's, where an editor's cursor is of more use than on
// the first line below it. A value that came by way of an alias or a merge key
// is located where it is written.
func (r *Renderer) Locate(snapshot sources.Snapshot, origin resource.Origin, path resource.Path) resource.Location {
	at := origin.Location()
	file := r.parsed(snapshot, origin)
	if file == nil {
		return at
	}
	doc := file.document(origin.Document)
	if doc == nil {
		return at
	}
	where, found := spot{value: doc.root}, at
	move(&found, where)
	for i, step := range slices.Concat(origin.Within, path) {
		next, there := where.child(step)
		if !there {
			if i < len(origin.Within) {
				return at // the origin is of another file
			}
			break
		}
		where = next
		move(&found, where)
	}
	return found
}

// move sets the location to the spot if it is known where that is.
func move(at *resource.Location, to spot) {
	if line, column := to.position(); line > 0 {
		at.Line, at.Column = line, column
	}
}

// spot is a value in the tree of nodes, and the key under which it stands, nil
// for the root and for elements of lists.
type spot struct{ key, value *yaml.Node }

func (s spot) position() (line, column int) {
	if s.key != nil && (s.key.Line != s.value.Line || isEmptyValue(s.value)) {
		return s.key.Line, s.key.Column
	}
	return s.value.Line, s.value.Column
}

func (s spot) child(step any) (spot, bool) {
	n := resolveAlias(s.value)
	switch step := step.(type) {
	case string:
		if found := entry(n, step); found.value != nil {
			return found, true
		}
	case int:
		if n.Kind == yaml.SequenceNode && n.Tag == restTag && step >= len(n.Content) {
			step = len(n.Content) - 1
		}
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return spot{value: n.Content[step]}, true
		}
	}
	return spot{}, false
}

// entry is what stands under key in a mapping, its merge key included. The
// zero spot means that there is nothing.
func entry(n *yaml.Node, key string) spot {
	if n.Kind != yaml.MappingNode {
		return spot{}
	}
	var merged *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			merged = resolveAlias(n.Content[i+1])
			continue
		}
		if text, err := keyText(n.Content[i]); err == nil && text == key {
			return spot{key: n.Content[i], value: n.Content[i+1]}
		}
	}
	if merged == nil {
		return spot{}
	}
	if merged.Kind != yaml.SequenceNode {
		return entry(merged, key)
	}
	for _, each := range merged.Content {
		if found := entry(resolveAlias(each), key); found.value != nil {
			return found
		}
	}
	return spot{}
}
