package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"golang.org/x/net/html/charset"

	conftest "github.com/open-policy-agent/conftest/parser/xml"
)

// parseXML reads XML: elements by their local names, as lists where they
// repeat, attributes as "-name" and text beside them as "#content".
func parseXML(in input) (any, error) {
	// The parser itself takes a broken file for one that ends there.
	if err := eachToken(in, func(xml.Token, mark) error { return nil }); err != nil {
		return nil, err
	}
	return with(&conftest.Parser{})(in)
}

// eachToken visits the tokens of the file and where they begin.
func eachToken(in input, visit func(xml.Token, mark) error) error {
	decoder := xml.NewDecoder(bytes.NewReader(in.data))
	decoder.CharsetReader = charset.NewReaderLabel
	for depth := 0; ; {
		line, column := decoder.InputPos()
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > in.limits.MaxDepth {
			return &mistake{msg: fmt.Sprintf("elements are nested more than %d deep", in.limits.MaxDepth), line: line, column: column}
		}
		if err := visit(token, mark{line, column}); err != nil {
			return err
		}
	}
}

// xmlElement is an element that is not closed yet.
type xmlElement struct {
	at    *places
	names map[string][]*places // the elements below it, by name
}

func placeXML(in input) *places {
	root := &places{value: mark{1, 1}}
	open := []xmlElement{{at: root, names: map[string][]*places{}}}
	err := eachToken(in, func(token xml.Token, at mark) error {
		switch token := token.(type) {
		case xml.StartElement:
			element := &places{key: at, value: at}
			for _, attribute := range token.Attr {
				element.child("-" + attribute.Name.Local).begin(at)
			}
			parent := open[len(open)-1]
			parent.names[token.Name.Local] = append(parent.names[token.Name.Local], element)
			open = append(open, xmlElement{at: element, names: map[string][]*places{}})
		case xml.EndElement:
			if len(open) > 1 {
				open[len(open)-1].close()
				open = open[:len(open)-1]
			}
		}
		return nil
	})
	if err != nil {
		return root
	}
	open[0].close()
	return root
}

// close puts what stands below an element in its places: an element that
// repeats is a list.
func (e *xmlElement) close() {
	for name, list := range e.names {
		if len(list) == 1 {
			e.at.set(name, list[0])
			continue
		}
		parent := &places{key: list[0].key, value: list[0].value}
		for i, element := range list {
			parent.set(i, element)
		}
		e.at.set(name, parent)
	}
}
