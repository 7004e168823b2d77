package rego_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// rules that look at what other targets have.
var lookers = []string{
	`package holdfast.others
deny contains {"msg": sprintf("as many as %s in %s", [name, target])} if {
	some target, name
	data.holdfast.resources[target]["apps/Deployment"].shop[name].spec.replicas == input.resource.spec.replicas
	name != input.resource.metadata.name
}`,
	custom("scope: snapshot") + `package holdfast.sum
deny contains {"msg": sprintf("%d", [total])} if {
	total := sum([d.spec.replicas | some d in data.holdfast.resources[_]["apps/Deployment"].shop])
	total > 3
}`,
	custom("scope: target") + `package holdfast.twin
warn contains {"msg": "in other hands", "resource": there} if {
	some target, kinds in data.holdfast.resources
	target != input.target.name
	some name, there in kinds["apps/Deployment"].shop
	data.holdfast.resources[input.target.name]["apps/Deployment"].shop[name]
}`,
	`package holdfast.named
warn contains {"msg": "it needs the other", "resource": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "db"}} if {
	input.resource.metadata.name == "web"
}`,
	`package holdfast.leaks
warn contains sprintf("the password of %s is %s", [name, there.spec.password]) if {
	some name, there in data.holdfast.resources[_]["apps/Deployment"].shop
	name == input.resource.metadata.name
}`,
}

const unique = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: unique}
spec:
  crd: {spec: {names: {kind: Unique}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package unique
        violation[{"msg": msg}] {
          other := data.inventory.namespace[namespace]["apps/v1"].Deployment[name]
          name != input.review.object.metadata.name
          other.spec.replicas == input.review.object.spec.replicas
          msg := sprintf("as many as %v", [name])
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Unique
metadata: {name: unique}
spec: {match: {kinds: [{apiGroups: ["apps"], kinds: ["*"]}]}}
`

// wanted is one resource of a target in a scene.
type wanted struct {
	replicas int64 // 0 for none
	// defaulted: what the driver would make differs from what is written;
	// passed: it is not in the plan; unknown: its replicas are known only after apply.
	defaulted, passed, unknown bool
	password                   string
}

func (w wanted) resource(target, name string) resource.Resource {
	res := deployment(name, w.replicas)
	res.ID.Target = target
	if w.unknown {
		res.Unknown = []resource.Path{{"spec", "replicas"}}
	}
	if w.password != "" {
		res.Content.(map[string]any)["spec"].(map[string]any)["password"] = w.password
		res.Sensitive = []resource.Path{{"spec", "password"}}
	}
	return res
}

var sceneTargets, sceneNames = []string{"dev", "prod", "stage"}, []string{"api", "db", "web"}

type scenery map[string]map[string]wanted // by target and name

// all is what is written, and of a target what is to be judged.
func (s scenery) all() (all []resource.Resource) {
	for _, target := range sceneTargets {
		for _, name := range sceneNames {
			if w := s[target][name]; w.replicas > 0 {
				all = append(all, w.resource(target, name))
			}
		}
	}
	return all
}

func (s scenery) of(target string) policy.Case {
	c := policy.Case{Phase: policy.PhasePlan, Now: now, Targets: []policy.Target{{Name: target}}}
	for _, name := range sceneNames {
		w := s[target][name]
		if w.replicas == 0 || w.passed {
			continue
		}
		res := w.resource(target, name)
		if w.defaulted {
			res.Content.(map[string]any)["spec"].(map[string]any)["paused"] = false
		}
		c.Subjects = append(c.Subjects, policy.Subject{ID: res.ID, Resource: &res})
	}
	return c
}

// Targets that share what they look at, and remember, are told what each would
// be told that looks at the others for the first time, whatever changed where.
func TestTargetsThatShareAContext(t *testing.T) {
	t.Parallel()
	j := compile(t, rego.Options{}, policy.Input{Policies: files(lookers...), Constraints: []policy.File{file("unique.yaml", unique)}})
	rapid.Check(t, func(rt *rapid.T) {
		memories := map[string]*remembering{}
		scene := scenery{}
		for _, target := range sceneTargets {
			memories[target], scene[target] = &remembering{kept: map[[32]byte][]byte{}}, map[string]wanted{}
		}
		var shared *policy.Context
		for range rapid.IntRange(3, 8).Draw(rt, "passes") {
			edits := rapid.IntRange(0, 4).Draw(rt, "edits")
			for range edits {
				scene.edit(rt)
			}
			if shared == nil || edits > 0 {
				shared = policy.NewContext(scene.all())
			}
			reports := make([]*policy.Report, len(sceneTargets))
			var group sync.WaitGroup
			var failed atomic.Pointer[error]
			for i, target := range sceneTargets {
				group.Go(func() {
					c := scene.of(target)
					c.Context = shared.Without(target)
					report, err := session(j, c, memories[target])
					if err != nil {
						failed.Store(&err)
					}
					reports[i] = report
				})
			}
			if rapid.Bool().Draw(rt, "released") {
				shared.Release()
			}
			group.Wait()
			if err := failed.Load(); err != nil {
				rt.Fatal(*err)
			}
			for i, target := range sceneTargets {
				alone := scene.of(target)
				alone.Context = policy.NewContext(slices.DeleteFunc(scene.all(), func(r resource.Resource) bool { return r.ID.Target == target }))
				if diff := gocmp.Diff(judge(t, j, alone), reports[i]); diff != "" {
					rt.Fatalf("target %s is told something else (-alone +shared):\n%s", target, diff)
				}
			}
		}
	})
}

func (s scenery) edit(rt *rapid.T) {
	target, name := rapid.SampledFrom(sceneTargets).Draw(rt, "target"), rapid.SampledFrom(sceneNames).Draw(rt, "name")
	w := s[target][name]
	switch rapid.IntRange(0, 5).Draw(rt, "what") {
	case 0, 1:
		w.replicas = rapid.Int64Range(0, 3).Draw(rt, "replicas")
	case 2:
		w.defaulted = !w.defaulted
	case 3:
		w.passed = !w.passed
	case 4:
		w.unknown = !w.unknown
	case 5:
		w.password = rapid.SampledFrom([]string{"", "hunter2 and more", "correct horse"}).Draw(rt, "password")
	}
	s[target][name] = w
}

func session(j policy.Judge, c policy.Case, memory policy.Memory) (*policy.Report, error) {
	s, err := j.Open(context.Background(), c, memory)
	if err != nil {
		return nil, err
	}
	for i := range c.Subjects {
		if err := s.Judge(context.Background(), &policy.Batch{Index: i, Subjects: c.Subjects[i : i+1]}); err != nil {
			return nil, err
		}
	}
	return s.Report(context.Background())
}

// counted is a content that counts how often it is read.
type counted struct{ reads *atomic.Int32 }

func (c counted) MarshalJSON() ([]byte, error) {
	c.reads.Add(1)
	return json.Marshal(1)
}

// What many targets look at is read once, for its digest and for what Rego sees
// of it, and not again for each: a pass would cost the square of the targets.
func TestAContextIsReadOnce(t *testing.T) {
	t.Parallel()
	j := compile(t, rego.Options{}, policy.Input{Policies: files(lookers...), Constraints: []policy.File{file("unique.yaml", unique)}})
	var reads atomic.Int32
	far := deployment("far", 1)
	far.ID.Target = "far"
	far.Content.(map[string]any)["spec"].(map[string]any)["counted"] = counted{&reads}
	shared := policy.NewContext([]resource.Resource{far})
	const targets = 10
	judged := func() {
		for i := range targets {
			near := deployment("near", 1)
			near.ID.Target = fmt.Sprintf("near%d", i)
			report, err := session(j, policy.Case{Phase: policy.PhasePlan, Now: now, Subjects: subjects(near), Context: shared.Without(near.ID.Target)},
				&remembering{kept: map[[32]byte][]byte{}})
			if err != nil || len(report.Findings) != 2 {
				t.Fatalf("%v: %v", err, lines(report))
			}
		}
	}
	judged()
	if n := reads.Load(); n != 2 {
		t.Errorf("%d targets read it %d times", targets, n)
	}
	shared.Release()
	judged()
	if n := reads.Load(); n != 3 {
		t.Errorf("it was read %d times once the terms were released, and not for them alone", n)
	}
}

// What is known only after apply is so to who looks at it from elsewhere too.
func TestUnknownValuesOfAContext(t *testing.T) {
	t.Parallel()
	far, near := deployment("far", 1), deployment("near", 1)
	far.ID.Target, far.Unknown = "far", []resource.Path{{"spec", "replicas"}}
	c := policy.Case{Subjects: subjects(near), Context: policy.NewContext([]resource.Resource{far})}
	report := judge(t, own(t, lookers[0]), c)
	if len(report.Findings) > 0 || len(report.Undecided) != 1 || report.Undecided[0].Resource.Name != "near" {
		t.Errorf("%v, undecided %v", lines(report), report.Undecided)
	}
	c.Context = c.Context.Without("far")
	if report = judge(t, own(t, lookers[0]), c); len(report.Undecided) > 0 {
		t.Errorf("undecided for what is left out: %v", report.Undecided)
	}
}
