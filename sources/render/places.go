package render

import (
	"go.yaml.in/yaml/v3"
)

// places says where the values of a document were written. It is a tree of the
// shape of the document's value, as far as the places are known.
type places struct {
	// key and value are zero where they are unknown. An element of a list has no key.
	key, value mark
	children   map[any]*places // by key or index
	// secrets are the places of credentials that a later setting has taken the
	// place of. Only the root has them.
	secrets []mark
}

// child is what is under a step, made if it is not there.
func (p *places) child(step any) *places {
	if p.children == nil {
		p.children = map[any]*places{}
	}
	child := p.children[step]
	if child == nil {
		child = &places{}
		p.children[step] = child
	}
	return child
}

// begin sets the place of a key and its value, or of a list's element. What
// begins more than once, as a table of TOML may, is where it began first.
func (p *places) begin(at mark) {
	if p.value.line == 0 {
		p.key, p.value = at, at
	}
}

// apply puts the places into the nodes of the value. Nodes without a place get line 0.
func (p *places) apply(n *yaml.Node) {
	n.Line, n.Column = 0, 0
	if p != nil {
		n.Line, n.Column = p.value.line, p.value.column
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, child := n.Content[i], p.known(n.Content[i].Value)
			child.apply(n.Content[i+1])
			key.Line, key.Column = 0, 0
			if child != nil {
				key.Line, key.Column = child.key.line, child.key.column
			}
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			p.known(i).apply(element)
		}
	}
}

func (p *places) known(step any) *places {
	if p == nil {
		return nil
	}
	return p.children[step]
}

// placesOf are the places that nodes have.
func placesOf(n *yaml.Node) *places {
	p := &places{value: mark{n.Line, n.Column}}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			child := placesOf(n.Content[i+1])
			child.key = mark{n.Content[i].Line, n.Content[i].Column}
			p.set(n.Content[i].Value, child)
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			p.set(i, placesOf(element))
		}
	}
	return p
}

func (p *places) set(step any, child *places) {
	p.child(step)
	p.children[step] = child
}

// Values of CODEOWNERS and Groovy files say themselves where they were written.

func placeCodeowners(in input) *places { return placesByLine(in.value, "lineNumber", "") }

func placeGroovy(in input) *places { return placesByLine(in.value, "line", "column") }

// placesByLine are the places of a value whose objects say on which line, and
// in which column if column is not "", they were written.
func placesByLine(value any, line, column string) *places {
	p := &places{}
	switch v := value.(type) {
	case map[string]any:
		if at, ok := v[line].(float64); ok {
			p.value = mark{int(at), 1}
			if at, ok := v[column].(float64); ok {
				p.value.column = int(at)
			}
		}
		for key, child := range v {
			p.set(key, placesByLine(child, line, column))
		}
	case []any:
		for i, child := range v {
			p.set(i, placesByLine(child, line, column))
		}
	}
	return p
}
