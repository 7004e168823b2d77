package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"unicode/utf8"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// fileReader renders one file after the other; its buffer and words are used again.
type fileReader struct {
	limits   *Options
	parser   string
	snapshot fs.FS
	unseal   *unsealer
	target   string  // put into each ID
	fill     *filler // nil where no variables are filled in
	words    *words
	buffer   bytes.Buffer
}

func (r *fileReader) render(name string) sources.FileRendering {
	file := manifest{tree: r.snapshot, name: name, parser: r.parser, limits: r.limits}
	s := splitter{name: name, target: r.target, parser: r.parser, guessed: file.guessed(), limits: r.limits, words: r.words}
	data, err := readFile(r.snapshot, name, r.limits, &r.buffer)
	if err != nil {
		s.Problems = append(s.Problems, resource.Problem{
			Msg: readMessage(err, r.limits), Location: resource.Location{File: name},
		})
		return s.FileRendering
	}
	data, mistake := decodeText(data)
	if mistake == nil {
		mistake = r.documents(&file, &s, data)
	}
	if mistake != nil {
		s.Problems = append(s.Problems, mistake.at(name))
	}
	if r.fill != nil {
		s.Imports = true // their values are not in the file
		s.Resources, s.Problems = r.fill.all(s.Resources, s.Problems)
	}
	s.Resources = slices.Clone(s.Resources) // they are kept for long, and are mostly fewer than there is room for
	return s.FileRendering
}

// documents makes resources of a file's documents, decrypted if need be.
func (r *fileReader) documents(file *manifest, s *splitter, data []byte) *mistake {
	format := file.format()
	if !bytes.Contains(data, []byte(sealedText)) || format != formatYAML && format != formatJSON {
		return file.eachDocument(data, s.document)
	}
	var docs []document
	if wrong := file.eachDocument(data, func(doc document) { docs = append(docs, doc) }); wrong != nil {
		return wrong
	}
	hide, wrong := r.unseal.documents(s.name, docs)
	if wrong != nil {
		return wrong
	}
	// What they hold depends on the keys, not on the file alone.
	s.Imports = s.Imports || hide != nil
	for i, doc := range docs {
		first := len(s.Resources)
		s.document(doc)
		if hide == nil {
			continue
		}
		for j := range s.Resources[first:] {
			hide[i].hide(&s.Resources[first+j])
		}
	}
	return nil
}

// readFile reads a file into buffer, and no more of it than the limit allows.
func readFile(snapshot fs.FS, name string, limits *Options, buffer *bytes.Buffer) ([]byte, error) {
	file, err := snapshot.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > limits.MaxFileSize {
		return nil, sources.ErrTooLarge
	}
	buffer.Reset()
	buffer.Grow(int(info.Size()) + bytes.MinRead)
	if _, err := buffer.ReadFrom(io.LimitReader(file, limits.MaxFileSize+1)); err != nil {
		return nil, err
	}
	if int64(buffer.Len()) > limits.MaxFileSize {
		return nil, sources.ErrTooLarge
	}
	return buffer.Bytes(), nil
}

// readMessage says why a file cannot be read, and how to mend that.
func readMessage(err error, limits *Options) string {
	switch {
	case errors.Is(err, sources.ErrTooLarge):
		return fmt.Sprintf("larger than the limit of %d bytes for a manifest; split it or exclude it", limits.MaxFileSize)
	case errors.Is(err, sources.ErrEscapes):
		return "a symbolic link that leads out of the source's root is not followed; put the file itself into the source"
	case errors.Is(err, fs.ErrPermission):
		return "cannot be read: permission denied"
	}
	return "cannot be read: " + err.Error()
}

// decodeText is data without its byte order mark, if it is UTF-8 text.
func decodeText(data []byte) ([]byte, *mistake) {
	if bytes.HasPrefix(data, []byte("\xfe\xff")) || bytes.HasPrefix(data, []byte("\xff\xfe")) {
		return nil, &mistake{msg: "the file is UTF-16; save it as UTF-8", line: 1, column: 1}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	bad := bytes.IndexByte(data, 0)
	if bad < 0 && !utf8.Valid(data) {
		for bad = 0; bad < len(data); {
			r, size := utf8.DecodeRune(data[bad:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			bad += size
		}
	}
	if bad < 0 {
		return data, nil
	}
	var at position
	at.advance(data[:bad])
	return nil, &mistake{
		msg:    fmt.Sprintf("not text: the byte 0x%02x is not part of a UTF-8 manifest", data[bad]),
		line:   at.line + 1,
		column: at.column + 1,
	}
}

// mistake is a problem before it knows its file. Line and column are 1-based,
// 0 if unknown; columns count characters.
type mistake struct {
	msg          string
	line, column int
}

func (m *mistake) Error() string { return m.msg }

func (m *mistake) at(file string) resource.Problem {
	return resource.Problem{Msg: m.msg, Location: resource.Location{File: file, Line: m.line, Column: m.column}}
}

// position counts lines and characters, both from 0. Lines end at "\n".
type position struct{ line, column int }

func (p *position) advance(text []byte) {
	if last := bytes.LastIndexByte(text, '\n'); last >= 0 {
		p.line += bytes.Count(text, []byte("\n"))
		p.column = 0
		text = text[last+1:]
	}
	p.column += utf8.RuneCount(text)
}
