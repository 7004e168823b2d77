package rego

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/holdfast-dev/holdfast/policy"
)

// stepsOf are the steps of a compiled rule.
func (r *recorder) stepsOf(rule *ast.Rule) []step {
	steps := make([]step, len(rule.Body))
	for i, expr := range rule.Body {
		steps[i] = r.stepOf(expr, lineOf(rule, expr))
	}
	return steps
}

// lineOf is the expression of the body, as it was written, that a compiled one
// was taken out of: the longest whose text contains its place. It is nil for
// what was taken out of the head.
func lineOf(rule *ast.Rule, expr *ast.Expr) *ast.Expr {
	if expr.Location == nil || within(expr.Location, rule.Head.Location) {
		return nil
	}
	line := expr
	for _, other := range rule.Body {
		if other.Location != nil && within(expr.Location, other.Location) && len(other.Location.Text) > len(line.Location.Text) {
			line = other
		}
	}
	return line
}

// within reports whether a place lies in the text of another.
func within(at, outer *ast.Location) bool {
	return at != nil && outer != nil && at.Offset >= outer.Offset && at.Offset < outer.Offset+len(outer.Text)
}

// stepOf finds what of an expression is worth showing: variables that the
// author named, and parts of input, data and variables.
func (r *recorder) stepOf(expr *ast.Expr, line *ast.Expr) step {
	s := step{line: line}
	calls := map[*ast.Term]bool{}
	if terms, ok := expr.Terms.([]*ast.Term); ok && len(terms) > 0 {
		calls[terms[0]] = true
	}
	ast.WalkTerms(expr, func(t *ast.Term) bool {
		switch value := t.Value.(type) {
		case ast.Call:
			calls[value[0]] = true
		case ast.Var:
			if r.nameOf(value) != "" {
				s.names = append(s.names, value)
			}
		case ast.Ref:
			if !calls[t] && len(value) > 1 {
				s.refs = append(s.refs, value)
			}
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
			return true
		}
		return false
	})
	return s
}

// nameOf is the variable as its author wrote it, "" if the compiler made it up.
func (r *recorder) nameOf(v ast.Var) string {
	name := v
	if written, rewritten := r.compiler.RewrittenVars[v]; rewritten {
		name = written
	}
	if strings.HasPrefix(string(name), "__local") || strings.HasPrefix(string(name), ast.WildcardPrefix) ||
		name.Equal(ast.DefaultRootDocument.Value) || name.Equal(ast.InputRootDocument.Value) {
		return ""
	}
	return string(name)
}

// values are what a step saw, each name once. What a variable was given in this
// step is shown as the variable's, and of one whose parts are shown no more than these.
func (r *recorder) values(s step, e *topdown.Event, seen map[string]bool) []policy.TraceValue {
	var values []policy.TraceValue
	given := map[string]bool{}
	parts := map[ast.Var]bool{}
	for _, ref := range s.refs {
		if head, ok := ref[0].Value.(ast.Var); ok {
			parts[head] = true
		}
	}
	show := func(name, value string) {
		if !seen[name] {
			seen[name] = true
			values = append(values, policy.TraceValue{Name: name, Value: value})
		}
	}
	for _, v := range s.names {
		if value := e.Plug(ast.NewTerm(v)).Value; value.IsGround() && !parts[v] {
			text := r.veil.text(value)
			given[text] = !seen[r.nameOf(v)]
			show(r.nameOf(v), text)
		}
	}
	for _, ref := range s.refs {
		if name, value, ok := r.ref(ref, e); ok && !given[value] {
			show(name, value)
		}
	}
	return values
}

// undefined stands for a value that is not there.
const undefined = "undefined"

// ref is a reference's name, with the keys that its variables stand for, and
// its value; false where it says nothing.
func (r *recorder) ref(ref ast.Ref, e *topdown.Event) (name, value string, ok bool) {
	ground := ast.Ref{ref[0]}
	for _, term := range ref[1:] {
		key := e.Plug(term)
		if !key.IsGround() {
			break
		}
		ground = append(ground, key)
	}
	head, isVar := ref[0].Value.(ast.Var)
	if !isVar {
		return "", "", false
	}
	var found ast.Value
	switch {
	case ref.HasPrefix(ast.InputRootRef):
		if len(ground) < 3 || e.Input() == nil {
			return "", "", false
		}
		found, _ = e.Input().Value.Find(ground[1:])
		name = r.shownRef(ground, "input")
	case ref.HasPrefix(ast.DefaultRootRef):
		if len(ground) < 3 || len(r.compiler.GetRulesWithPrefix(ground)) > 0 || len(r.compiler.GetRulesForVirtualDocument(ground)) > 0 {
			return "", "", false
		}
		found = r.lookup(ground)
		name = r.shownRef(ground, "data")
	default:
		base := e.Plug(ref[0]).Value
		if len(ground) < 2 || r.nameOf(head) == "" || !base.IsGround() {
			return "", "", false
		}
		found, _ = base.Find(ground[1:])
		name = r.shownRef(ground, r.nameOf(head))
	}
	if found == nil {
		return name, undefined, true
	}
	if len(ground) < len(ref) && !isEmpty(found) {
		return "", "", false // what of it was looked at is in the variables
	}
	return name, r.veil.text(found), true
}

func isEmpty(value ast.Value) bool {
	switch v := value.(type) {
	case *ast.Array:
		return v.Len() == 0
	case ast.Set:
		return v.Len() == 0
	case ast.Object:
		return v.Len() == 0
	}
	return true
}

// shownRef is a reference as text; its keys may come out of a secret.
func (r *recorder) shownRef(ref ast.Ref, head string) string {
	shown := make(ast.Ref, len(ref))
	shown[0] = ast.VarTerm(head)
	for i, term := range ref[1:] {
		shown[i+1] = ast.NewTerm(r.veil.mask(term.Value))
	}
	return short(shown.String(), maxShown)
}
