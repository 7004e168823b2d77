package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// jsonParser builds the nodes of a JSON text (RFC 8259) from the tokens of encoding/json.
type jsonParser struct {
	limits *Options
	data   []byte
	tokens *json.Decoder
	offset int      // where the last token began
	at     position // of offset
	nodes  int
}

func parseJSON(data []byte, limits *Options) (*yaml.Node, *mistake) {
	p := &jsonParser{limits: limits, data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	p.tokens.UseNumber()
	root, err := p.value(0)
	if err == nil {
		if _, err = p.next(); errors.Is(err, io.EOF) {
			return root, nil
		}
		if err == nil {
			err = p.fail("there is more after the end of the JSON value; a .json file holds one value")
		}
	}
	return nil, p.mistake(err)
}

// next is the next token; p.at is where it begins.
func (p *jsonParser) next() (json.Token, error) {
	start := int(p.tokens.InputOffset())
	for start < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[start]) >= 0 {
		start++
	}
	p.at.advance(p.data[p.offset:start])
	p.offset = start
	return p.tokens.Token()
}

func (p *jsonParser) value(depth int) (*yaml.Node, error) {
	token, err := p.next()
	if err != nil {
		return nil, err
	}
	return p.node(token, depth)
}

func (p *jsonParser) node(token json.Token, depth int) (*yaml.Node, error) {
	if depth > p.limits.MaxDepth {
		return nil, p.fail(tooDeep(p.limits))
	}
	if p.nodes++; p.nodes > p.limits.MaxNodes {
		return nil, p.fail(tooMany(p.limits))
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: p.at.line + 1, Column: p.at.column + 1}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			n.Kind = yaml.MappingNode
		} else {
			n.Kind = yaml.SequenceNode
		}
		return n, p.children(n, depth)
	case string:
		n.Value, n.Style = t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Value = t.String()
		if _, err := strconv.ParseFloat(n.Value, 64); err != nil {
			return nil, p.fail("the number " + n.Value + " is out of range")
		}
	case bool:
		n.Value = strconv.FormatBool(t)
	case nil:
		n.Value = "null"
	}
	return n, nil
}

func (p *jsonParser) children(parent *yaml.Node, depth int) error {
	for {
		token, err := p.next()
		if err != nil {
			return err
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			return nil
		}
		child, err := p.node(token, depth+1)
		if err != nil {
			return err
		}
		parent.Content = append(parent.Content, child)
	}
}

func (p *jsonParser) fail(msg string) error {
	return &mistake{msg: msg, line: p.at.line + 1, column: p.at.column + 1}
}

// mistake places an error of encoding/json.
func (p *jsonParser) mistake(err error) *mistake {
	var own *mistake
	if errors.As(err, &own) {
		return own
	}
	var syntax *json.SyntaxError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &syntax) && int(syntax.Offset) >= len(p.data) {
		var end position
		end.advance(p.data)
		return &mistake{msg: "not JSON: the file ends in the middle of a value", line: end.line + 1, column: end.column + 1}
	}
	if !errors.As(err, &syntax) {
		return &mistake{msg: "not JSON: " + err.Error(), line: p.at.line + 1, column: p.at.column + 1}
	}
	return p.syntaxMistake(syntax)
}

func (p *jsonParser) syntaxMistake(syntax *json.SyntaxError) *mistake {
	at, rest := p.at, p.data[p.offset:]
	m := &mistake{msg: "not JSON: " + syntax.Error(), line: at.line + 1, column: at.column + 1}
	if bytes.HasPrefix(rest, []byte("//")) || bytes.HasPrefix(rest, []byte("/*")) || bytes.HasPrefix(rest, []byte("#")) {
		m.msg = "not JSON: JSON has no comments; remove the comment, or name the file .yaml if it is YAML"
	}
	return m
}

func tooDeep(limits *Options) string {
	return fmt.Sprintf("values are nested more than %d deep", limits.MaxDepth)
}

func tooMany(limits *Options) string {
	return fmt.Sprintf("the document holds more than %d values once its aliases are expanded", limits.MaxNodes)
}
