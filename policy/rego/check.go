package rego

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// impure are the functions that would make a verdict depend on more than the
// case, each with the reason that the author of the policy is told.
var impure = map[string]string{
	"http.send":              "it asks the network, so that the same resource could pass today and fail tomorrow",
	"net.lookup_ip_addr":     "it asks the network's name servers",
	"opa.runtime":            "it reads the environment of the process, secrets and all",
	"rand.intn":              "its answer is random",
	"uuid.rfc4122":           "its answer is random",
	"io.jwt.encode_sign":     "its signatures may be random",
	"io.jwt.encode_sign_raw": "its signatures may be random",
	"json.match_schema":      schemaWhy,
	"json.verify_schema":     schemaWhy,
	"external_data":          "it asks a server outside",
}

// A schema's $ref with the scheme file: is followed whatever the capabilities say.
const schemaWhy = "a schema can make it read files of this machine through $ref"

// The top-level keys of input, and the parts of data.holdfast that are not packages.
var (
	inputKeys = []string{"resource", "live", "change", "target", "phase"}
	dataParts = []string{"resources", "live", "params", "metrics", "dr"}
)

// capabilities are OPA's, without what is impure and without the network.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(slices.Clone(c.Builtins), func(b *ast.Builtin) bool {
		_, banned := impure[b.Name]
		return banned
	})
	c.Builtins = append(c.Builtins, parseFunctions()...)
	c.AllowNet = []string{} // none; nil would mean any
	return c
}

// checkPurity names each use of an impure function in the modules as written.
func checkPurity(modules []*module, found *problems) {
	for _, m := range modules {
		walkRefs(m.parsed, func(ref ast.Ref, at *ast.Location) {
			name := ref.String()
			if why, banned := impure[name]; banned {
				found.add(place(at), "%s may not be used in a policy: %s", name, why)
			}
		})
	}
}

// checkRefs finds misspelt parts of input and of data.holdfast, which would be
// undefined and so make a rule silent. It looks at the compiled modules, where
// imports are resolved: at the packages below holdfast, at the native policies,
// and at all that these call. Other helpers may be made for another input.
func checkRefs(compiler *ast.Compiler, rules []*rule, params map[string]any, found *problems) {
	natives := map[string]bool{}
	for _, r := range rules {
		natives[r.Policy] = natives[r.Policy] || r.dialect == native
	}
	var start []*ast.Rule
	for _, m := range compiler.Modules {
		if isNative(packageName(m), nil) || natives[packageName(m)] {
			start = append(start, m.Rules...)
		}
	}
	check := refCheck{compiler: compiler, params: slices.Collect(maps.Keys(params)), found: found}
	for _, r := range reach(compiler, start) {
		walkRefs(r, func(ref ast.Ref, at *ast.Location) {
			if at == nil {
				at = r.Location
			}
			check.ref(ref, place(at))
		})
	}
}

type refCheck struct {
	compiler *ast.Compiler
	params   []string
	found    *problems
}

func (c refCheck) ref(ref ast.Ref, at resource.Location) {
	if ref.HasPrefix(ast.InputRootRef) {
		if key := keyAt(ref, 1); key != "" && !slices.Contains(inputKeys, key) {
			c.found.add(at, "input.%s does not exist%s", key, suggestion(key, inputKeys))
		}
		return
	}
	if !ref.HasPrefix(ast.DefaultRootRef) || keyAt(ref, 1) != "holdfast" || keyAt(ref, 2) == "" {
		return
	}
	part := keyAt(ref, 2)
	if part == "params" {
		if name := keyAt(ref, 3); name != "" && !slices.Contains(c.params, name) {
			c.found.add(at, "no rule declares the parameter %s under custom.params%s", name, suggestion(name, c.params))
		}
	}
	if slices.Contains(dataParts, part) {
		return
	}
	c.rule(ref, at)
}

// rule finds out whether a reference below data.holdfast leads to some rule.
func (c refCheck) rule(ref ast.Ref, at resource.Location) {
	node := c.compiler.RuleTree
	for i, term := range ref {
		child := node.Child(term.Value)
		if child == nil {
			key := keyAt(ref, i)
			if key == "" || len(node.Values) > 0 {
				return // whatever there is, or within the value of a rule
			}
			known := dataParts
			if i > 2 {
				known = nil
			}
			for value := range node.Children {
				if s, ok := value.(ast.String); ok && !strings.HasSuffix(string(s), "_test") {
					known = append(slices.Clone(known), string(s))
				}
			}
			c.found.add(at, "%s does not exist%s", ref[:i+1], suggestion(key, known))
			return
		}
		node = child
	}
}

// keyAt is the i-th part of a reference where it is a plain key, or "".
func keyAt(ref ast.Ref, i int) string {
	if i >= len(ref) {
		return ""
	}
	s, _ := ref[i].Value.(ast.String)
	return string(s)
}

// walkRefs calls f with each reference below node and its place.
func walkRefs(node any, f func(ast.Ref, *ast.Location)) {
	ast.WalkTerms(node, func(t *ast.Term) bool {
		if ref, ok := t.Value.(ast.Ref); ok {
			at := t.Location
			if at == nil && len(ref) > 0 {
				at = ref[0].Location
			}
			f(ref, at)
		}
		return false
	})
}

// isPolicy reports whether the module has a rule that holdfast asks for.
func isPolicy(m *module) bool {
	return slices.ContainsFunc(m.parsed.Rules, func(r *ast.Rule) bool { return decisionOf(r) != "" })
}

// decisionOf is what the rule decides by its name, or "".
func decisionOf(r *ast.Rule) policy.Decision {
	switch ruleName(r) {
	case "deny":
		return policy.Deny
	case "warn":
		return policy.Warn
	}
	return ""
}

func ruleName(r *ast.Rule) string {
	name, _ := r.Head.Ref()[0].Value.(ast.Var)
	return string(name)
}

// decisions are those that the package has rules for.
func decisions(modules []*module, found *problems) []policy.Decision {
	var has []policy.Decision
	var foreign []*ast.Rule
	for _, m := range modules {
		for _, r := range m.parsed.Rules {
			d := decisionOf(r)
			if d == "" {
				if isForeignName(ruleName(r)) {
					foreign = append(foreign, r)
				}
				continue
			}
			if r.Head.DocKind() != ast.PartialSetDoc || len(r.Head.Args) > 0 || len(r.Head.Ref()) != 1 && r.Head.Name == "" {
				found.add(place(r.Location), "%s must be a set: write `%s contains {\"msg\": …} if { … }`", d, d)
			}
			if !slices.Contains(has, d) {
				has = append(has, d)
			}
		}
	}
	if len(has) == 0 {
		for _, r := range foreign {
			found.add(place(r.Location), "%s is not evaluated in a native policy; name the rule deny or warn", ruleName(r))
		}
	}
	slices.Sort(has)
	return has
}

// isForeignName reports whether other tools evaluate rules of that name.
func isForeignName(name string) bool {
	return name == "violation" || strings.HasPrefix(name, "deny_") || strings.HasPrefix(name, "violation_") || strings.HasPrefix(name, "warn_")
}

// refuseMisplaced reports METADATA on a rule that is read on the package only.
func refuseMisplaced(modules []*module, found *problems) {
	for _, m := range modules {
		for _, a := range m.parsed.Annotations {
			for _, key := range slices.Sorted(maps.Keys(a.Custom)) {
				if a.Scope != "package" && slices.Contains(customKeys, key) {
					found.add(place(a.Location), "METADATA: custom.%s is read above the package clause only; move it there", key)
					break
				}
			}
		}
	}
}
