package resource

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mask is what stands in the place of a sensitive value in all that is shown or stored.
const Mask = "(sensitive)"

// MaskPaths is a copy of value in which what stands at each of the paths is
// replaced by Mask. What need not change is shared with value.
func MaskPaths(value any, paths []Path) any {
	for _, path := range paths {
		value = maskAt(value, path)
	}
	return value
}

func maskAt(value any, path Path) any {
	if len(path) == 0 {
		return maskLeaves(value)
	}
	switch node := value.(type) {
	case map[string]any:
		key, ok := path[0].(string)
		child, found := node[key]
		if !ok || !found {
			return value
		}
		node = maps.Clone(node)
		node[key] = maskAt(child, path[1:])
		return node
	case []any:
		index, ok := path[0].(int)
		if !ok || index < 0 || index >= len(node) {
			return value
		}
		node = slices.Clone(node)
		node[index] = maskAt(node[index], path[1:])
		return node
	}
	return value
}

// maskLeaves keeps the keys of a sensitive object: that a Secret has an entry
// "password" is no secret, and helps whoever reads the diff.
func maskLeaves(value any) any {
	switch node := value.(type) {
	case map[string]any:
		masked := make(map[string]any, len(node))
		for k, v := range node {
			masked[k] = maskLeaves(v)
		}
		return masked
	case []any:
		masked := make([]any, len(node))
		for i, v := range node {
			masked[i] = maskLeaves(v)
		}
		return masked
	}
	return Mask
}

// Redactor removes sensitive values from free text: messages that a rule
// composed, errors of programs, source lines. The zero value redacts nothing.
// It is built first and then read; reading is safe for concurrent use.
type Redactor struct {
	values map[string]struct{}
	sorted []string // longest first, so that a value is not cut up by a part of it
}

// shortValue is the length in bytes under which a sensitive value is replaced
// only where it stands as a word of its own; "on" must not blot out "content".
const shortValue = 6

// Add takes in the resource's sensitive values, and the forms in which they
// commonly appear elsewhere: each line of them, quoted, and base64 decoded and encoded.
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
		// As it stands within a value that is printed as a whole.
		quoted := strconv.Quote(v)
		r.addText(quoted[1 : len(quoted)-1])
		r.addText(base64.StdEncoding.EncodeToString([]byte(v)))
		if decoded, err := base64.StdEncoding.DecodeString(v); err == nil && utf8.Valid(decoded) {
			r.addText(string(decoded))
		}
	}
}

func (r *Redactor) addText(text string) {
	if r.values == nil {
		r.values = map[string]struct{}{}
	}
	for _, line := range append(strings.Split(text, "\n"), text) {
		line = strings.TrimSpace(line)
		// A single character says nothing and would blot out everything.
		if _, known := r.values[line]; known || len(line) < 2 {
			continue
		}
		r.values[line] = struct{}{}
		at, _ := slices.BinarySearchFunc(r.sorted, line, longestFirst)
		r.sorted = slices.Insert(r.sorted, at, line)
	}
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
	for _, value := range r.sorted {
		if len(value) <= len(text) && strings.Contains(text, value) {
			text = replaceValue(text, value)
		}
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
