package rego_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A rule that reads what is known only after apply is undecided, whether it
// would fire or not; one that does not is judged.
func TestUndecided(t *testing.T) {
	bucket := object(resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "aws_s3_bucket", Name: "backup"}, map[string]any{
		"arn":  nil,
		"rule": []any{map[string]any{"id": nil, "days": int64(7)}, map[string]any{"id": "b", "days": int64(9)}},
	})
	bucket.Unknown = []resource.Path{{"arn"}, {"rule", 0, "id"}}
	tests := []struct {
		name, rule string
		want       []string // the paths waited for; nil where it is decided
	}{
		{"another key", `deny contains "x" if input.resource.name == "x"`, nil},
		{"the key", `deny contains "x" if input.resource.arn == "x"`, []string{"arn"}},
		{"below the key", `deny contains "x" if input.resource.arn.foo == "x"`, []string{"arn"}},
		{"under not", `deny contains "x" if not input.resource.arn`, []string{"arn"}},
		{"in a comprehension", `deny contains "x" if count([1 | input.resource.arn]) == 0`, []string{"arn"}},
		{"in every", `deny contains "x" if every r in input.resource.rule { r.days > 1 }`, []string{"rule[0].id"}},
		{"another key of each element", `deny contains "x" if input.resource.rule[_].days > 8`, nil},
		{"the key of another element", `deny contains "x" if input.resource.rule[1].id == "b"`, nil},
		{"the key of any element", `deny contains "x" if input.resource.rule[_].id == "b"`, []string{"rule[0].id"}},
		{"any key", `deny contains "x" if input.resource[_] == "b"`, []string{"arn", "rule[0].id"}},
		{"the resource as a whole", `deny contains json.marshal(input.resource)`, []string{"arn", "rule[0].id"}},
		{"input as a whole", `deny contains "x" if walk(input, [_, "b"])`, []string{"arn", "rule[0].id"}},
		{"a part of input by a variable", `deny contains "x" if input[["resource", "live"][_]].arn`, []string{"arn"}},
		{"the diff", `deny contains "x" if input.change.diff[_].before == 1`, []string{"arn", "rule[0].id"}},
		{"what it reads only after something that fails", `deny contains "x" if { input.resource.kind == "other"; input.resource.arn }`, nil},
		{"what it reads before something that fails", `deny contains "x" if { input.resource.arn == "x"; input.resource.kind == "other" }`, []string{"arn"}},
		{"the names of the keys", `deny contains "x" if not "arn" in object.keys(input.resource)`, nil},
		{"the action", `deny contains "x" if input.change.action == "delete"`, nil},
		{"the target", `deny contains "x" if input.target.name == "x"`, nil},
		{"live", `deny contains "x" if input.live.arn == "x"`, nil},
		{"through a helper", "deny contains \"x\" if helper\n\nhelper if input.resource.arn == 1", []string{"arn"}},
		{"through an else", "deny contains \"x\" if helper\n\nhelper if input.resource.kind == 1 else := true if input.resource.arn == 1", []string{"arn"}},
		{"through a function", "deny contains \"x\" if f(input.resource)\n\nf(r) if r.name == \"x\"", nil},
		{"through a function that holds", "deny contains \"x\" if f(input.resource)\n\nf(r) if r.kind == \"aws_s3_bucket\"", nil},
		{"through a function that reads it", "deny contains \"x\" if f(input.resource)\n\nf(r) if r.arn == \"x\"", []string{"arn"}},
		{"through a function, twice", "deny contains \"x\" if { not f(input.resource, 1); not f(input.resource, 2) }\n\nf(r, n) if r.rule[0].id == n", []string{"rule[0].id"}},
		{"through another package", `deny contains "x" if data.lib.far.arn`, []string{"arn"}},
		{"other resources", `deny contains "x" if data.holdfast.resources[_][_][_][_].name == "x"`, nil},
		{"other resources, the key", `deny contains "x" if data.holdfast.resources[_][_][_][_].arn == "x"`, []string{"arn"}},
		{"other resources, below the key", `deny contains "x" if data.holdfast.resources.cloud["terraform/aws_s3_bucket"][""].backup.arn.foo`, []string{"arn"}},
		{"other resources, in a list", `deny contains "x" if data.holdfast.resources.cloud["terraform/aws_s3_bucket"][""].backup.rule[0].id`, []string{"rule[0].id"}},
		{"other resources as a whole", `deny contains json.marshal(data.holdfast.resources)`, []string{"arn", "rule[0].id"}},
		{"other resources of that kind", `deny contains "x" if not data.holdfast.resources.cloud["terraform/aws_s3_bucket"]`, nil},
		{"other resources of another kind", `deny contains "x" if data.holdfast.resources.cloud["apps/Deployment"]`, nil},
		{"params", `deny contains "x" if data.holdfast.params.n`, nil},
	}
	for _, test := range tests {
		for _, undecided := range []string{"flag", "deny"} {
			t.Run(test.name+" "+undecided, func(t *testing.T) {
				j := own(t, custom("undecided: "+undecided, "params: {n: 1}")+"package holdfast.a\n\n"+test.rule+"\n", "package lib.far\n\narn if input.resource.arn\n")
				report := judge(t, j, policy.Case{Subjects: []policy.Subject{{ID: bucket.ID, Resource: &bucket, Change: &resource.Change{Action: resource.ActionUpdate}}}})
				var want []policy.Undecided
				if test.want != nil {
					var paths []resource.Path
					for _, p := range bucket.Unknown {
						for _, w := range test.want {
							if p.String() == w {
								paths = append(paths, p)
							}
						}
					}
					want = []policy.Undecided{{Rule: "a", Target: "cloud", Resource: &bucket.ID, WaitsFor: paths, Blocks: undecided == "deny"}}
				}
				if diff := cmp.Diff(want, report.Undecided); diff != "" {
					t.Errorf("undecided (-want +got):\n%s", diff)
				}
				if len(want) > 0 && len(report.Findings) > 0 {
					t.Errorf("an undecided rule has findings: %q", lines(report))
				}
				for _, f := range report.Findings {
					if f.Rule == policy.RuleError {
						t.Errorf("the rule failed: %s", f.Msg)
					}
				}
			})
		}
	}
}

// A wider scope is undecided by the resources that it may read, and rules that
// read no unknown value go on.
func TestUndecidedScopes(t *testing.T) {
	bucket := object(resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "aws_s3_bucket", Name: "backup"}, map[string]any{"arn": nil})
	bucket.Unknown = []resource.Path{{"arn"}}
	rule := func(name, scope, kind string) string {
		return custom("scope: "+scope) + fmt.Sprintf("package holdfast.%s\n\nwarn contains \"x\" if not contains(json.marshal(data.holdfast.resources), %q)\n", name, kind)
	}
	byRef := custom("scope: snapshot") + "package holdfast.ref\n\nwarn contains \"x\" if not data.holdfast.resources.prod[\"apps/Deployment\"]\n"
	report := judge(t, own(t, rule("s", "snapshot", "x/Y"), rule("t", "target", "x/Y"), byRef), policy.Case{Subjects: subjects(bucket)})
	want := []policy.Undecided{
		{Rule: "s", WaitsFor: []resource.Path{{"arn"}}},
		{Rule: "t", Target: "cloud", WaitsFor: []resource.Path{{"arn"}}},
	}
	if diff := cmp.Diff(want, report.Undecided); diff != "" {
		t.Errorf("undecided (-want +got):\n%s", diff)
	}
	equal(t, lines(report), []string{"ref warn - : x"})
}

// Of a spec only what is read counts, whichever way the code comes to it.
func TestUndecidedByName(t *testing.T) {
	bucket := object(resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "aws_s3_bucket", Name: "backup"}, map[string]any{
		"apiVersion": "terraform/v1", "kind": "aws_s3_bucket", "metadata": map[string]any{"name": "backup"},
		"spec": map[string]any{"tags": map[string]any{"a": "b"}},
	})
	bucket.Unknown = []resource.Path{{"spec", "acl"}, {"spec", "name"}, {"spec", "tags", "c"}}
	const all = "spec.acl spec.name spec.tags.c"
	const texts = "spec.acl spec.name" // an object is no text, whatever is in it
	for _, test := range []struct{ name, rule, want string }{
		{"the name of the resource", `deny contains title(input.resource)`, ""},
		{"a helper that names it", `deny contains "x" if helper(input.resource)
helper(r) if r.spec.acl == "public"`, "spec.acl"},
		{"an alias", `deny contains "x" if { spec := input.resource.spec; spec.acl == "x"; title(input.resource) }`, "spec.acl"},
		{"an alias of an alias", `deny contains "x" if { r := input.resource; s := r.spec; s.name == "x" }`, "spec.name"},
		{"object.get", `deny contains "x" if { title(input.resource); object.get(input.resource.spec, "acl", "") == "" }`, "spec.acl"},
		{"object.get by a path", `deny contains "x" if { title(input.resource); object.get(input.resource, ["spec", "tags", "c"], "") == "" }`, "spec.tags.c"},
		{"a name in a list", `deny contains "x" if { r := input.resource; some key in ["acl", "b"]; object.get(r, ["spec", key], 1) == 1 }`, "spec.acl"},
		{"any key of the spec", `deny contains "x" if { r := input.resource; r.spec[_] == "x" }`, all},
		{"some key of the spec", `deny contains "x" if { r := input.resource; some key, value in r.spec; value == key }`, texts},
		{"a spec handed to what goes through it", `deny contains "x" if through(input.resource.spec)
through(s) if s[_] == "x"`, texts},
		{"a spec in a list that is gone through", `deny contains "x" if { r := input.resource; some s in [r.spec]; some _, value in s; value == 1 }`, texts},
		{"walk", `deny contains "x" if { r := input.resource; walk(r, [_, "x"]) }`, all},
		{"as JSON", `deny contains json.marshal(r) if r := input.resource`, all},
		{"keys", `deny contains "x" if { r := input.resource; count(object.keys(r.spec)) > 3 }`, ""},
		{"a part that is gone through", `deny contains "x" if { r := input.resource; some _, value in r.spec.tags; value == "x" }`, "spec.tags.c"},
		{"a key of what the code makes", `deny contains {"msg": "x", "resource": {"name": r.metadata.name}} if r := input.resource`, ""},
		{"another metadata", `deny contains "x" if { r := input.resource; r.metadata.acl }`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := own(t, "package holdfast.a\n\ntitle(r) := r.metadata.name\n\n"+test.rule+"\n")
			report := judge(t, j, policy.Case{Subjects: subjects(bucket)})
			got := ""
			for _, u := range report.Undecided {
				for i, path := range u.WaitsFor {
					if i > 0 {
						got += " "
					}
					got += path.String()
				}
			}
			if got != test.want {
				t.Errorf("waits for %q, want %q", got, test.want)
			}
		})
	}
}

// Of other resources only those count that an evaluation came upon.
func TestUndecidedByOthersThatAreRead(t *testing.T) {
	thing := func(kind, name string, unknown ...resource.Path) resource.Resource {
		id := resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: kind, Name: name}
		made := object(id, map[string]any{"kind": kind, "metadata": map[string]any{"name": name}, "spec": map[string]any{"of": "a"}})
		made.Unknown = unknown
		return made
	}
	of := resource.Path{"spec", "of"}
	const rule = "kinds: [terraform/bucket]"
	j := own(t, custom(rule)+`package holdfast.a

deny contains {"msg": "nothing is of it"} if not owned

owned if {
	some other in data.holdfast.resources[input.target.name][sprintf("terraform/%s", ["lock"])][_]
	other.spec.of == input.resource.metadata.name
}
`)
	bucket := thing("bucket", "a")
	for name, test := range map[string]struct {
		others    []resource.Resource
		undecided bool
	}{
		"nothing unknown":           {[]resource.Resource{thing("lock", "l")}, false},
		"another kind":              {[]resource.Resource{thing("key", "k", of), thing("lock", "l")}, false},
		"another attribute":         {[]resource.Resource{thing("lock", "l", resource.Path{"spec", "until"})}, false},
		"what is read":              {[]resource.Resource{thing("lock", "l", of)}, true},
		"what is read, and fires":   {[]resource.Resource{thing("lock", "l", of), thing("lock", "m")}, true},
		"none, and another unknown": {[]resource.Resource{thing("key", "k", of)}, false},
	} {
		report := judge(t, j, policy.Case{Subjects: subjects(append(test.others, bucket)...)})
		if got := len(report.Undecided) > 0; got != test.undecided || got && len(report.Findings) > 0 {
			t.Errorf("%s: undecided %v, findings %v", name, report.Undecided, lines(report))
		}
	}
}

// Native rules are asked about resources, and conftest's about the text that
// these are made of.
func TestDocumentsOfResources(t *testing.T) {
	made := object(resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "bucket", Name: "a"}, map[string]any{"kind": "bucket"})
	text := object(resource.ID{Target: "cloud"}, map[string]any{"resource": []any{}})
	text.Document = true
	j := own(t, "package holdfast.any\n\ndeny contains {\"msg\": \"native\"} if input.resource\n", "package main\n\nimport rego.v1\n\ndeny contains \"conftest\" if input\n")
	equal(t, lines(judge(t, j, policy.Case{Subjects: subjects(made, text)})), []string{"main.deny deny - : conftest", "any deny bucket a : native"})
}

// What is unknown anywhere is found once for a rule, and not for each of the
// resources that it is asked about.
func TestUndecidedCostsNoMoreForEach(t *testing.T) {
	j := own(t, `package holdfast.a

deny contains {"msg": "x"} if data.holdfast.resources.cloud["terraform/bucket"][""].none.spec.name == input.resource.name
`)
	cost := func(n int) uint64 {
		list := make([]resource.Resource, n)
		for i := range list {
			id := resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "bucket", Name: fmt.Sprint("b", i)}
			list[i] = object(id, map[string]any{"name": id.Name})
			list[i].Unknown = []resource.Path{{"spec", "name"}}
		}
		c := policy.Case{Subjects: subjects(list...)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if report := judge(t, j, c); len(report.Undecided) > 0 {
			t.Fatalf("%d resources: undecided %v", n, report.Undecided[0])
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if few, many := cost(500), cost(2000); many > 8*few {
		t.Errorf("500 resources take %d bytes, and 2000 of them %d", few, many)
	}
}
