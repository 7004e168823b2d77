package rego

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// veil masks the values of a trace. A rule can make anything of a secret, its
// digest or its letters one by one, so where the case has any, a text or a
// number is shown only if it is known from somewhere else: from what is not
// sensitive in the resources, from the rules or from their data; and of a text
// that was put together, if that is true of all its words.
type veil struct {
	redactor *resource.Redactor
	known    map[string]bool // texts, words of texts and numbers; nil: nothing in the case is sensitive
	secret   map[string]bool // the words of what is sensitive
}

// veil is that of the case and of the secrets that were found in it.
func (j *judge) veil(c policy.Case, secrets map[*resource.Resource][]resource.Path) *veil {
	v := &veil{known: map[string]bool{}, secret: map[string]bool{}}
	each(c, func(r *resource.Resource) {
		for _, path := range slices.Concat(r.Sensitive, secrets[r]) {
			if value, ok := resource.Lookup(r.Content, path); ok {
				learnLeaves(v.secret, value)
			}
			if v.redactor == nil {
				v.redactor = &resource.Redactor{}
			}
			v.redactor.Add(&resource.Resource{Content: r.Content, Sensitive: []resource.Path{path}})
		}
	})
	if v.redactor == nil {
		return &veil{}
	}
	each(c, func(r *resource.Resource) {
		learn(v.known, toTerm(resource.MaskPaths(r.Content, slices.Concat(r.Sensitive, secrets[r]))))
	})
	for _, t := range c.Targets {
		learn(v.known, targetTerm(t))
	}
	for i := range c.Subjects {
		learn(v.known, ast.StringTerm(c.Subjects[i].ID.Target))
	}
	learn(v.known, ast.NewTerm(j.world.data))
	learn(v.known, toTerm(j.world.params.values))
	for _, own := range j.world.params.targets {
		learn(v.known, toTerm(own))
	}
	for _, m := range j.compiler.Modules {
		learn(v.known, m)
	}
	v.known[string(c.Phase)] = true
	return v
}

// knows takes in the keys of an input's own form, which no resource has.
func (v *veil) knows(input ast.Value, depth int) {
	object, ok := input.(ast.Object)
	if v.known == nil || depth == 0 || !ok {
		return
	}
	object.Foreach(func(key, value *ast.Term) {
		learn(v.known, key)
		v.knows(value.Value, depth-1)
	})
}

// each visits all resources of the case.
func each(c policy.Case, visit func(*resource.Resource)) {
	some := func(r *resource.Resource) {
		if r != nil {
			visit(r)
		}
	}
	for i := range c.Subjects {
		some(c.Subjects[i].Resource)
		some(c.Subjects[i].Live)
		if change := c.Subjects[i].Change; change != nil {
			some(change.Before)
			some(change.After)
		}
	}
	for res := range c.Context.Resources() {
		visit(res)
	}
	for i := range c.Live {
		some(&c.Live[i])
	}
}

// learn takes in the texts, with their words, and the numbers of a term or a module.
func learn(into map[string]bool, node any) {
	ast.WalkTerms(node, func(t *ast.Term) bool {
		switch value := t.Value.(type) {
		case ast.String:
			into[string(value)] = true
			for _, word := range words(string(value)) {
				into[word] = true
			}
		case ast.Number:
			into[string(value)] = true
		}
		return false
	})
}

// learnLeaves takes in what stands in a sensitive value, and what base64 hides
// in it. Its keys are no secret.
func learnLeaves(into map[string]bool, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, child := range v {
			learnLeaves(into, child)
		}
	case []any:
		for _, child := range v {
			learnLeaves(into, child)
		}
	case string:
		learn(into, ast.StringTerm(v))
		if decoded, err := base64.StdEncoding.DecodeString(v); err == nil {
			learn(into, ast.StringTerm(string(decoded)))
		}
	default:
		learn(into, toTerm(v))
	}
}

func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// word reports whether a text or number may be shown as it is.
func (v *veil) word(text string) bool {
	return text == "" || v.known[text] && !v.secret[text]
}

// string is a text as it may be shown.
func (v *veil) string(text string) string {
	text = v.redactor.Redact(text)
	if v.word(text) {
		return text
	}
	all := words(strings.ReplaceAll(text, resource.Mask, " "))
	if len(all) > 1 && !slices.ContainsFunc(all, func(word string) bool { return !v.word(word) }) {
		return text
	}
	return resource.Mask
}

// number is as it may be shown: small ones are counts of something.
func (v *veil) number(n ast.Number) ast.Value {
	small, whole := n.Int()
	if v.word(string(n)) || whole && !v.secret[string(n)] && small > -1000 && small < 1000 {
		return n
	}
	return ast.String(resource.Mask)
}

// mask is the value without what must not be shown.
func (v *veil) mask(value ast.Value) ast.Value {
	if v.known == nil {
		return value
	}
	masked := func(t *ast.Term) *ast.Term { return ast.NewTerm(v.mask(t.Value)) }
	switch value := value.(type) {
	case ast.String:
		return ast.String(v.string(string(value)))
	case ast.Number:
		return v.number(value)
	case *ast.Array:
		elements := make([]*ast.Term, value.Len())
		for i := range elements {
			elements[i] = masked(value.Elem(i))
		}
		return ast.NewArray(elements...)
	case ast.Set:
		set := ast.NewSet()
		value.Foreach(func(t *ast.Term) { set.Add(masked(t)) })
		return set
	case ast.Object:
		object := ast.NewObject()
		value.Foreach(func(key, t *ast.Term) { object.Insert(masked(key), masked(t)) })
		return object
	}
	return value
}

func (v *veil) json(value ast.Value) json.RawMessage { return rawJSON(v.mask(value)) }

// maxShown bounds a value in a trace, in bytes.
const maxShown = 160

// text is the value as Rego writes it, short.
func (v *veil) text(value ast.Value) string {
	return short(v.redactor.Redact(v.mask(value).String()), maxShown)
}

// msg is a message as it may be shown.
func (v *veil) msg(msg string) string {
	if v.known == nil {
		return msg
	}
	return v.string(msg)
}

// path is without sensitive values, which a rule could have made a step of.
func (v *veil) path(path resource.Path) resource.Path {
	shown := slices.Clone(path)
	for i, step := range shown {
		if text, ok := step.(string); ok {
			shown[i] = v.msg(text)
		}
	}
	return shown
}
