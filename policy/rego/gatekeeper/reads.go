package gatekeeper

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reads is what a template's code, with all that it calls, can read beside the
// object under review. It is found without running anything, so it is too much
// rather than too little.
type reads struct {
	inventory, anyKind bool
	kinds              []string // sorted; nil where anyKind
	clock, namespace   bool
}

// readsOf follows violation through every helper that it uses.
func readsOf(compiler *ast.Compiler) reads {
	var found reads
	start := compiler.GetRulesExact(templatePackage.Append(ast.StringTerm("violation")))
	for _, rule := range reach(compiler, start) {
		walkRefs(rule, func(ref ast.Ref, _ *ast.Location) {
			switch {
			case ref.HasPrefix(ast.InputRootRef):
				found.addInput(ref)
			case ref.HasPrefix(inventoryRef):
				found.addInventory(ref)
			case ref.Equal(ast.NowNanos.Ref()), ref.Equal(ast.JWTDecodeVerify.Ref()):
				found.clock = true
			}
		})
	}
	if found.anyKind {
		found.kinds = nil
	}
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

// addInput looks out for input.review.namespaceObject, and for what may hold it.
func (r *reads) addInput(ref ast.Ref) {
	for i, key := range []string{"review", "namespaceObject"} {
		if i+1 >= len(ref) {
			break // all of input or of input.review
		}
		if step, plain := ref[i+1].Value.(ast.String); plain && string(step) != key {
			return
		}
	}
	r.namespace = true
}

// addInventory takes in data.inventory.cluster[apiVersion][kind][name] and
// data.inventory.namespace[namespace][apiVersion][kind][name].
func (r *reads) addInventory(ref ast.Ref) {
	r.inventory = true
	at := 0
	if len(ref) > 2 {
		switch {
		case ref[2].Equal(ast.StringTerm("cluster")):
			at = 4
		case ref[2].Equal(ast.StringTerm("namespace")):
			at = 5
		}
	}
	if at == 0 || at >= len(ref) {
		r.anyKind = true
		return
	}
	kind, plain := ref[at].Value.(ast.String)
	if !plain {
		r.anyKind = true
		return
	}
	r.kinds = append(r.kinds, string(kind))
}
