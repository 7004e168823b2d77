package rego

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The profiles, each with the rules of those before it.
var profiles = []string{"starter", "recommended", "strict"}

var (
	customKeys   = []string{"id", "category", "severity", "controls", "remediation", "kinds", "scope", "undecided", "profile", "params", "dialect", "pointsAt", "judges"}
	severities   = []string{string(policy.Low), string(policy.Medium), string(policy.High), string(policy.Critical)}
	scopes       = []string{string(policy.ScopeResource), string(policy.ScopeTarget), string(policy.ScopeSnapshot)}
	categories   = []string{"security", "allocation", "dr"}
	idPattern    = regexp.MustCompile(`^[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)*$`)
	kindPattern  = regexp.MustCompile(`^([A-Za-z0-9.-]+|\*)/([A-Za-z0-9_.-]+|\*)$`)
	paramPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// rule is a policy with what the engine needs beside its description.
type rule struct {
	policy.Rule
	dialect         dialect
	modules         []*module // of its package
	entries         []entry
	exceptions      ast.Ref // of its package; nil if that has none
	combine         bool    // asked once, about all documents
	silent          bool    // of conftest's dialect, and never finds anything
	undecidedBlocks bool
	written         bool      // judges resources as they are written in the source
	alone           *question // the rule's own
	reads           reads
	digest          digest
	constraint      *gatekeeper.Rule // of the dialect constraints, else nil
	inventory       bool             // whether it looks at data.inventory
}

// matches reports whether the rule is about resources of the group and kind.
func (r *rule) matches(groupKind string) bool {
	if r.constraint != nil {
		return r.aboutKind(groupKind)
	}
	if len(r.Kinds) == 0 {
		return true
	}
	group, kind, _ := strings.Cut(groupKind, "/")
	return slices.ContainsFunc(r.Kinds, func(pattern string) bool {
		g, k, _ := strings.Cut(pattern, "/")
		return (g == "*" || g == group) && (k == "*" || k == kind)
	})
}

// source is the Rego text of the rule's package.
func (r *rule) source() string {
	var texts []string
	for _, m := range r.modules {
		texts = append(texts, strings.TrimRight(string(m.source), "\n")+"\n")
	}
	return strings.Join(texts, "\n")
}

// readRules makes rules of the packages that judge, in the order of their ids.
// Packages that don't are helpers.
func readRules(modules []*module, combine bool, found *problems) []*rule {
	packages := map[string][]*module{}
	for _, m := range modules {
		packages[m.pkg()] = append(packages[m.pkg()], m)
	}
	var rules []*rule
	byID := map[string]*rule{}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		for _, r := range readPackage(name, packages[name], combine, found) {
			if first, twice := byID[r.ID]; twice {
				found.add(r.Location, "rule id %q is already that of package %s at %s; set another custom.id", r.ID, first.Policy, first.Location)
				continue
			}
			byID[r.ID] = r
			rules = append(rules, r)
		}
	}
	slices.SortFunc(rules, func(a, b *rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// readPackage are the rules of a package.
func readPackage(name string, modules []*module, combine bool, found *problems) []*rule {
	main, annotations := modules[0], (*ast.Annotations)(nil)
	for _, m := range modules {
		if a := packageAnnotations(m); a != nil {
			main, annotations = m, a
			break
		}
	}
	if !isNative(name, annotations) {
		return readConftest(name, modules, combine, found)
	}
	r := &rule{dialect: native, modules: modules}
	r.Policy, r.Builtin, r.Location = name, main.builtin, main.location()
	if !r.readNative(main, annotations, found) {
		return nil
	}
	return []*rule{r}
}

// readNative reads the rule that a native package is. It is false if the
// package is a helper, or wrong.
func (r *rule) readNative(main *module, annotations *ast.Annotations, found *problems) bool {
	name, modules := r.Policy, r.modules
	if reserved := reservedPackage(name); reserved != "" {
		found.add(r.Location, "package %s: data.holdfast.%s holds data; use another package name", name, reserved)
		return false
	}
	r.Decisions = decisions(modules, found)
	if len(r.Decisions) == 0 {
		return false
	}
	for _, d := range r.Decisions {
		r.entries = append(r.entries, entry{decision: d, path: main.parsed.Package.Path.Append(ast.StringTerm(string(d))), set: true})
	}
	refuseMisplaced(modules, found)

	meta := metadata{module: main, annotations: annotations, found: found}
	meta.describe(r)
	return true
}

func packageAnnotations(m *module) *ast.Annotations {
	for _, a := range m.parsed.Annotations {
		if a.Scope == "package" {
			return a
		}
	}
	return nil
}

// nativePackages says of each package whether it is of native policies.
func nativePackages(modules []*module) map[string]bool {
	natives := map[string]bool{}
	for _, m := range modules {
		natives[m.pkg()] = natives[m.pkg()] || isNative(m.pkg(), packageAnnotations(m))
	}
	return natives
}

func isNative(name string, a *ast.Annotations) bool {
	if a != nil && a.Custom["dialect"] != nil {
		return a.Custom["dialect"] != string(conftest) // one that does not exist is refused where it is read
	}
	return name == "holdfast" || strings.HasPrefix(name, "holdfast.")
}

// reservedPackage is the part of data.holdfast that the package would hide, or "".
func reservedPackage(name string) string {
	rest, ok := strings.CutPrefix(name, "holdfast.")
	first, _, _ := strings.Cut(rest, ".")
	if ok && slices.Contains([]string{"resources", "live", "params", "metrics"}, first) {
		return first
	}
	return ""
}

// metadata reads one package's METADATA block.
type metadata struct {
	module      *module
	annotations *ast.Annotations // nil if there is none
	found       *problems
}

// describe fills in the rule, with defaults for what METADATA leaves out.
func (m metadata) describe(r *rule) {
	r.ID = strings.ReplaceAll(strings.TrimPrefix(r.Policy, "holdfast."), ".", "/")
	r.Category = "custom"
	if first, _, _ := strings.Cut(r.ID, "/"); slices.Contains(categories, first) {
		r.Category = first
	}
	r.Severity, r.Scope = policy.Medium, policy.ScopeResource
	if m.annotations != nil {
		r.Title, r.Description = m.annotations.Title, strings.TrimSpace(m.annotations.Description)
		m.custom(r)
	} else if !idPattern.MatchString(r.ID) {
		m.found.add(r.Location, "package %s makes no id for the rule; set custom.id in METADATA", r.Policy)
	}
	if r.Title == "" {
		r.Title = r.ID
	}
	if r.Builtin && r.Profile == "" {
		r.Profile = profiles[0]
	}
	if !r.Builtin {
		r.Profile = ""
	}
}

func (m metadata) custom(r *rule) {
	custom := m.annotations.Custom
	for _, key := range slices.Sorted(maps.Keys(custom)) {
		if !slices.Contains(customKeys, key) {
			m.found.add(m.at(key), "METADATA: unknown custom.%s%s", key, suggestion(key, customKeys))
		}
	}
	r.ID = m.text("id", r.ID)
	if !idPattern.MatchString(r.ID) || strings.HasPrefix(r.ID, "holdfast/") {
		m.found.add(m.at("id"), "METADATA: %q cannot be a rule's id; write it like \"security/privileged\" (holdfast/ is reserved)", r.ID)
	}
	r.Category = m.text("category", r.Category)
	r.Severity = policy.Severity(m.choice("severity", string(r.Severity), severities))
	r.Scope = policy.Scope(m.choice("scope", string(r.Scope), scopes))
	r.Remediation = strings.TrimSpace(m.text("remediation", ""))
	r.Controls = m.texts("controls")
	r.Kinds = m.texts("kinds")
	for _, kind := range r.Kinds {
		if !kindPattern.MatchString(kind) {
			m.found.add(m.at("kinds"), "METADATA: kind %q must be group/Kind, like \"apps/Deployment\", \"core/Pod\" or \"*/Deployment\"", kind)
		}
	}
	r.Profile = m.choice("profile", "", profiles)
	r.undecidedBlocks = m.choice("undecided", "flag", []string{"flag", "deny"}) == "deny"
	r.Sensitive = m.choice("pointsAt", "content", []string{"content", "secrets"}) == "secrets"
	r.written = m.choice("judges", "result", []string{"result", "written"}) == "written"
	if r.written && r.Scope != policy.ScopeResource {
		m.found.add(m.at("judges"), "METADATA: judges: written is for rules of scope resource; leave out one of the two")
	}
	m.choice("dialect", string(native), []string{string(native), string(conftest)})
	r.Params = m.params()
}

func (m metadata) text(key, fallback string) string {
	value, set := m.annotations.Custom[key]
	if !set {
		return fallback
	}
	s, ok := value.(string)
	if !ok || strings.TrimSpace(s) == "" {
		m.found.add(m.at(key), "METADATA: custom.%s must be a text", key)
		return fallback
	}
	return s
}

func (m metadata) choice(key, fallback string, choices []string) string {
	value := m.text(key, fallback)
	if value != fallback && !slices.Contains(choices, value) {
		m.found.add(m.at(key), "METADATA: unknown %s %q%s", key, value, suggestion(value, choices))
		return fallback
	}
	return value
}

func (m metadata) texts(key string) []string {
	value, set := m.annotations.Custom[key]
	if !set {
		return nil
	}
	list, ok := value.([]any)
	texts := make([]string, 0, len(list))
	for _, element := range list {
		s, isText := element.(string)
		ok = ok && isText && s != ""
		texts = append(texts, s)
	}
	if !ok {
		m.found.add(m.at(key), "METADATA: custom.%s must be a list of texts", key)
		return nil
	}
	return texts
}

func (m metadata) params() map[string]any {
	value, set := m.annotations.Custom["params"]
	if !set {
		return nil
	}
	raw, ok := value.(map[string]any)
	if !ok {
		m.found.add(m.at("params"), "METADATA: custom.params must be an object of names and their defaults")
		return nil
	}
	params := make(map[string]any, len(raw))
	for name, value := range raw {
		normal, err := normalise(value)
		if err != nil {
			m.found.add(m.at(name), "METADATA: parameter %s: %s", name, err)
			continue
		}
		if !paramPattern.MatchString(name) {
			m.found.add(m.at(name), "METADATA: %q cannot be a parameter's name; use letters, digits and _", name)
		}
		params[name] = normal
	}
	return params
}

// at is where the key stands in the METADATA block, or else the block.
func (m metadata) at(key string) resource.Location {
	at := place(m.annotations.Location)
	line := regexp.MustCompile(`^#\s*["']?` + regexp.QuoteMeta(key) + `["']?\s*:`)
	lines := bytes.Split(m.module.source, []byte("\n"))
	for i := max(at.Line-1, 0); i < len(lines) && i < m.module.parsed.Package.Location.Row; i++ {
		if line.Match(lines[i]) {
			return resource.Location{File: at.File, Line: i + 1, Column: bytes.Index(lines[i], []byte(key)) + 1}
		}
	}
	return at
}
