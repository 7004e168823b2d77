package resource

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redactor removes sensitive values from free text: messages that a rule
// composed, errors of programs, source lines. The zero value redacts nothing.
// It is built first and then read; reading is safe for concurrent use.
type Redactor struct {
	// Beside is another one, whose values are removed as well: one with many
	// values can be shared. nil is none.
	Beside *Redactor

	values map[string]struct{}
	starts [len(startSizes)]map[string][]string // values by how they begin
}

// shortValue is the length in bytes under which a sensitive value is replaced
// only where it stands as a word of its own; "on" must not blot out "content".
const shortValue = 6

// startSizes are the lengths of the beginnings that values are found by. Of a
// value the longest counts that it has.
var startSizes = [...]int{16, 8, 4, minValue}

// minValue is the length of the shortest value: a single character says nothing
// and would blot out everything.
const minValue = 2

// fewValues is how many are looked for one by one.
const fewValues = 32

// Add takes in the resource's sensitive values, and the forms in which they
// commonly appear elsewhere: each line of them, as it is and as a part of JSON
// or of a quoted text, and base64 decoded and encoded.
func (r *Redactor) Add(res *Resource) {
	for _, path := range res.Sensitive {
		if value, ok := Lookup(res.Content, path); ok {
			r.addValue(value)
		}
	}
}

func (r *Redactor) addValue(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, child := range v {
			r.addValue(child)
		}
	case []any:
		for _, child := range v {
			r.addValue(child)
		}
	case string:
		r.addText(v)
		r.addText(base64.StdEncoding.EncodeToString([]byte(v)))
		if decoded, err := base64.StdEncoding.DecodeString(v); err == nil && utf8.Valid(decoded) {
			r.addText(string(decoded))
		}
	case nil, bool:
	default: // a number; that of a port or of replicas would blot out too much
		if text, err := json.Marshal(v); err == nil && len(text) >= shortValue {
			r.addText(string(text))
		}
	}
}

func (r *Redactor) addText(text string) {
	for _, line := range append(strings.Split(text, "\n"), text) {
		line = strings.TrimSpace(line)
		r.add(line)
		for _, escaped := range escapes(line) {
			r.add(escaped)
		}
	}
}

// escapes are the forms of a text within quotes where that is not as it is: of
// Rego's %v, which are Go's, and of JSON.
func escapes(text string) []string {
	plain := func(r rune) bool {
		return r != '"' && r != '\\' && r != '<' && r != '>' && r != '&' && r < utf8.RuneSelf && unicode.IsPrint(r)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return nil
	}
	inner := func(quoted string) string { return quoted[1 : len(quoted)-1] }
	var bare strings.Builder
	encoder := json.NewEncoder(&bare)
	encoder.SetEscapeHTML(false)
	forms := []string{inner(strconv.Quote(text))}
	if encoder.Encode(text) == nil {
		forms = append(forms, inner(strings.TrimSuffix(bare.String(), "\n")))
	}
	if escaped, err := json.Marshal(text); err == nil {
		forms = append(forms, inner(string(escaped)))
	}
	return forms
}

func (r *Redactor) add(value string) {
	if _, known := r.values[value]; known || len(value) < minValue {
		return
	}
	if r.values == nil {
		r.values = map[string]struct{}{}
	}
	r.values[value] = struct{}{}
	class := slices.IndexFunc(startSizes[:], func(size int) bool { return size <= len(value) })
	if r.starts[class] == nil {
		r.starts[class] = map[string][]string{}
	}
	start := value[:startSizes[class]]
	r.starts[class][start] = append(r.starts[class][start], value)
}

// in are the values that a text has in it, longest first, so that a value is
// not cut up by a part of it.
func (r *Redactor) in(text string) []string {
	var found []string
	for layer := r; layer != nil; layer = layer.Beside {
		found = layer.find(found, text)
	}
	slices.SortFunc(found, longestFirst)
	return slices.Compact(found)
}

// find adds those of the redactor's own values that a text has in it.
func (r *Redactor) find(found []string, text string) []string {
	if len(r.values) <= fewValues {
		for value := range r.values {
			if strings.Contains(text, value) {
				found = append(found, value)
			}
		}
	} else {
		for class, size := range startSizes {
			if len(r.starts[class]) == 0 {
				continue
			}
			for at := range max(0, len(text)-size+1) {
				for _, value := range r.starts[class][text[at:at+size]] {
					if strings.HasPrefix(text[at:], value) {
						found = append(found, value)
					}
				}
			}
		}
	}
	return found
}

func longestFirst(a, b string) int {
	if len(a) != len(b) {
		return len(b) - len(a)
	}
	return strings.Compare(a, b)
}

// Redact is text with each sensitive value replaced by Mask.
func (r *Redactor) Redact(text string) string {
	if r == nil || text == "" {
		return text
	}
	for _, value := range r.in(text) {
		text = replaceValue(text, value)
	}
	return text
}

func replaceValue(text, value string) string {
	if len(value) >= shortValue {
		return strings.ReplaceAll(text, value, Mask)
	}
	var b strings.Builder
	for {
		at := strings.Index(text, value)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := at + len(value)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if isWord(before) || isWord(after) {
			b.WriteString(text[:end])
		} else {
			b.WriteString(text[:at] + Mask)
		}
		text = text[end:]
	}
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}
