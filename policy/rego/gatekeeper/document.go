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
