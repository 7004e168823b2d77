package rego

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"
)

// reads is what a rule's code, with all that it calls, can read of input and
// of data.holdfast. It is found without running anything, so it is too much
// rather than too little.
type reads struct {
	input [][]any // paths below input; a step is a string, an int, or nil for any
	// resources and live: whether data.holdfast.resources and .live are read;
	// kinds are the group kinds read of them, nil for any.
	resources, live bool
	kinds           []string
}

// readsOf follows the rule's deny and warn through every helper that they use.
func readsOf(compiler *ast.Compiler, r *rule) reads {
	var found reads
	anyKind := false
	seen := map[*ast.Rule]bool{}
	var follow func(x *ast.Rule)
	follow = func(x *ast.Rule) {
		if seen[x] {
			return
		}
		seen[x] = true
		walkRefs(x, func(ref ast.Ref, _ *ast.Location) {
			if ref.HasPrefix(ast.InputRootRef) {
				found.input = append(found.input, steps(ref[1:]))
			} else if ref.HasPrefix(ast.DefaultRootRef) && !found.addData(steps(ref[1:])) {
				anyKind = true
			}
		})
		for _, next := range sortedRules(compiler.Graph.Dependencies(x)) {
			follow(next)
		}
	}
	for _, d := range r.Decisions {
		for _, x := range compiler.GetRulesExact(r.path.Append(ast.StringTerm(string(d)))) {
			follow(x)
		}
	}
	if anyKind {
		found.kinds = nil
	}
	slices.Sort(found.kinds)
	found.kinds = slices.Compact(found.kinds)
	return found
}

func sortedRules(set map[util.T]struct{}) []*ast.Rule {
	rules := make([]*ast.Rule, 0, len(set))
	for x := range set {
		if r, ok := x.(*ast.Rule); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

// addData takes in a path below data. It is false if the path reads resources
// of kinds that cannot be told.
func (r *reads) addData(path []any) bool {
	overlaps := func(prefix ...any) bool { return overlap(path, prefix) }
	resources, live := overlaps("holdfast", "resources"), overlaps("holdfast", "live")
	r.resources, r.live = r.resources || resources, r.live || live
	if !resources && !live {
		return true
	}
	// data.holdfast.resources[target][group_kind]
	if len(path) < 4 {
		return false
	}
	kind, ok := path[3].(string)
	r.kinds = append(r.kinds, kind)
	return ok
}

// readsKind reports whether resources of the group kind may be read.
func (r *reads) readsKind(groupKind string) bool {
	return (r.resources || r.live) && (r.kinds == nil || slices.Contains(r.kinds, groupKind))
}

func steps(ref ast.Ref) []any {
	path := make([]any, len(ref))
	for i, term := range ref {
		switch v := term.Value.(type) {
		case ast.String:
			path[i] = string(v)
		case ast.Number:
			if n, ok := v.Int(); ok {
				path[i] = n
			}
		}
	}
	return path
}

// overlap reports whether one path can be, contain or lie under the other.
func overlap[P, Q ~[]any](p P, q Q) bool {
	for i := range min(len(p), len(q)) {
		if p[i] != nil && q[i] != nil && p[i] != q[i] {
			return false
		}
	}
	return true
}
