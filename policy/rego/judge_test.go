package rego_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const replicas = `# METADATA
# title: Enough replicas
# custom:
#   id: dr/replicas
#   category: dr
#   severity: high
#   controls: [cis/1]
#   remediation: Ask for more.
#   kinds: [apps/Deployment]
#   params: {min_replicas: 2}
package holdfast.replicas

deny contains {"msg": msg, "path": ["spec", "replicas"]} if {
	n := input.resource.spec.replicas
	n < data.holdfast.params.min_replicas
	msg := sprintf("%d replicas", [n])
}

warn contains "many" if input.resource.spec.replicas > 9
`

func TestJudge(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	j := own(t, replicas)
	list := []resource.Resource{deployment("a", 1), deployment("b", 3), deployment("c", 10)}
	report := judge(t, j, policy.Case{Phase: policy.PhasePlan, Subjects: subjects(list...)})
	id := list[0].ID
	if diff := cmp.Diff(policy.Finding{
		Rule: "dr/replicas", Policy: "holdfast.replicas", Category: "dr", Severity: policy.High, Decision: policy.Deny,
		Msg: "1 replicas", Target: "prod", Resource: &id, Subject: &list[0], Path: resource.Path{"spec", "replicas"},
		Remediation: "Ask for more.", Controls: []string{"cis/1"}, Phase: policy.PhasePlan,
	}, report.Findings[0]); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
	equal(t, lines(report), []string{
		"dr/replicas deny Deployment shop/a spec.replicas: 1 replicas",
		"dr/replicas warn Deployment shop/c : many",
	})
}

func TestParamsOverride(t *testing.T) {
	j := compile(t, rego.Options{}, policy.Input{Policies: files(replicas), Params: map[string]any{"min_replicas": 4}})
	report := judge(t, j, policy.Case{Subjects: subjects(deployment("a", 3))})
	equal(t, lines(report), []string{"dr/replicas deny Deployment shop/a spec.replicas: 3 replicas"})
}

// Rego of before 1.0 is read too.
func TestRegoV0(t *testing.T) {
	j := own(t, "package holdfast.old\n\ndeny[msg] {\n\tinput.resource.spec.replicas == 1\n\tmsg := \"one\"\n}\n")
	report := judge(t, j, policy.Case{Subjects: subjects(deployment("a", 1), deployment("b", 2))})
	equal(t, lines(report), []string{"old deny Deployment shop/a : one"})
}

// What rules see of a subject.
func TestInput(t *testing.T) {
	web := deployment("web", 3)
	was := deployment("web", 1)
	c := policy.Case{
		Phase:   policy.PhasePlan,
		Targets: []policy.Target{{Name: "prod", Driver: "kubernetes", Path: "clusters/prod", Mode: "apply"}},
		Subjects: []policy.Subject{
			{ID: web.ID, Resource: &web, Live: &was, Change: &resource.Change{
				ID: web.ID, Action: resource.ActionUpdate,
				Diff: []resource.FieldDiff{{Path: resource.Path{"spec", "replicas"}, Before: int64(1), After: int64(3)}},
			}},
			{ID: deployment("gone", 1).ID, Live: &was, Change: &resource.Change{Action: resource.ActionDelete}},
			{ID: resource.ID{Target: "other", Kind: "Deployment", APIVersion: "apps/v1", Name: "bare"}, Resource: &web},
		},
	}
	tests := []struct{ condition, want string }{
		{`input.resource.spec.replicas == 3`, "web bare"},
		{`input.resource == null`, "gone"},
		{`input.live.spec.replicas == 1`, "web gone"},
		{`input.live == null`, "bare"},
		{`input.change == null`, "bare"},
		{`input.change.action == "delete"; input.change.diff == []`, "gone"},
		{`input.change == {"action": "update", "diff": [{"path": ["spec", "replicas"], "before": 1, "after": 3}]}`, "web"},
		{`input.target == {"name": "prod", "driver": "kubernetes", "path": "clusters/prod", "mode": "apply"}`, "web gone"},
		{`input.target.name == "other"`, "bare"},
		{`input.phase == "plan"`, "web gone bare"},
		{`time.now_ns() == 1795348800000000000`, "web gone bare"}, // 2026-11-22T12:00:00Z
		{`data.holdfast.live`, ""},
	}
	for _, test := range tests {
		j := own(t, "package holdfast.a\n\ndeny contains \"x\" if { "+test.condition+" }\n")
		var names []string
		report := judge(t, j, c)
		for _, s := range c.Subjects {
			for _, f := range report.Findings {
				if f.Msg == "x" && f.Resource.Key() == s.ID.Key() {
					names = append(names, s.ID.Name)
				}
			}
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s holds for %q, want %q", test.condition, got, test.want)
		}
	}
}

// Rules look across resources: subjects shadow their twins of the context,
// deleted ones are gone, and live is there in phase live only.
func TestWorld(t *testing.T) {
	web, api, old := deployment("web", 3), deployment("api", 2), deployment("old", 1)
	twin := deployment("web", 9)
	twin.ID.APIVersion = "apps/v1beta1"
	gone := deployment("gone", 1)
	c := policy.Case{
		Phase:    policy.PhaseLive,
		Subjects: append(subjects(web, api, resource.Resource{Content: map[string]any{"no": "identity"}}), policy.Subject{ID: gone.ID}),
		Context:  policy.NewContext([]resource.Resource{twin, old, gone}),
		Live:     []resource.Resource{old},
	}
	module := `# METADATA
# custom: {scope: snapshot}
package holdfast.a

deny contains sprintf("%s/%s/%s/%s=%d", [target, kind, namespace, name, content.spec.replicas]) if {
	content := data.holdfast.resources[target][kind][namespace][name]
}

warn contains sprintf("live %s", [name]) if data.holdfast.live.prod["apps/Deployment"].shop[name]
`
	want := []string{
		"a deny - : prod/apps/Deployment/shop/api=2",
		"a deny - : prod/apps/Deployment/shop/old=1",
		"a deny - : prod/apps/Deployment/shop/web=3",
		"a warn - : live old",
	}
	equal(t, lines(judge(t, own(t, module), c)), want)
	c.Phase = policy.PhasePlan
	equal(t, lines(judge(t, own(t, module), c)), want[:3])
}

func TestScopes(t *testing.T) {
	count := func(scope string) string {
		return custom("scope: "+scope) + "package holdfast." + scope + `

warn contains sprintf("%s %v %d", [input.target.name, input.resource, n]) if n := count(data.holdfast.resources[input.target.name]["apps/Deployment"].shop)

warn contains "no target" if input.target == null
`
	}
	other := deployment("api", 1)
	other.ID.Target = "stage"
	c := policy.Case{Targets: []policy.Target{{Name: "prod"}, {Name: "empty"}}, Subjects: subjects(deployment("web", 1), deployment("api", 1), other)}
	report := judge(t, own(t, count("target"), count("snapshot")), c)
	equal(t, lines(report), []string{
		"snapshot warn - : no target",
		"target warn - : prod null 2",
		"target warn - : stage null 1",
	})
	for i, want := range []string{"", "prod", "stage"} {
		if got := report.Findings[i].Target; got != want {
			t.Errorf("finding %d has target %q, want %q", i, got, want)
		}
	}
}

func TestKinds(t *testing.T) {
	tests := []struct{ kinds, want string }{
		{"[]", "Pod Deployment Job Deployment"}, {"[core/Pod]", "Pod"}, {"[apps/Deployment]", "Deployment"},
		{`["*/Deployment"]`, "Deployment Deployment"}, {`["batch/*"]`, "Job"}, {`["*/*"]`, "Pod Deployment Job Deployment"}, {"[core/Pod, batch/Job]", "Pod Job"},
	}
	var list []resource.Resource
	for i, gvk := range [][2]string{{"v1", "Pod"}, {"apps/v1", "Deployment"}, {"batch/v1", "Job"}, {"example.com/v1", "Deployment"}} {
		list = append(list, object(resource.ID{Target: "t" + string(rune('0'+i)), APIVersion: gvk[0], Kind: gvk[1], Name: "x"}, nil))
	}
	for _, test := range tests {
		var kinds []string
		for _, f := range judge(t, own(t, fires(custom("kinds: "+test.kinds), "holdfast.a")), policy.Case{Subjects: subjects(list...)}).Findings {
			kinds = append(kinds, f.Resource.Kind)
		}
		if got := strings.Join(kinds, " "); got != test.want {
			t.Errorf("kinds %s match %q, want %q", test.kinds, got, test.want)
		}
	}
}

// Whom a finding is about, where the rule names a resource.
func TestNamedResource(t *testing.T) {
	web, db := deployment("web", 1), deployment("db", 1)
	db.ID.APIVersion, db.ID.Kind = "apps/v1", "StatefulSet"
	db = object(db.ID, nil)
	stage := object(resource.ID{Target: "stage", APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "shop", Name: "db"}, nil)
	bucket := object(resource.ID{Target: "cloud", APIVersion: "terraform/v1", Kind: "aws_s3_bucket", Name: "backup"}, nil)
	tests := []struct{ name, scope, resource, want string }{
		{"none", "resource", `null`, "prod/web"},
		{"its own content", "resource", `input.resource`, "prod/web"},
		{"another one of the target", "resource", `{"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": "shop", "name": "db"}`, "prod/db"},
		{"another one by another version", "resource", `{"apiVersion": "apps/v1beta1", "kind": "StatefulSet", "namespace": "shop", "name": "db"}`, "prod/db"},
		{"one of another target", "resource", `{"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": "shop", "name": "db", "target": "stage"}`, "stage/db"},
		{"content of another one", "resource", `data.holdfast.resources.cloud["terraform/aws_s3_bucket"][""].backup`, "cloud/backup"},
		{"one that does not exist", "resource", `{"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"}`, "prod/web"},
		{"each one of the name in a snapshot", "snapshot", `{"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": "shop", "name": "db"}`, "prod/db stage/db"},
		{"one of the target in question", "target", `{"apiVersion": "apps/v1", "kind": "StatefulSet", "namespace": "shop", "name": "db"}`, "prod/db stage/db"},
		{"none of the snapshot", "snapshot", `{"apiVersion": "v1", "kind": "Service", "namespace": "shop", "name": "web"}`, "/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			guard := `input.resource.metadata.name == "web"`
			if test.scope != "resource" {
				guard = `not input.target.name == "cloud"`
			}
			module := custom("scope: "+test.scope) + "package holdfast.a\n\ndeny contains {\"msg\": \"x\", \"resource\": r} if {\n\t" + guard + "\n\tr := " + test.resource + "\n}\n"
			c := policy.Case{Subjects: subjects(web, db, stage), Context: policy.NewContext([]resource.Resource{bucket})}
			var got []string
			for _, f := range judge(t, own(t, module), c).Findings {
				about := f.Target + "/"
				if f.Resource != nil {
					about += f.Resource.Name
					if f.Subject == nil || f.Subject.ID != *f.Resource || f.Target != f.Resource.Target {
						t.Errorf("finding of %v has subject %v and target %s", f.Resource, f.Subject, f.Target)
					}
				}
				got = append(got, about)
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("the finding is about %q, want %q", s, test.want)
			}
		})
	}
}

// A rule that cannot be evaluated is a finding that denies, and others go on.
func TestRuleErrors(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"conflict", "f(x) := 1 if x\nf(x) := 2 if x\ndeny contains \"x\" if f(input.resource.kind) == 1\n",
			"bad.rego:4:1: function data.holdfast.bad.f produced conflicting values for the same inputs"},
		{"builtin error", "deny contains \"x\" if to_number(input.resource.kind) > 1\n", `bad.rego:3:22: to_number: strconv.ParseFloat: parsing "Deployment": invalid syntax`},
		{"no msg", "deny contains {\"message\": \"x\"}\n", "deny: an element has no msg"},
		{"msg no text", "warn contains {\"msg\": 1}\n", "warn: msg is a number where a text is needed"},
		{"msg blank", "warn contains \" \"\n", "warn: msg is a blank string where a text is needed"},
		{"no object", "deny contains true\n", `deny: an element is a boolean where {"msg": …} is needed`},
		{"path no list", "deny contains {\"msg\": \"x\", \"path\": \"spec\"}\n", "deny: path is a string where a list is needed"},
		{"path of odd steps", "deny contains {\"msg\": \"x\", \"path\": [\"a\", null]}\n", "deny: path has a null where a key or an index is needed"},
		{"path of a fraction", "deny contains {\"msg\": \"x\", \"path\": [1.5]}\n", "deny: path has the step 1.5 where a key or an index is needed"},
		{"resource no object", "deny contains {\"msg\": \"x\", \"resource\": \"web\"}\n", "deny: resource is a string where an object with kind and name is needed"},
		{"too slow", "deny contains \"x\" if {\n\tsome a in numbers.range(1, 3000)\n\tsome b in numbers.range(1, 3000)\n\tsome c in numbers.range(1, 3000)\n\ta * b == c - 1000000\n}\n",
			"it took longer than 50ms"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policies := []policy.File{file("bad.rego", "package holdfast.bad\n\n"+test.body), file("good.rego", fires(custom("severity: low"), "holdfast.good"))}
			j := compile(t, rego.Options{Timeout: 50 * time.Millisecond}, policy.Input{Policies: policies})
			report := judge(t, j, policy.Case{Subjects: subjects(deployment("web", 1))})
			equal(t, lines(report), []string{
				"good deny Deployment shop/web : no",
				"holdfast/rule-error deny Deployment shop/web : rule bad could not be evaluated: " + test.want,
			})
			f := report.Findings[1]
			if f.Policy != "holdfast.bad" || f.Severity != policy.High || !f.Blocks() {
				t.Errorf("the finding is %+v", f)
			}
		})
	}
}

// A rule that is too slow everywhere is given up, and what it did not judge is
// held back and reported.
func TestGivenUp(t *testing.T) {
	slow := `package holdfast.slow

deny contains "x" if {
	some a in numbers.range(1, 3000)
	some b in numbers.range(1, 3000)
	a * b == -1
	input.resource.kind == "Deployment"
}
`
	j := compile(t, rego.Options{Timeout: 20 * time.Millisecond, Workers: 1}, policy.Input{Policies: files(slow, fires("", "holdfast.good"))})
	var list []resource.Resource
	for i := range 10 {
		list = append(list, deployment(fmt.Sprintf("web%d", i), 1))
	}
	report := judge(t, j, policy.Case{Subjects: subjects(list...)})
	counts := map[string]int{}
	for _, f := range report.Findings {
		if f.Rule == policy.RuleError && !f.Blocks() {
			t.Errorf("%s does not block", f.Msg)
		}
		counts[f.Msg]++
	}
	if diff := cmp.Diff(map[string]int{
		"no": 10,
		"rule slow could not be evaluated: it took longer than 20ms":                                      3,
		"rule slow could not be evaluated: it was not evaluated here, as it took longer than 20ms before": 7,
	}, counts); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]policy.NotEvaluated{{What: "rule slow on 7 more resources", Reason: "it took longer than 20ms before"}}, report.NotEvaluated); diff != "" {
		t.Errorf("not evaluated (-want +got):\n%s", diff)
	}
}

// A function of the evaluator that cannot be stopped holds up nobody else.
func TestStuck(t *testing.T) {
	stuck := `package holdfast.stuck

deny contains text if text := strings.render_template("{{range .a}}{{range $.a}}{{range $.a}}{{end}}{{end}}{{end}}", {"a": numbers.range(1, 300)})
`
	j := compile(t, rego.Options{Timeout: 10 * time.Millisecond, Workers: 2}, policy.Input{Policies: files(stuck, fires("", "holdfast.good"))})
	var list []resource.Resource
	for i := range 5 {
		list = append(list, deployment(fmt.Sprintf("web%d", i), 1))
	}
	counts := map[string]int{}
	for _, f := range judge(t, j, policy.Case{Subjects: subjects(list...)}).Findings {
		counts[f.Rule]++
	}
	if diff := cmp.Diff(map[string]int{"good": 5, policy.RuleError: 5}, counts); diff != "" {
		t.Errorf("findings by rule (-want +got):\n%s", diff)
	}
}

// The end of the context is the end of the judging, not a rule's error.
func TestCancelled(t *testing.T) {
	j := own(t, "package holdfast.a\n\ndeny contains \"x\" if {\n\tsome a in numbers.range(1, 30000)\n\tsome b in numbers.range(1, 30000)\n\ta * b == -1\n}\n")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	report, err := j.Judge(ctx, policy.Case{Subjects: subjects(deployment("web", 1))})
	if report != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("report %v, error %v", report, err)
	}
}

func TestCoverage(t *testing.T) {
	j := own(t,
		fires(custom("kinds: [apps/Deployment]"), "holdfast.a"),
		fires(custom("kinds: [core/Secret]"), "holdfast.idle"),
		fires(custom("scope: snapshot", "kinds: [core/Nothing]"), "holdfast.wide"),
	)
	pod := object(resource.ID{Target: "prod", APIVersion: "v1", Kind: "Pod", Name: "p"}, nil)
	report := judge(t, j, policy.Case{Subjects: subjects(deployment("web", 1), pod)})
	if diff := cmp.Diff([]resource.ID{pod.ID}, report.Uncovered); diff != "" {
		t.Errorf("uncovered (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"idle"}, report.IdleRules); diff != "" {
		t.Errorf("idle rules (-want +got):\n%s", diff)
	}
	equal(t, lines(report), []string{"wide deny - : no", "a deny Deployment shop/web : no"})
}

// The same case gives the same report, however many work on it and in whatever
// order its resources come.
func TestDeterministic(t *testing.T) {
	modules := files(replicas, fires(custom("scope: target"), "holdfast.t"), `package holdfast.many

warn contains {"msg": sprintf("m%d", [i]), "path": ["p", j]} if {
	some i in [1, 2]
	some j in [0, 1]
}
`, "package holdfast.bad\n\ndeny contains \"x\" if to_number(input.resource.metadata.name)\n", `package holdfast.others

warn contains concat(" ", [name |
	some kinds in data.holdfast.resources
	some name, content in kinds["apps/Deployment"].shop
	content.spec == input.resource.spec
])
`)
	one := compile(t, rego.Options{Workers: 1}, policy.Input{Policies: modules})
	eight := compile(t, rego.Options{Workers: 8}, policy.Input{Policies: modules})
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(rt, "resources")
		var list []resource.Resource
		for i := range n {
			r := deployment(fmt.Sprintf("web%d", i), int64(i%3))
			r.ID.Target = rapid.SampledFrom([]string{"prod", "stage"}).Draw(rt, "target")
			if i%4 == 3 { // a document without identity
				r.ID = resource.ID{Target: r.ID.Target}
				r.Origin = resource.Origin{File: "x.yaml", Document: i}
			}
			list = append(list, r)
		}
		first := judge(t, one, policy.Case{Subjects: subjects(list...)})
		seed := rapid.Uint64().Draw(rt, "seed")
		list = slices.Clone(list)
		rand.New(rand.NewPCG(seed, 0)).Shuffle(n, func(i, k int) { list[i], list[k] = list[k], list[i] })
		if diff := cmp.Diff(first, judge(t, eight, policy.Case{Subjects: subjects(list...)})); diff != "" {
			rt.Fatalf("the report depends on workers or order:\n%s", diff)
		}
		if !slices.IsSortedFunc(first.Findings, policy.Compare) {
			rt.Fatal("findings are not sorted")
		}
	})
}
