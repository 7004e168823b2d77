package render

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// document is one document of a file as nodes, which know their lines. Nodes
// of JSON files have the same shape as those of YAML.
type document struct {
	index int // zero-based, empty documents counted
	line  int // 1-based line on which it begins, with its "---" if it has one
	root  *yaml.Node
	// foreign is set for formats beside YAML and JSON: its elements are not
	// looked into for resources.
	foreign bool
	// settings has what stands under a credential's name masked, and secrets
	// are such places of which nothing is left in the value.
	settings bool
	imports  bool // it may have taken in other files
	secrets  []mark
}

// manifest is a file to be read.
type manifest struct {
	tree   fs.FS // where it may import from; nil permits none
	name   string
	parser string // "": what the name calls for
	limits *Options
}

// format is the name of the manifest's format: YAML where nothing says another.
func (m *manifest) format() string { return cmp.Or(m.parser, formatOf(m.name), formatYAML) }

// guessed reports whether nothing says what format the manifest is in.
func (m *manifest) guessed() bool { return m.parser == "" && formatOf(m.name) == "" }

// nameParser is the mend for a guess that was wrong.
const nameParser = "the file's name does not say what format it is in; if it is not YAML, name the parser, as in --parser hcl2"

// eachDocument visits the documents of a file in order, leaving out empty
// ones. It ends at the first that cannot be parsed.
func (m *manifest) eachDocument(data []byte, visit func(document)) *mistake {
	limits := m.limits
	switch m.format() {
	case formatYAML:
	case formatJSON:
		root, mistake := parseJSON(data, limits)
		if mistake == nil {
			visit(document{line: 1, root: root})
		}
		return mistake
	default:
		doc, mistake := m.foreign(data)
		if mistake == nil {
			visit(doc)
		}
		return mistake
	}
	if mistake := checkDensity(data, limits); mistake != nil {
		return mistake
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for index := 0; ; index++ {
		node, err := decodeNode(decoder)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			wrong := yamlMistake(err, data)
			if m.guessed() {
				wrong.msg += " (" + nameParser + ")"
			}
			return wrong
		}
		if len(node.Content) == 0 {
			continue
		}
		root := node.Content[0]
		if index >= limits.MaxDocuments {
			return &mistake{
				msg:  fmt.Sprintf("the file holds more than %d documents; split it", limits.MaxDocuments),
				line: root.Line, column: root.Column,
			}
		}
		if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
			continue
		}
		visit(document{index: index, line: node.Line, root: root})
	}
}

// checkDensity refuses a file that would take up too much memory before its
// nodes could be counted: each node but the first follows one of these marks.
func checkDensity(data []byte, limits *Options) *mistake {
	if len(data) <= limits.MaxNodes {
		return nil
	}
	marks := 0
	for _, mark := range []string{",", "[", "{", "- ", ": ", "? ", "\n"} {
		marks += bytes.Count(data, []byte(mark))
	}
	if marks > limits.MaxNodes {
		return &mistake{msg: fmt.Sprintf("the file may hold more than %d values; split it", limits.MaxNodes), line: 1, column: 1}
	}
	return nil
}

// decodeNode turns a panic of the parser, which reads what strangers wrote,
// into an error.
func decodeNode(decoder *yaml.Decoder) (node *yaml.Node, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			node, err = nil, fmt.Errorf("yaml: the parser cannot cope with this document: %v", cause)
		}
	}()
	node = new(yaml.Node)
	return node, decoder.Decode(node)
}

// isEmptyValue reports whether nothing stands after the key.
func isEmptyValue(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == ""
}
