package rego

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A resource is handed on as a whole, to helpers that look at its name. What of
// its spec the code can come upon is told by names: whatever is not named
// anywhere in the code is read by what goes through all of a spec alone.

const spec = "spec"

// mayName reports whether the code may come upon what stands at a path.
func (r *reads) mayName(path resource.Path) bool {
	if r.generic || len(path) < 2 || path[0] != spec {
		return true
	}
	for _, read := range r.input {
		// A key of the resource, or of its spec, that may be any.
		if len(read) > 1 && read[1] == nil || len(read) > 2 && read[1] == spec && read[2] == nil {
			return true
		}
	}
	key, isKey := path[1].(string)
	return !isKey || r.keys[key]
}

// reaching says how code goes through values.
type reaching struct {
	whole bool // a function takes values apart
	spec  bool // all keys of a spec are gone through
	ends  bool // a spec is handed on as a whole
	any   bool // all keys of something are gone through
}

func (r *reaching) generic() bool { return r.whole || r.spec || r.ends && r.any }

// takeApart are the functions that look into a value as a whole.
func takeApart(name string) bool {
	switch name {
	case "walk", "object.keys", "object.union", "object.union_n", "object.filter", "object.remove", "object.subset", "yaml.marshal":
		return true
	}
	return strings.HasPrefix(name, "json.")
}

// rule takes in a rule's code, and the keys that it names.
func (r *reaching) rule(x *ast.Rule, keys map[string]bool) {
	r.take(x, keys)
	ast.WalkExprs(x, func(e *ast.Expr) bool {
		if !e.IsCall() {
			return false
		}
		for i, operand := range e.Operands() {
			if ref, isRef := operand.Value.(ast.Ref); isRef && endsInSpec(ref) && !(i == 0 && getsByName(e)) {
				r.ends = true
			}
		}
		return false
	})
	ast.WalkTerms(x, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Call:
			for _, operand := range v[1:] {
				if ref, isRef := operand.Value.(ast.Ref); isRef && endsInSpec(ref) {
					r.ends = true
				}
			}
		case *ast.Array:
			v.Foreach(func(element *ast.Term) { r.ends = r.ends || isSpec(element) })
		case ast.Object:
			v.Foreach(func(_, value *ast.Term) { r.ends = r.ends || isSpec(value) })
		}
		return false
	})
	if x.Head.Value != nil && isSpec(x.Head.Value) || x.Head.Key != nil && isSpec(x.Head.Key) {
		r.ends = true
	}
}

func isSpec(t *ast.Term) bool {
	ref, isRef := t.Value.(ast.Ref)
	return isRef && endsInSpec(ref)
}

func endsInSpec(ref ast.Ref) bool {
	return len(ref) > 1 && ref[len(ref)-1].Value.Compare(ast.String(spec)) == 0
}

// getsByName reports whether a call gets a key that it names.
func getsByName(e *ast.Expr) bool {
	if e.Operator().String() != ast.ObjectGet.Name || len(e.Operands()) < 2 {
		return false
	}
	switch key := e.Operand(1).Value.(type) {
	case ast.String:
		return true
	case *ast.Array:
		if key.Len() == 0 {
			return false
		}
		_, isText := key.Elem(0).Value.(ast.String)
		return isText
	}
	return false
}

// take notes the names and references in a piece of code. Keys of objects that
// the code makes reach into nothing.
func (r *reaching) take(node any, keys map[string]bool) {
	ast.WalkTerms(node, func(t *ast.Term) bool {
		switch v := t.Value.(type) {
		case ast.Ref:
			r.ref(v, keys)
			for i, step := range v {
				switch step.Value.(type) {
				case ast.String, ast.Var:
				default:
					r.take(v[i], keys)
				}
			}
			return true
		case ast.Object:
			v.Foreach(func(key, value *ast.Term) {
				if _, isText := key.Value.(ast.String); !isText {
					r.take(key, keys)
				}
				r.take(value, keys)
			})
			return true
		case ast.String:
			keys[string(v)] = true
		}
		return false
	})
}

// ref takes in a reference. What follows metadata is no part of a spec.
func (r *reaching) ref(ref ast.Ref, keys map[string]bool) {
	r.whole = r.whole || takeApart(ref.String())
	before := ""
	for i, step := range ref {
		if i == 0 {
			continue
		}
		text, isText := step.Value.(ast.String)
		_, isVar := step.Value.(ast.Var)
		switch {
		case isText && before != "metadata":
			keys[string(text)] = true
		case !isText && before == spec:
			r.spec = true
		case isVar && i == 1:
			r.any = true
		}
		before = string(text)
	}
}
