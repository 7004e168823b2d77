package render

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The parser says on which line the block began that it was reading, and not
// always that; so the line of an error is looked for here.

var (
	yamlErrorText = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// mends are what to do about the parser's messages.
var mends = []struct{ part, mend string }{
	{"mapping values are not allowed", "check the indentation, and quote a value that has \": \" in it"},
	{"did not find expected key", "check the indentation of this line and the one before"},
	{"did not find expected '-' indicator", "check the indentation; a list goes on with \"- \""},
	{"did not find expected ','", "close the bracket that is opened here"},
	{"cannot start any token", "quote the value"},
	{"unexpected end of stream", "close the quote or bracket that is opened here"},
	{"could not find expected ':'", "a key needs a colon and a space after it"},
	{"unknown escape character", "double the backslash, or use single quotes"},
	{"unknown anchor", "an anchor is set with & before it is used, in the same document"},
}

// maxRetry is the size in bytes up to which a broken file is parsed again to
// find the line of the error.
const maxRetry = 1 << 20

// yamlMistake places the parser's error and says how to mend it.
func yamlMistake(err error, data []byte) *mistake {
	parts := yamlErrorText.FindStringSubmatch(err.Error())
	if parts == nil {
		return &mistake{msg: err.Error()}
	}
	m := &mistake{msg: parts[2]}
	lines := splitLines(string(data), false)
	if m.line = errorLine(m.msg, parts[1], data); m.line > len(lines) {
		m.line = len(lines)
	}
	text := lines[m.line-1]
	m.column = byteColumn(text, len(text)-len(strings.TrimLeft(text, " \t")))
	if name := unknownAnchor.FindStringSubmatch(m.msg); name != nil {
		m.column = byteColumn(text, max(0, strings.Index(text, "*"+name[1])))
	}
	indentation := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	if tab := strings.IndexByte(indentation, '\t'); tab >= 0 {
		m.msg = "found a tab where indentation was expected; use spaces"
		m.column = byteColumn(text, tab)
		return m
	}
	if strings.Contains(text, "{{") {
		m.msg += "; this looks like a template, which must be rendered first"
		return m
	}
	for _, row := range mends {
		if strings.Contains(m.msg, row.part) {
			m.msg += "; " + row.mend
			break
		}
	}
	return m
}

// errorLine is the 1-based line of an error of which the parser said that it
// was on line stated.
func errorLine(msg, stated string, data []byte) int {
	line, _ := strconv.Atoi(stated)
	switch {
	case strings.Contains(msg, "did not find expected ','"):
		return line + 1 // counted from 0: where the bracket was opened
	case strings.Contains(msg, "unexpected end of stream"), len(data) > maxRetry:
		return max(1, line)
	}
	// The parser reads a little ahead: of the last lines that it took in, the
	// first one after which it fails in the same way is the one.
	_, end := failsWith(data)
	last := bytes.Count(data[:end], []byte("\n"))
	if end > 0 && data[end-1] != '\n' {
		last++
	}
	for range 3 {
		previous := bytes.TrimRight(data[:end], "\n")
		previous = previous[:bytes.LastIndexByte(previous, '\n')+1]
		if again, _ := failsWith(previous); len(previous) == 0 || again != msg {
			break
		}
		end = len(previous)
		last = bytes.Count(previous, []byte("\n"))
	}
	return max(1, last)
}

// failsWith parses data and returns the error's message and the number of
// bytes that the parser had taken in, in whole lines.
func failsWith(data []byte) (msg string, taken int) {
	reader := &lineReader{rest: data}
	decoder := yaml.NewDecoder(reader)
	for {
		if _, err := decodeNode(decoder); err != nil {
			if parts := yamlErrorText.FindStringSubmatch(err.Error()); parts != nil && !errors.Is(err, io.EOF) {
				msg = parts[2]
			}
			return msg, len(data) - len(reader.rest)
		}
	}
}

// lineReader gives out one line at a time.
type lineReader struct{ rest []byte }

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	line := r.rest
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end+1]
	}
	n := copy(p, line)
	r.rest = r.rest[n:]
	return n, nil
}

// byteColumn is the 1-based column of characters at a byte offset of a line.
func byteColumn(line string, offset int) int {
	return len([]rune(line[:offset])) + 1
}
