package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bounds of one file. maxNodes counts after aliases are followed, so that a
// few lines cannot grow without end.
const (
	maxBytes = 1 << 20
	maxNodes = 100_000
	maxDepth = 100
)

// document is one file: its content as encoding/json would give it, except
// that whole numbers are int64 where they fit, and the place of every value.
type document struct {
	file  string
	lines int
	data  any
	// places by pointer. A value that is reached through an alias has the
	// place where it is written.
	places map[string]place
	// problems found so far, in no order.
	problems resource.Problems
	nodes    int
}

// place is where a key and its value are written. For the root and for list
// items they are the same.
type place struct{ key, value resource.Location }

// pointer names a value within a document by the steps that lead to it.
func pointer(steps ...string) string { return strings.Join(steps, "\x00") }

// load parses a file. What is wrong with it as YAML is in its problems; its
// data is then not to be used.
func load(name string, content []byte) *document {
	d := &document{file: name, lines: 1 + bytes.Count(bytes.TrimSuffix(content, []byte("\n")), []byte("\n")), places: map[string]place{}}
	if len(content) > maxBytes {
		d.fail(1, 1, fmt.Sprintf("the file has %d bytes; configuration may have at most %d", len(content), maxBytes))
		return d
	}
	if line := invalidUTF8(content); line > 0 {
		d.fail(line, 1, "not text in UTF-8")
		return d
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var root, next yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		d.fail(1, 1, "the file is empty; `holdfast init` writes one to start from")
		return d
	case err != nil:
		d.syntax(err, content)
		return d
	}
	switch err := decoder.Decode(&next); {
	case err == nil:
		d.fail(next.Line, next.Column, "a second document; configuration is one document, so remove the line \"---\" before it and what follows")
		return d
	case !errors.Is(err, io.EOF):
		d.syntax(err, content)
		return d
	}
	body := root.Content[0]
	if body.ShortTag() == "!!null" {
		d.fail(1, 1, "the file is empty; `holdfast init` writes one to start from")
		return d
	}
	d.data = d.take(nil, d.locate(body), body, nil)
	return d
}

func invalidUTF8(content []byte) int {
	if utf8.Valid(content) && !bytes.ContainsRune(content, 0) {
		return 0
	}
	for i, line := range bytes.Split(content, []byte("\n")) {
		if !utf8.Valid(line) || bytes.ContainsRune(line, 0) {
			return i + 1
		}
	}
	return 1
}

var (
	syntaxLine = regexp.MustCompile(`^line (\d+): (.*)$`)
	// Lines of errors of the parser proper, unlike those of the scanner below
	// it, are counted from zero.
	fromZero      = regexp.MustCompile(`^(did not find expected (<|node content|'-'|key|',')|found (incompatible|duplicate|undefined))`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax takes in an error of the YAML parser, which says its line in words.
func (d *document) syntax(err error, content []byte) {
	text, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	line := 1
	if match := syntaxLine.FindStringSubmatch(text); match != nil {
		text = match[2]
		line, _ = strconv.Atoi(match[1])
	}
	if fromZero.MatchString(text) {
		line++
	}
	if match := unknownAnchor.FindStringSubmatch(text); match != nil {
		before, _, _ := bytes.Cut(content, []byte("*"+match[1]))
		line = 1 + bytes.Count(before, []byte("\n"))
	}
	line = min(max(line, 1), d.lines)
	if at := bytes.Split(content, []byte("\n"))[line-1]; bytes.HasPrefix(bytes.TrimLeft(at, " "), []byte("\t")) {
		text = "the line begins with a tab; indent with spaces"
	}
	d.fail(line, 1, "not valid YAML: "+text)
}

func (d *document) locate(node *yaml.Node) resource.Location {
	return d.location(node.Line, node.Column)
}

func (d *document) location(line, column int) resource.Location {
	return resource.Location{File: d.file, Line: min(max(line, 1), d.lines), Column: max(column, 1)}
}

func (d *document) fail(line, column int, msg string) { d.failAt(d.location(line, column), msg) }

func (d *document) failAt(at resource.Location, msg string) {
	d.problems = append(d.problems, resource.Problem{Msg: msg, Location: at})
}

// failValue reports a problem with the value at a pointer, or with the nearest
// one above it.
func (d *document) failValue(at, msg string) { d.failAt(d.place(at).value, msg) }

// failKey reports a problem with the key that the pointer ends in.
func (d *document) failKey(at, msg string) { d.failAt(d.place(at).key, msg) }

func (d *document) place(at string) place {
	for {
		if p, ok := d.places[at]; ok {
			return p
		}
		up := strings.LastIndexByte(at, 0)
		if up < 0 {
			break
		}
		at = at[:up]
	}
	if p, ok := d.places[""]; ok {
		return p
	}
	return place{d.location(1, 1), d.location(1, 1)}
}

func (d *document) has(steps ...string) bool {
	_, ok := d.places[pointer(steps...)]
	return ok
}

// err is all problems, each once, sorted by place; nil if there is none.
func (d *document) err() error { return sorted(d.problems) }

func sorted(problems resource.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	problems = slices.Clone(problems)
	slices.SortStableFunc(problems, func(a, b resource.Problem) int {
		return cmp.Or(
			strings.Compare(a.Location.File, b.Location.File),
			cmp.Compare(a.Location.Line, b.Location.Line),
			cmp.Compare(a.Location.Column, b.Location.Column),
			strings.Compare(a.Msg, b.Msg),
		)
	})
	return slices.Compact(problems)
}

// take turns a node into a value. above are the nodes on the way to it, by
// which an alias that contains itself is known.
func (d *document) take(steps []string, key resource.Location, node *yaml.Node, above []*yaml.Node) any {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	d.nodes++
	switch {
	case slices.Contains(above, node):
		d.failAt(key, "an alias that contains itself")
		return nil
	case len(above) >= maxDepth:
		d.failAt(key, fmt.Sprintf("nested more than %d deep", maxDepth))
		return nil
	case d.nodes == maxNodes+1:
		d.failAt(key, fmt.Sprintf("more than %d values, aliases followed", maxNodes))
	}
	if d.nodes > maxNodes {
		return nil
	}
	d.places[pointer(steps...)] = place{key, d.locate(node)}
	above = append(above, node)
	switch node.Kind {
	case yaml.MappingNode:
		return d.takeMapping(steps, node, above)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = d.take(slices.Concat(steps, []string{strconv.Itoa(i)}), d.locate(item), item, above)
		}
		return list
	}
	return d.takeScalar(node)
}

func (d *document) takeMapping(steps []string, node *yaml.Node, above []*yaml.Node) any {
	mapping := make(map[string]any, len(node.Content)/2)
	first := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		at := d.locate(key)
		switch {
		case key.Kind != yaml.ScalarNode:
			d.failAt(at, "a key must be plain text")
			continue
		case key.ShortTag() == "!!merge":
			d.failAt(at, "merging with << is not supported; write the keys out")
			continue
		}
		if line, twice := first[key.Value]; twice {
			d.failAt(at, fmt.Sprintf("key %q is there twice; the first is on line %d", key.Value, line))
			continue
		}
		first[key.Value] = key.Line
		mapping[key.Value] = d.take(slices.Concat(steps, []string{key.Value}), at, value, above)
	}
	return mapping
}

// takeScalar reads text, numbers, true, false and null. What YAML would take
// for a date or for binary data stays text, as it was written.
func (d *document) takeScalar(node *yaml.Node) any {
	switch node.ShortTag() {
	case "!!str", "!!timestamp", "!!binary":
		return node.Value
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		var value any
		if err := node.Decode(&value); err != nil {
			d.fail(node.Line, node.Column, fmt.Sprintf("%q does not go with its tag %s", node.Value, node.Tag))
			return nil
		}
		return d.number(node, value)
	}
	d.fail(node.Line, node.Column, fmt.Sprintf("the tag %s is not supported", node.Tag))
	return nil
}

func (d *document) number(node *yaml.Node, value any) any {
	switch v := value.(type) {
	case int:
		return int64(v)
	case uint64:
		return float64(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			d.fail(node.Line, node.Column, fmt.Sprintf("%q is not a number that JSON knows", node.Value))
			return nil
		}
	}
	return value
}
