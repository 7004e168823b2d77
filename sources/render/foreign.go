package render

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	cueerrors "cuelang.org/go/cue/errors"
	dockerfile "github.com/moby/buildkit/frontend/dockerfile/parser"
	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Bounds of the files whose parsers call themselves for what is nested: their
// size in bytes, and how deep that may go.
const (
	maxNested  = 1 << 20
	maxCode    = 256 << 10 // of languages that are evaluated
	maxNesting = 1000
)

// input is a file as a parser takes it.
type input struct {
	tree fs.FS // where imports are looked for; nil permits none
	name string
	data []byte
	// limits are those of the renderer.
	limits *Options
	// value is what parse made of it, for place.
	value any
}

// foreign reads a file of one of the formats beside YAML and JSON into nodes
// of the shape of its value. Nodes whose place is unknown have line 0.
func (m *manifest) foreign(data []byte) (document, *mistake) {
	f, known := formatNamed(m.format())
	if !known {
		return document{}, m.unknown()
	}
	// A parser that is left behind goes on reading while the buffer is used again.
	in := input{tree: m.tree, name: m.name, data: bytes.Clone(data), limits: m.limits}
	root, where, wrong := f.read(in)
	if wrong != nil {
		return document{}, wrong
	}
	where.apply(root)
	if root.Line == 0 {
		root.Line, root.Column = 1, 1
	}
	doc := document{line: 1, root: root, foreign: true, imports: f.imports}
	doc.settings = f.settings || f.name == "hcl2" && strings.HasSuffix(strings.ToLower(m.name), ".tfvars")
	if where != nil && doc.settings {
		doc.secrets = where.secrets
	}
	return doc, nil
}

func (m *manifest) unknown() *mistake {
	return &mistake{msg: fmt.Sprintf("there is no parser %q; choose one of %s", m.parser, strings.Join(Parsers(), ", "))}
}

func (f *format) read(in input) (*yaml.Node, *places, *mistake) {
	out := f.bounded(in)
	if out.err != nil {
		return nil, nil, foreignMistake(f.name, out.err)
	}
	encoded, err := json.Marshal(out.value)
	if err != nil {
		return nil, nil, &mistake{msg: fmt.Sprintf("not %s that policies can read: %v", f.name, err), line: 1, column: 1}
	}
	root, wrong := parseJSON(encoded, in.limits)
	if wrong != nil {
		return nil, nil, &mistake{msg: wrong.msg, line: 1, column: 1}
	}
	return root, out.where, nil
}

// outcome is what a parser made of a file.
type outcome struct {
	value any
	where *places // nil if unknown
	err   error
}

// bounded runs the parser where neither a panic nor an endless loop of it does
// harm. A parser that is stuck is left behind: nothing in Go can end it.
func (f *format) bounded(in input) outcome {
	if f.nested > 0 {
		if err := f.admit(in.data); err != nil {
			return outcome{err: err}
		}
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if cause := recover(); cause != nil {
				out = outcome{err: fmt.Errorf("the parser cannot cope with this file: %v", cause)}
			}
			done <- out
		}()
		if out.value, out.err = f.parse(in); out.err == nil && f.place != nil {
			in.value = out.value
			out.where = f.place(in)
		}
	}()
	timer := time.NewTimer(in.limits.ParseTimeout)
	defer timer.Stop()
	select {
	case out := <-done:
		return out
	case <-timer.C:
		return outcome{err: fmt.Errorf("reading it takes longer than %s; simplify it or exclude it", in.limits.ParseTimeout)}
	}
}

// admit refuses what would make a parser call itself too often: the stack of a
// goroutine has an end, which no program survives.
func (f *format) admit(data []byte) error {
	if len(data) > f.nested {
		return fmt.Errorf("larger than the limit of %d bytes for %s; split it or exclude it", f.nested, f.name)
	}
	if nesting(data, f.chains) > maxNesting {
		return errNesting
	}
	return nil
}

var errorLineText = regexp.MustCompile(`(?i)\bline:? (\d+)|^[^\s:]*:(\d+):(\d+)`)

// foreignMistake places a parser's error by what its text says.
func foreignMistake(name string, err error) *mistake {
	var own *mistake
	if errors.As(err, &own) {
		return own
	}
	m := &mistake{msg: fmt.Sprintf("not %s: %s", name, strings.TrimSpace(err.Error())), line: 1, column: 1}
	var instruction *dockerfile.LocationError
	var cue cueerrors.Error
	switch {
	case errors.As(err, &instruction) && len(instruction.Locations) > 0 && len(instruction.Locations[0]) > 0:
		m.line = max(1, instruction.Locations[0][0].Start.Line)
		return m
	case errors.As(err, &cue) && cue.Position().Line() > 0:
		m.line, m.column = cue.Position().Line(), cue.Position().Column()
		return m
	}
	if found := errorLineText.FindStringSubmatch(err.Error()); found != nil {
		if line, err := strconv.Atoi(found[1] + found[2]); err == nil && line > 0 {
			m.line = line
		}
		if column, err := strconv.Atoi(found[3]); err == nil && column > 0 {
			m.column = column
		}
	}
	return m
}

// Parse is the value of a file's content in the form of resource.Resource's
// Content: as the parser of that name reads it or, where parser is "", the one
// that the file's name calls for. A YAML text of several documents is the list
// of them. Nothing is imported.
func (r *Renderer) Parse(parser, name string, content []byte) (any, error) {
	return r.parseValue(nil, parser, name, content)
}

// ParseFile is Parse for a file of a snapshot, which may import others of it.
func (r *Renderer) ParseFile(ctx context.Context, snapshot fs.FS, parser, name string) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var reader fileReader
	data, err := readFile(snapshot, name, &r.limits, &reader.buffer)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r.parseValue(snapshot, parser, name, data)
}

func (r *Renderer) parseValue(tree fs.FS, parser, name string, content []byte) (any, error) {
	file := manifest{tree: tree, name: name, parser: parser, limits: &r.limits}
	if file.guessed() {
		return nil, resource.Problems{{Msg: nameParser, Location: resource.Location{File: name}}}
	}
	data, wrong := decodeText(content)
	if wrong != nil {
		return nil, resource.Problems{wrong.at(name)}
	}
	var documents []any
	var refused *mistake
	words := newWords()
	wrong = file.eachDocument(data, func(doc document) {
		c := converter{limits: &r.limits, words: words, line: doc.line}
		value, err := c.value(doc.root, 0)
		documents = append(documents, value)
		refused = cmp.Or(refused, err)
	})
	if wrong = cmp.Or(wrong, refused); wrong != nil {
		return nil, resource.Problems{wrong.at(name)}
	}
	switch len(documents) {
	case 0:
		return nil, nil
	case 1:
		return documents[0], nil
	}
	return documents, nil
}
