package rego

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
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

// checkRefs finds misspelt parts of input and of data.holdfast in the compiled
// modules, where imports are resolved. Only native policies and what lies below
// the package holdfast are looked at: others may have another input.
func checkRefs(compiler *ast.Compiler, found *problems) {
	known := slices.Clone(dataParts)
	for _, m := range compiler.Modules {
		if p := m.Package.Path; len(p) > 2 && isString(p[1], "holdfast") {
			known = append(known, stringOf(p[2]))
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, name := range slices.Sorted(maps.Keys(compiler.Modules)) {
		walkRefs(compiler.Modules[name], func(ref ast.Ref, at *ast.Location) {
			switch {
			case len(ref) > 1 && ref.HasPrefix(ast.InputRootRef):
				if key := stringOf(ref[1]); key != "" && !slices.Contains(inputKeys, key) {
					found.add(place(at), "input.%s does not exist%s", key, suggestion(key, inputKeys))
				}
			case len(ref) > 2 && ref.HasPrefix(ast.DefaultRootRef) && isString(ref[1], "holdfast"):
				if part := stringOf(ref[2]); part != "" && !slices.Contains(known, part) {
					found.add(place(at), "data.holdfast.%s does not exist%s", part, suggestion(part, known))
				}
			}
		})
	}
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

func stringOf(t *ast.Term) string {
	s, _ := t.Value.(ast.String)
	return string(s)
}

func isString(t *ast.Term, s string) bool { return stringOf(t) == s }

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

// refuseForeign reports a package of another dialect: passing over its rules
// would look like a clean result.
func refuseForeign(name string, modules []*module, found *problems) {
	for _, m := range modules {
		for _, r := range m.parsed.Rules {
			if decisionOf(r) != "" || isForeignName(ruleName(r)) {
				found.add(m.location(), "package %s is not a native policy, and conftest's dialect is not supported yet; "+
					"name it holdfast.%s, or set custom.dialect: native in its METADATA, and write its rules for holdfast's input", name, name)
				return
			}
		}
	}
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
