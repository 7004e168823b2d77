package gatekeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// What the port is told of a rule.
func TestRule(t *testing.T) {
	rules := load(t, testFiles(t, "requiredlabels/template.yaml", "requiredlabels/constraint.yaml", "repos/template.yaml", "repos/constraint.yaml")...)
	want := []policy.Rule{
		{
			ID: "AcmeRepos/our-registry", Policy: "acmerepos", Title: "AcmeRepos our-registry", Category: "custom", Severity: policy.Medium,
			Scope: policy.ScopeResource, Decisions: []policy.Decision{policy.Warn}, Params: map[string]any{"repos": []any{"registry.example.com/"}},
			Location: resource.Location{File: "repos/constraint.yaml", Line: 4, Column: 3},
		},
		{
			ID: "AcmeRequiredLabels/namespaces-have-an-owner", Policy: "acmerequiredlabels", Title: "Required labels",
			Description: "Objects carry the labels that the platform team sorts them by.",
			Category:    "custom", Severity: policy.High, Controls: []string{"acme/ownership", "acme/cost"}, Kinds: []string{"core/Namespace"},
			Scope: policy.ScopeResource, Decisions: []policy.Decision{policy.Deny},
			Params: map[string]any{"labels": []any{
				map[string]any{"key": "owner", "pattern": `^[a-z]+@example\.com$`}, map[string]any{"key": "tier", "pattern": ".+"},
			}},
			Location: resource.Location{File: "requiredlabels/constraint.yaml", Line: 4, Column: 3},
		},
	}
	var got []policy.Rule
	for _, rule := range rules {
		got = append(got, rule.Rule)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

// A constraint's own annotations win over those of its template.
func TestAnnotations(t *testing.T) {
	annotate := func(text, annotations string) string {
		return strings.Replace(text, "\nspec:", "\n  annotations: {"+annotations+"}\nspec:", 1)
	}
	file := annotate(template("", rego(always)), "description: of the template, holdfast.dev/category: cost, holdfast.dev/severity: low") + "---\n" +
		annotate(constraint("match: {}"), "holdfast.dev/severity: critical, holdfast.dev/remediation: Mend it., holdfast.dev/controls: 'a, b'")
	rule := load(t, policy.File{Name: "f.yaml", Content: []byte(file)})[0]
	got := fmt.Sprintln(rule.Description, rule.Category, rule.Severity, rule.Remediation, rule.Controls)
	if want := "of the template cost critical Mend it. [a b]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What a rule may read besides the object under review.
func TestReads(t *testing.T) {
	cel := func(expression string) string {
		return "code:\n  - engine: K8sNativeValidation\n    source:\n      validations:\n        - expression: " + expression + "\n"
	}
	tests := []struct {
		name, code, spec string
		want             string // kinds, any, reads, clock, namespaces
	}{
		{"nothing", rego(always), "match: {}", "[] false false false false"},
		{"the object", says(`msg := input.review.object.metadata.name`), "match: {}", "[] false false false false"},
		{"kinds of both scopes", says(`data.inventory.cluster["v1"].Namespace[n]; data.inventory.namespace[ns][v]["Ingress"][m]; msg := m`), "match: {}", "[Ingress Namespace] false true false false"},
		{"any kind", says(`data.inventory.namespace[ns][v][k][n]; msg := n`), "match: {}", "[] true true false false"},
		{"a kind and any kind", says(`data.inventory.cluster["v1"].Namespace[n]; data.inventory.cluster[v][n]; msg := n`), "match: {}", "[] true true false false"},
		{"the whole inventory in a lib", says(`msg := data.lib.b.names[_]`) + "libs:\n  - |\n    package lib.b\n    names[n] { inv := data.inventory; inv.cluster.v1.Pod[n] }", "match: {}", "[] true true false false"},
		{"a lib that is not called", rego(always) + "libs:\n  - |\n    package lib.b\n    names[n] { data.inventory.cluster.v1.Pod[n]; time.now_ns() > 0 }", "match: {}", "[] false false false false"},
		{"the clock", says(`msg := sprintf("%d", [time.now_ns()])`), "match: {}", "[] false false true false"},
		{"the clock, by way of a token", says(`io.jwt.decode_verify("a", {"secret": "b"})[0]; msg := "x"`), "match: {}", "[] false false true false"},
		{"the namespace", says(`msg := input.review.namespaceObject.metadata.labels.env`), "match: {}", "[] false false false true"},
		{"the namespace, perhaps", says(`r := input.review; msg := r.name`), "match: {}", "[] false false false true"},
		{"the namespace, by its match", rego(always), "match: {namespaceSelector: {matchLabels: {a: b}}}", "[] false false false true"},
		{"CEL", cel("object.metadata.name == 'x'"), "match: {}", "[] false false false false"},
		{"the namespace in CEL", cel("namespaceObject == null"), "match: {}", "[] false false false true"},
	}
	for _, test := range tests {
		rule := ruleOf(t, "", test.code, test.spec)
		kinds, any, reads := rule.ReadsInventory()
		if got := fmt.Sprint(kinds, any, reads, rule.ReadsClock(), rule.ReadsNamespaces()); got != test.want {
			t.Errorf("%s: it reads %s, want %s", test.name, got, test.want)
		}
	}
}

// The digest is the same wherever a rule is written, and another one when
// anything changes that its answers depend on.
func TestDigest(t *testing.T) {
	const schema = "{type: object, properties: {a: {type: integer, default: 1}}}"
	digest := func(schema, code, spec string) string { return ruleOf(t, schema, code, spec).Digest() }
	lib := rego(always) + "libs:\n  - package lib.b\n"
	base := digest(schema, lib, "parameters: {}")
	moved := load(t, policy.File{Name: "moved.yaml", Content: []byte("# a comment\n" + constraint("parameters: {}"))},
		policy.File{Name: "z.yaml", Content: []byte("\n\n" + template(schema, lib))})[0].Digest()
	if moved != base {
		t.Error("the digest depends on where the rule is written")
	}
	if said := digest(schema, lib, "parameters: {a: 1}"); said != base {
		t.Error("the digest tells a default from the same value written out")
	}
	others := map[string]string{
		"code":       digest(schema, strings.Replace(lib, "no", "yes", 1), "parameters: {}"),
		"libs":       digest(schema, lib+"    f(x) = 1", "parameters: {}"),
		"parameters": digest(schema, lib, "parameters: {a: 2}"),
		"default":    digest(strings.Replace(schema, "1", "2", 1), lib, "parameters: {}"),
		"match":      digest(schema, lib, "match: {name: x}\nparameters: {}"),
		"action":     digest(schema, lib, "enforcementAction: warn\nparameters: {}"),
	}
	for what, other := range others {
		if other == base {
			t.Errorf("the digest does not depend on the %s", what)
		}
	}
}

// Documents of lists and of JSON files are read; others are told of.
func TestLoad(t *testing.T) {
	list := "apiVersion: v1\nkind: List\nitems:\n  - " + strings.TrimSpace(indent(template("", rego(always)), 4)) + "\n  - " + strings.TrimSpace(indent(constraint("match: {}"), 4)) + "\n"
	library, problems := gatekeeper.Load([]policy.File{
		{Name: "z.yaml", Content: []byte("# nothing\n---\n---\n" + list + "---\n" + "kind: Suite\n---\n[1]\n")},
		{Name: "a.json", Content: []byte("{\n\t\"apiVersion\": \"constraints.gatekeeper.sh/v1beta1\",\n\t\"kind\": \"AcmeAny\",\n\t\"metadata\": {\"name\": \"json\"}\n}\n")},
		{Name: "b.json", Content: []byte("{\n  \"gatekeeper.sh\": nope\n}\n")},
		{Name: "unused.yaml", Content: []byte(strings.ReplaceAll(strings.ReplaceAll(template("", rego(always)), "acmeany", "acmeunused"), "AcmeAny", "AcmeUnused"))},
	}, gatekeeper.Options{})
	if got, want := problemsOf(problems), "b.json:2: not valid JSON: invalid character 'o' in literal null (expecting 'u')"; got != want {
		t.Errorf("the problems are %q, want %q", got, want)
	}
	var got []string
	for _, rule := range library.Rules() {
		got = append(got, rule.ID+" "+rule.Location.String())
	}
	for _, foreign := range library.Foreign() {
		got = append(got, foreign.Kind+" "+foreign.Location.String())
	}
	for _, template := range library.Unused() {
		got = append(got, template.Name+" "+template.Location.String())
	}
	want := []string{"AcmeAny/any z.yaml:24:7", "AcmeAny/json a.json:4:15", "Suite z.yaml:28:1", " z.yaml:30:1", "acmeunused unused.yaml:4:3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the library (-want +got):\n%s\nof\n%s", diff, numbered("# nothing\n---\n---\n"+list+"---\n"+"kind: Suite\n---\n[1]\n"))
	}
}

// A constraint that a suite holds to be invalid is there to be tested, and does not judge.
func TestInvalidOnPurpose(t *testing.T) {
	library, problems := gatekeeper.Load(testFiles(t, "requiredlabels/template.yaml", "requiredlabels/constraint.yaml", "requiredlabels/invalid.yaml", "requiredlabels/suite.yaml"), gatekeeper.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(library.Rules()) != 1 {
		t.Errorf("there are %d rules, want 1", len(library.Rules()))
	}
	var got []string
	for _, f := range library.Foreign() {
		got = append(got, fmt.Sprint(f.Kind, " ", f.Invalid, " ", f.Location))
	}
	if diff := cmp.Diff([]string{"AcmeRequiredLabels true requiredlabels/invalid.yaml:1:1", "Suite false requiredlabels/suite.yaml:1:1"}, got); diff != "" {
		t.Errorf("put aside (-want +got):\n%s", diff)
	}
}
