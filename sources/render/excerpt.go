package render

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/terraform"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxContext bounds the lines of an excerpt before and after its place.
const maxContext = 1000

// Excerpt implements sources.Locator. Whatever sensitive says, the lines of
// every resource of the file are masked by its kind as well, since a resource
// has neighbours. Lines of a document that could not be understood are left
// out: nobody can say what in them is sensitive.
func (r *Renderer) Excerpt(snapshot sources.Snapshot, origin resource.Origin, sensitive []resource.Path, at resource.Location, context int) []sources.Line {
	file := r.parsed(snapshot, origin)
	if file == nil || at.Line < 1 || at.Line > len(file.lines) {
		return nil
	}
	context = min(max(context, 0), maxContext)
	masks := file.masks
	if extra := file.extraMasks(origin, sensitive); extra != nil {
		masks = extra
	}
	var lines []sources.Line
	for number := max(1, at.Line-context); number <= min(len(file.lines), at.Line+context); number++ {
		if file.hidden(number) {
			continue
		}
		text := masks.line(number, file.lines[number-1])
		lines = append(lines, sources.Line{Number: number, Text: masks.redactor.Redact(text)})
	}
	return lines
}

// parsedFile is a file as Locate and Excerpt need it.
type parsedFile struct {
	size      int
	yaml      bool
	documents []document // in order
	resources []resource.Resource
	lines     []string
	marks     []mark // where nodes begin, in the order of the text
	dark      []span // documents that must not be shown
	masks     *masks
}

// mark is a place in the text, both numbers 1-based.
type mark struct{ line, column int }

func (m mark) compare(other mark) int {
	return cmp.Or(m.line-other.line, m.column-other.column)
}

// span is the text from one mark up to the next.
type span struct{ from, to mark }

func newParsedFile(m *manifest, data []byte) *parsedFile {
	if m.parser == terraform.Parser {
		return newModuleFile(m, data)
	}
	file := &parsedFile{size: len(data), yaml: m.format() == formatYAML}
	file.lines = splitLines(string(data), file.yaml)
	s := splitter{name: m.name, parser: m.parser, guessed: m.guessed(), limits: m.limits, words: newWords()}
	unread := m.eachDocument(data, func(doc document) {
		file.documents = append(file.documents, doc)
		s.document(doc)
	})
	file.resources = s.Resources
	file.finish(s.broken, unread != nil)
	return file
}

// finish notes where nodes begin and what must not be shown: documents that are
// broken, and all that was not read.
func (file *parsedFile) finish(broken []document, unread bool) {
	for _, doc := range file.documents {
		file.marks = append(file.marks, mark{doc.line, 1})
		file.addMarks(doc.root)
		file.marks = append(file.marks, doc.secrets...)
	}
	slices.SortStableFunc(file.marks, mark.compare)
	end := mark{line: len(file.lines) + 1, column: 1}
	file.marks = append(file.marks, end)
	for i, doc := range file.documents {
		if slices.ContainsFunc(broken, func(b document) bool { return b.index == doc.index }) {
			to := end
			if i+1 < len(file.documents) {
				to = mark{file.documents[i+1].line, 1}
			}
			file.dark = append(file.dark, span{mark{doc.line, 1}, to})
		}
	}
	if unread {
		file.dark = append(file.dark, span{file.endOfDocuments(), end})
	}
	file.masks = &masks{}
	file.addAllMasks(file.masks, file.resources)
}

func (f *parsedFile) document(index int) *document {
	at, found := slices.BinarySearchFunc(f.documents, index, func(d document, i int) int { return d.index - i })
	if !found {
		return nil
	}
	return &f.documents[at]
}

func (f *parsedFile) addMarks(n *yaml.Node) {
	if n.Line > 0 {
		f.marks = append(f.marks, mark{n.Line, n.Column})
	}
	for _, child := range n.Content {
		f.addMarks(child)
	}
}

// endOfDocuments is the first document marker after the last node that was
// read. Between the two there can be nothing but the rest of that node.
func (f *parsedFile) endOfDocuments() mark {
	if len(f.documents) == 0 {
		return mark{1, 1}
	}
	last := f.marks[len(f.marks)-2]
	for line := last.line; line < len(f.lines); line++ {
		if text := f.lines[line]; strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
			return mark{line + 1, 1}
		}
	}
	return mark{last.line, 1}
}

func (f *parsedFile) hidden(line int) bool {
	return slices.ContainsFunc(f.dark, func(s span) bool { return line >= s.from.line && line < s.to.line })
}

// masks are the parts of a file's text that must not be shown.
type masks struct {
	spans    []span
	redactor *resource.Redactor
}

func (f *parsedFile) addAllMasks(m *masks, resources []resource.Resource) {
	for i := range resources {
		f.addMasks(m, &resources[i])
	}
	for _, doc := range f.documents {
		for _, from := range doc.secrets {
			m.spans = append(m.spans, span{from, f.next(from)})
		}
	}
	m.sort()
}

// addMasks covers the sensitive values of a resource.
func (f *parsedFile) addMasks(m *masks, res *resource.Resource) {
	if len(res.Sensitive) == 0 {
		return
	}
	if m.redactor == nil {
		m.redactor = &resource.Redactor{}
	}
	m.redactor.Add(res)
	doc := f.document(res.Origin.Document)
	for _, path := range res.Sensitive {
		where, found := spot{value: doc.root}, true
		for _, step := range slices.Concat(res.Origin.Within, path) {
			if where, found = where.child(step); !found {
				break
			}
		}
		if found {
			f.cover(m, where.value, map[*yaml.Node]bool{})
		}
	}
}

// extraMasks are the file's masks and those for sensitive, or nil if the
// file's own cover them.
func (f *parsedFile) extraMasks(origin resource.Origin, sensitive []resource.Path) *masks {
	at := slices.IndexFunc(f.resources, func(res resource.Resource) bool {
		return res.Origin.Document == origin.Document && res.Origin.Within.Equal(origin.Within)
	})
	if at < 0 {
		return nil
	}
	known := f.resources[at].Sensitive
	if !slices.ContainsFunc(sensitive, func(p resource.Path) bool {
		return !slices.ContainsFunc(known, func(k resource.Path) bool { return k.Equal(p) })
	}) {
		return nil
	}
	all, resources := &masks{}, slices.Clone(f.resources)
	resources[at].Sensitive = slices.Concat(known, sensitive)
	f.addAllMasks(all, resources)
	return all
}

// cover masks the values below n, wherever an alias says that they are
// written, and leaves their keys.
func (f *parsedFile) cover(m *masks, n *yaml.Node, seen map[*yaml.Node]bool) {
	n = resolveAlias(n)
	if seen[n] {
		return
	}
	seen[n] = true
	switch n.Kind {
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			f.cover(m, n.Content[i], seen)
		}
	case yaml.SequenceNode:
		for _, child := range n.Content {
			f.cover(m, child, seen)
		}
	default:
		if n.Line == 0 {
			// Nobody can say which lines hold it.
			m.spans = append(m.spans, span{mark{1, 1}, f.marks[len(f.marks)-1]})
			return
		}
		if !isEmptyValue(n) {
			m.spans = append(m.spans, f.span(n))
		}
	}
}

// span is the text of a scalar. The parser tells where it begins; where it ends
// is looked up for quoted ones. Others end at the next node at the latest, and
// what is covered too much are comments and brackets.
func (f *parsedFile) span(n *yaml.Node) span {
	from := mark{n.Line, n.Column}
	to := f.next(from)
	first := f.lines[n.Line-1]
	rest := first[byteOffset(first, n.Column):]
	switch {
	case f.documents[0].foreign:
	case !f.yaml && n.Style == 0:
		to = minMark(to, mark{n.Line + 1, 1})
	case n.Style == yaml.DoubleQuotedStyle && strings.HasPrefix(rest, `"`),
		n.Style == yaml.SingleQuotedStyle && strings.HasPrefix(rest, `'`):
		quote, line := rest[0], n.Line
		for rest = rest[1:]; !closes(rest, quote) && line < len(f.lines); line++ {
			rest = f.lines[line]
		}
		to = minMark(to, mark{line + 1, 1})
	}
	return span{from, to}
}

// closes reports whether the quote that is open at the beginning of text ends in it.
func closes(text string, quote byte) bool {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == quote:
			return true
		}
	}
	return false
}

func minMark(a, b mark) mark {
	if a.compare(b) < 0 {
		return a
	}
	return b
}

// next is where the node after the one at from begins. Up to there the text
// belongs to it, or is space, punctuation and comments.
func (f *parsedFile) next(from mark) mark {
	after := mark{from.line, from.column + 1}
	at, _ := slices.BinarySearchFunc(f.marks, after, mark.compare)
	return f.marks[min(at, len(f.marks)-1)]
}

func (m *masks) sort() {
	slices.SortFunc(m.spans, func(a, b span) int { return a.from.compare(b.from) })
}

// line is the text of a line with resource.Mask in the place of what is covered.
func (m *masks) line(number int, text string) string {
	var out strings.Builder
	done := 0 // bytes of text
	// Spans do not overlap, so both of their ends are in order.
	first, _ := slices.BinarySearchFunc(m.spans, number, func(s span, n int) int { return s.to.line - n })
	for first > 0 && m.spans[first-1].to.line >= number {
		first--
	}
	for _, s := range m.spans[first:] {
		if s.from.line > number {
			break
		}
		from, to := s.within(number, text)
		if from = max(from, done); from >= to {
			continue
		}
		out.WriteString(text[done:from])
		out.WriteString(resource.Mask)
		done = to
	}
	out.WriteString(text[done:])
	return out.String()
}

// within is the part of a line's text, in bytes, that the span covers, without
// the indentation before it and the punctuation that leads to the next node.
func (s span) within(number int, text string) (from, to int) {
	to = len(text)
	if s.to.line == number {
		to = byteOffset(text, s.to.column)
	}
	if s.from.line < number {
		from = len(text) - len(strings.TrimLeft(text, " \t"))
		if s.to.line == number && strings.Trim(text[:to], " \t,:[]{}-?") == "" {
			return 0, 0
		}
	} else {
		from = byteOffset(text, s.from.column)
	}
	if s.to.line == number && from < to {
		// A value on one line with the next node is within brackets, where it
		// could not end in one of these itself.
		to = from + len(strings.TrimRight(text[from:to], " \t,[]{}"))
	}
	return from, to
}

// byteOffset is where the 1-based column of characters begins in text.
func byteOffset(text string, column int) int {
	offset := 0
	for ; column > 1 && offset < len(text); column-- {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}

// splitLines cuts text as its parser counts lines: YAML 1.1 knows more line
// breaks than JSON.
func splitLines(text string, yaml bool) []string {
	if yaml {
		text = yamlBreaks.Replace(text)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, "\r")
	}
	return lines
}

var yamlBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
