package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// terms turns contents into what Rego sees. Manifests say the same few words
// over and over, so each short text is made a term once.
type terms struct {
	known map[string]*ast.Term
}

// Bounds on what a terms keeps.
const (
	maxKnownText  = 64      // bytes
	maxKnownTexts = 1 << 12 // entries
)

func newTerms() *terms { return &terms{known: map[string]*ast.Term{}} }

func (t *terms) text(s string) *ast.Term {
	if len(s) > maxKnownText {
		return ast.StringTerm(s)
	}
	if known, ok := t.known[s]; ok {
		return known
	}
	term := ast.StringTerm(s)
	if len(t.known) < maxKnownTexts {
		t.known[s] = term
	}
	return term
}

// of is the content as a term; toTerm says which contents there are.
func (t *terms) of(content any) *ast.Term {
	switch v := content.(type) {
	case string:
		return t.text(v)
	case bool:
		return ast.InternedTerm(v)
	case map[string]any:
		pairs := make([][2]*ast.Term, 0, len(v))
		for key, value := range v {
			pairs = append(pairs, [2]*ast.Term{t.text(key), t.of(value)})
		}
		return ast.ObjectTerm(pairs...)
	case []any:
		elements := make([]*ast.Term, len(v))
		for i, element := range v {
			elements[i] = t.of(element)
		}
		return ast.ArrayTerm(elements...)
	}
	return toTerm(content)
}
