package gatekeeper

import (
	"bytes"
	"strconv"
	"strings"

	yaml3 "go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// find is the node at the path, whose steps are keys and indices, or nil.
func (d *document) find(steps ...any) *yaml3.Node {
	node := resolve(d.node)
	for _, step := range steps {
		_, node = childNode(node, step)
		node = resolve(node)
	}
	return node
}

// at is the place of the last part of the path that is there: of a key, or of
// an element of a list.
func (d *document) at(steps ...any) resource.Location {
	node := resolve(d.node)
	last := node
	for _, step := range steps {
		key, value := childNode(node, step)
		if value == nil {
			break
		}
		last, node = key, resolve(value)
	}
	if last == nil {
		return resource.Location{File: d.file, Line: d.offset + 1}
	}
	return d.place(last)
}

func (d *document) place(node *yaml3.Node) resource.Location {
	return resource.Location{File: d.file, Line: d.offset + node.Line, Column: node.Column}
}

// childNode is the child of node at a key or an index, and the node that
// stands for its place.
func childNode(node *yaml3.Node, step any) (place, value *yaml3.Node) {
	if node == nil {
		return nil, nil
	}
	switch s := step.(type) {
	case int:
		if node.Kind == yaml3.SequenceNode && s >= 0 && s < len(node.Content) {
			return node.Content[s], node.Content[s]
		}
	case string:
		if node.Kind != yaml3.MappingNode {
			return nil, nil
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == s {
				return node.Content[i], node.Content[i+1]
			}
		}
	}
	return nil, nil
}

// resolve follows an alias to its anchor.
func resolve(node *yaml3.Node) *yaml3.Node {
	for node != nil && node.Kind == yaml3.AliasNode {
		node = node.Alias
	}
	return node
}

// steps splits a path as Kubernetes' validation writes it, such as
// spec.parameters.labels[0].key, into steps that find and at take. Keys that
// hold dots are found by trying.
func (d *document) steps(path string) []any {
	var steps []any
	node := resolve(d.node)
	path = strings.TrimPrefix(path, ".")
	for path != "" && node != nil {
		step, rest, ok := nextStep(node, path)
		if !ok {
			break
		}
		_, node = childNode(node, step)
		node, path = resolve(node), rest
		steps = append(steps, step)
	}
	return steps
}

func nextStep(node *yaml3.Node, path string) (step any, rest string, ok bool) {
	if node.Kind == yaml3.SequenceNode {
		digits, after, bracket := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if !bracket {
			digits, after, _ = strings.Cut(path, ".")
		}
		index, err := strconv.Atoi(digits)
		return index, strings.TrimPrefix(after, "."), err == nil
	}
	best := ""
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml3.MappingNode; i += 2 {
		key := node.Content[i].Value
		if len(key) <= len(best) {
			continue
		}
		for _, form := range []string{key, "[" + key + "]"} {
			after, found := strings.CutPrefix(path, form)
			if found && (after == "" || after[0] == '.' || after[0] == '[') {
				best, rest = key, strings.TrimPrefix(after, ".")
			}
		}
	}
	return best, rest, best != ""
}

// snippet is a piece of code in a document, and how its lines are those of the file.
type snippet struct {
	text  string
	file  string
	line  int // of the first line of the text, or of the node if it is not exact
	col   int // columns before each line's first, or the node's column
	exact bool
}

// snippet is the text at the path. Only in a block that begins with "|" are
// the lines of the text those of the file.
func (d *document) snippet(text string, steps ...any) snippet {
	s := snippet{text: text, file: d.file, line: d.at(steps...).Line, col: d.at(steps...).Column}
	node := d.find(steps...)
	if node == nil || node.Kind != yaml3.ScalarNode {
		return s
	}
	s.line, s.col = d.offset+node.Line, node.Column
	if node.Style&yaml3.LiteralStyle == 0 {
		return s
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		raw := d.rawLine(node.Line + 1 + i)
		if !strings.HasSuffix(raw, line) {
			return s
		}
		s.line, s.col, s.exact = d.offset+node.Line+1, len(raw)-len(line), true
		return s
	}
	return s
}

// place is where a row and column of the text, both 1-based, stand in the file.
func (s snippet) place(row, column int) resource.Location {
	if !s.exact {
		return resource.Location{File: s.file, Line: s.line, Column: s.col}
	}
	return resource.Location{File: s.file, Line: s.line + row - 1, Column: s.col + column}
}

// rawLine is a line of the text, 1-based, as it is written.
func (d *document) rawLine(line int) string {
	rest := d.raw
	for ; line > 1; line-- {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	raw, _, _ := bytes.Cut(rest, []byte("\n"))
	return strings.TrimSuffix(string(raw), "\r")
}
