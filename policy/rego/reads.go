package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
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
	bareKinds       []string // kinds of any group, beside kinds
	// clock is whether the time of the run is read.
	clock bool
	// file: whether data.conftest.file is read; files: whether other files are.
	file, files bool
	// params are the names read below data.holdfast.params, and data the
	// top-level keys of the data files; nil for any.
	params, data names
	modules      []*ast.Module // that the code is in
	// keys are the names by which the code may reach into a spec, and generic
	// is set where it may do so without one.
	keys    map[string]bool
	generic bool
}

// names is a set of names, or any at all.
type names struct {
	any bool
	set map[string]bool
}

// add takes in a name, any at all if it is not a text.
func (n *names) add(name any) {
	text, ok := name.(string)
	if !ok {
		n.any = true
		return
	}
	if n.set == nil {
		n.set = map[string]bool{}
	}
	n.set[text] = true
}

func (n *names) has(name string) bool { return n.any || n.set[name] }

// readsOf follows the rule's deny and warn through every helper that they use.
func readsOf(compiler *ast.Compiler, r *rule) reads {
	var start []*ast.Rule
	for _, e := range r.entries {
		start = append(start, compiler.GetRulesExact(e.path)...)
	}
	if r.exceptions != nil {
		start = append(start, compiler.GetRulesExact(r.exceptions)...)
	}
	found := reads{keys: map[string]bool{}}
	anyKind := false
	var reached reaching
	for _, x := range reach(compiler, start) {
		if !slices.Contains(found.modules, x.Module) {
			found.modules = append(found.modules, x.Module)
		}
		reached.rule(x, found.keys)
		walkRefs(x, func(ref ast.Ref, _ *ast.Location) {
			found.clock = found.clock || ref.Equal(ast.NowNanos.Ref())
			found.files = found.files || readsFiles(ref)
			if ref.HasPrefix(ast.InputRootRef) {
				found.input = append(found.input, steps(ref[1:]))
			} else if ref.HasPrefix(ast.DefaultRootRef) && !found.addData(steps(ref[1:])) {
				anyKind = true
			}
		})
	}
	if anyKind {
		found.kinds = nil
	}
	found.generic = reached.generic()
	slices.Sort(found.kinds)
	found.kinds = slices.Compact(found.kinds)
	return found
}

// reach is the rules and all that they can call, in no particular order.
func reach(compiler *ast.Compiler, rules []*ast.Rule) []*ast.Rule {
	reached := slices.Clone(rules)
	seen := map[*ast.Rule]bool{}
	for _, r := range rules {
		seen[r] = true
	}
	for i := 0; i < len(reached); i++ {
		for next := range compiler.Graph.Dependencies(reached[i]) {
			if r, ok := next.(*ast.Rule); ok && !seen[r] {
				seen[r] = true
				reached = append(reached, r)
			}
		}
	}
	return reached
}

// addData takes in a path below data. It is false if the path reads resources
// of kinds that cannot be told.
func (r *reads) addData(path []any) bool {
	at := func(i int) any {
		if i < len(path) {
			return path[i]
		}
		return nil
	}
	if at(0) == nil || at(0) == "holdfast" && (at(1) == nil || at(1) == "params") {
		r.params.add(at(2))
	}
	r.data.add(at(0))
	overlaps := func(prefix ...any) bool { return overlap(path, prefix) }
	resources, live := overlaps("holdfast", "resources"), overlaps("holdfast", "live")
	r.resources, r.live = r.resources || resources, r.live || live
	r.file = r.file || overlaps("conftest", "file")
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
	_, kind, _ := strings.Cut(groupKind, "/")
	return (r.resources || r.live) &&
		(r.kinds == nil || slices.Contains(r.kinds, groupKind) || slices.Contains(r.bareKinds, kind))
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
