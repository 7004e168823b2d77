package gatekeeper

import (
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"

	yaml3 "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/json"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bounds on what is read. Templates are some kilobytes; the API server itself
// takes no object of more than 3 MiB.
const (
	maxFile      = 16 << 20 // bytes
	maxDocument  = 3 << 20  // bytes
	maxDocuments = 10000    // of one file, items of lists counted
)

// document is one object of a file. Its content is as Kubernetes reads it
// (YAML 1.1, whole numbers as int64); the nodes are kept for their places.
type document struct {
	file   string
	object map[string]any
	node   *yaml3.Node // nil where the places are not known
	offset int         // lines before those that the nodes count
	raw    []byte      // what the nodes were made of
}

// readDocuments splits a file into its documents and those into the items of
// lists. What cannot be read is a problem, and the rest of the file is read on.
func readDocuments(file policy.File, found *problems) []*document {
	var documents []*document
	for _, d := range splitDocuments(file, found) {
		documents = append(documents, d.items()...)
	}
	if len(documents) > maxDocuments {
		found.add(documents[maxDocuments].at(), "the file holds more than %d objects; split it", maxDocuments)
		return nil
	}
	return documents
}

// splitDocuments is the documents of a file as they stand, empty ones left out.
func splitDocuments(file policy.File, found *problems) []*document {
	if len(file.Content) > maxFile {
		found.add(resource.Location{File: file.Name}, "a file of templates and constraints may have %d MiB at most", maxFile>>20)
		return nil
	}
	chunks := []chunk{{text: file.Content}}
	isJSON := path.Ext(file.Name) == ".json"
	if !isJSON {
		chunks = splitYAML(file.Content)
	}
	var documents []*document
	for _, c := range chunks {
		if d := readDocument(file.Name, c, isJSON, found); d != nil {
			documents = append(documents, d)
		}
	}
	return documents
}

// chunk is the text of one YAML document, after so many lines.
type chunk struct {
	text  []byte
	lines int
}

// splitYAML cuts at the lines that begin with "---", which within a document
// no line may do, not even in a block of text.
func splitYAML(content []byte) []chunk {
	var chunks []chunk
	start, line, startLine := 0, 0, 0
	for at := 0; at < len(content); line++ {
		end := len(content)
		if newline := bytes.IndexByte(content[at:], '\n'); newline >= 0 {
			end = at + newline + 1
		}
		if text := content[at:end]; at > start && bytes.HasPrefix(text, []byte("---")) && (len(text) == 3 || strings.IndexByte(" \t\r\n", text[3]) >= 0) {
			chunks = append(chunks, chunk{content[start:at], startLine})
			start, startLine = at, line
		}
		at = end
	}
	return append(chunks, chunk{content[start:], startLine})
}

// readDocument is nil for an empty document and for one that cannot be read.
// A panic of a parser, which reads what strangers wrote, is a problem too.
func readDocument(file string, c chunk, isJSON bool, found *problems) (d *document) {
	at := resource.Location{File: file, Line: c.lines + 1}
	defer func() {
		if fault := recover(); fault != nil {
			d = nil
			found.add(at, "the document cannot be parsed: %v", fault)
		}
	}()
	if len(c.text) > maxDocument {
		found.add(at, "an object may have %d MiB at most", maxDocument>>20)
		return nil
	}
	raw, err := c.text, error(nil)
	if !isJSON {
		raw, err = yaml.YAMLToJSONStrict(c.text)
	}
	var value any
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err != nil {
		found.add(mistakePlace(at, c, err), "not valid %s: %s", map[bool]string{false: "YAML", true: "JSON"}[isJSON], mistakeText(err))
		return nil
	}
	if value == nil {
		return nil
	}
	d = &document{file: file, offset: c.lines, node: parseNodes(c.text, isJSON), raw: c.text}
	d.object, _ = value.(map[string]any)
	return d
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

// parseNodes is the nodes of a document, or nil if they cannot be had.
func parseNodes(text []byte, isJSON bool) *yaml3.Node {
	if isJSON {
		// YAML permits no tabs where JSON has blanks; in a JSON text they can
		// be nothing else.
		text = bytes.ReplaceAll(text, []byte("\t"), []byte(" "))
	}
	var root yaml3.Node
	if err := yaml3.Unmarshal(text, &root); err != nil || len(root.Content) == 0 {
		return nil
	}
	return root.Content[0]
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// mistakePlace is the line that a parser's error speaks of.
func mistakePlace(at resource.Location, c chunk, err error) resource.Location {
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		n, _ := strconv.Atoi(line[1])
		at.Line = c.lines + n
	} else if ok, offset := kjson.SyntaxErrorOffset(err); ok {
		before := c.text[:min(max(int(offset), 0), len(c.text))]
		at.Line = c.lines + 1 + bytes.Count(before, []byte("\n"))
	}
	return at
}

func mistakeText(err error) string {
	msg := err.Error()
	for _, prefix := range []string{"error converting YAML to JSON: ", "yaml: ", "unmarshal errors:"} {
		msg = strings.TrimSpace(strings.TrimPrefix(msg, prefix))
	}
	return yamlLine.ReplaceAllString(msg, "")
}

// items are the objects of a v1 List, and otherwise the document itself.
func (d *document) items() []*document {
	list, ok := d.object["items"].([]any)
	if !ok || d.apiVersion() != "v1" || d.kind() != "List" {
		return []*document{d}
	}
	var items []*document
	for i, item := range list {
		child := *d
		child.object, _ = item.(map[string]any)
		child.node = d.find("items", i)
		items = append(items, child.items()...)
	}
	return items
}

func (d *document) apiVersion() string { return text(d.object, "apiVersion") }
func (d *document) kind() string       { return text(d.object, "kind") }
func (d *document) name() string       { return text(d.object, "metadata", "name") }

func (d *document) text(keys ...string) string { return text(d.object, keys...) }

func (d *document) group() string {
	group, _, _ := strings.Cut(d.apiVersion(), "/")
	return group
}

func (d *document) version() string {
	_, version, _ := strings.Cut(d.apiVersion(), "/")
	return version
}

// annotation is metadata.annotations[name], or "".
func (d *document) annotation(name string) string {
	return text(d.object, "metadata", "annotations", name)
}

// lookup is the value below object, and whether it is there.
func lookup(object map[string]any, keys ...string) (any, bool) {
	var value any = object
	for _, key := range keys {
		child, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = child[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

func text(object map[string]any, keys ...string) string {
	value, _ := lookup(object, keys...)
	s, _ := value.(string)
	return s
}

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
