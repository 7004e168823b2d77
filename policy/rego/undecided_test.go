package rego_test

import (
	"fmt"
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
