package rego

import (
	"encoding/json"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// veil masks the values of a trace. A rule can make anything of a secret, its
// digest or its letters one by one, so where the case has any, a text or a
// number is shown only if it is known from somewhere else: from what is not
// sensitive in the resources, from the rules or from their data.
type veil struct {
	redactor *resource.Redactor
	known    map[string]bool // nil: nothing in the case is sensitive
}

// veil is that of the case and of the secrets that were found in it.
func (j *judge) veil(c policy.Case, secrets map[*resource.Resource][]resource.Path) *veil {
	v := &veil{}
	sensitive := false
	each(c, func(r *resource.Resource) {
		marked := *r
		marked.Sensitive = slices.Concat(r.Sensitive, secrets[r])
		if len(marked.Sensitive) > 0 {
			sensitive = true
			if v.redactor == nil {
				v.redactor = &resource.Redactor{}
			}
			v.redactor.Add(&marked)
		}
	})
	if !sensitive {
		return v
	}
	v.known = map[string]bool{}
	each(c, func(r *resource.Resource) {
		v.learn(toTerm(resource.MaskPaths(r.Content, slices.Concat(r.Sensitive, secrets[r]))))
	})
	for _, t := range c.Targets {
		v.learn(targetTerm(t))
	}
	v.learn(ast.NewTerm(j.world.data))
	v.learn(toTerm(j.world.params))
	for _, m := range j.compiler.Modules {
		v.learn(m)
	}
	return v
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
	for i := range c.Context {
		some(&c.Context[i])
	}
	for i := range c.Live {
		some(&c.Live[i])
	}
}

// learn takes in the texts and numbers of a term or a module.
func (v *veil) learn(node any) {
	ast.WalkTerms(node, func(t *ast.Term) bool {
		switch value := t.Value.(type) {
		case ast.String:
			v.known[string(value)] = true
		case ast.Number:
			v.known[string(value)] = true
		}
		return false
	})
}

// mask is the value without what must not be shown.
func (v *veil) mask(value ast.Value) ast.Value {
	if v.known == nil {
		return value
	}
	masked := func(t *ast.Term) *ast.Term { return ast.NewTerm(v.mask(t.Value)) }
	switch value := value.(type) {
	case ast.String:
		if !v.known[string(value)] {
			return ast.String(resource.Mask)
		}
		return ast.String(v.redactor.Redact(string(value)))
	case ast.Number:
		if !v.known[string(value)] {
			return ast.String(resource.Mask)
		}
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

// path is without sensitive values, which a rule could have made a step of.
func (v *veil) path(path resource.Path) resource.Path {
	shown := slices.Clone(path)
	for i, step := range shown {
		if text, ok := step.(string); ok {
			shown[i] = v.redactor.Redact(text)
		}
	}
	return shown
}
