package rego_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// what a pass sees of one resource, in the least that tells it from another.
type seen struct {
	desired, live int64 // replicas, 0 for none
	status        int64 // of the live twin
	replaced      bool  // rather than updated, where the two differ
	target        string
}

// plan is what a driver's plan says of the scene.
func plan(scene map[string]seen) policy.Case {
	c := policy.Case{Phase: policy.PhasePlan, Targets: []policy.Target{{Name: "prod", Mode: "apply"}, {Name: "stage", Mode: "flag"}}}
	for _, name := range slices.Sorted(maps.Keys(scene)) {
		at := scene[name]
		change := &resource.Change{Action: resource.ActionNone}
		subject := policy.Subject{Change: change}
		if at.desired > 0 {
			after := deployment(name, at.desired)
			change.After = &after
		}
		if at.live > 0 {
			before := deployment(name, at.live)
			before.Content.(map[string]any)["status"] = map[string]any{"replicas": at.status}
			change.Before = &before
		}
		switch {
		case at.desired == 0 && at.live == 0:
			continue
		case at.desired == 0:
			change.Action = resource.ActionDelete
		case at.live == 0:
			change.Action = resource.ActionCreate
		case at.live != at.desired:
			change.Action = resource.ActionUpdate
			if at.replaced {
				change.Action = resource.ActionReplace
			}
			change.Diff = []resource.FieldDiff{{Path: resource.Path{"spec", "replicas"}, Before: at.live, After: at.desired}}
		}
		subject.ID = deployment(name, 1).ID
		subject.ID.Target = cmp.Or(at.target, "prod")
		change.ID, subject.Resource, subject.Live = subject.ID, change.After, change.Before
		c.Subjects = append(c.Subjects, subject)
	}
	return c
}

// rules that read each thing that a rule can read in a plan.
var readers = []string{
	`package holdfast.desired
deny contains {"msg": sprintf("%d", [input.resource.spec.replicas]), "path": ["spec", "replicas"]} if input.resource.spec.replicas > 2`,
	`package holdfast.seen
deny contains {"msg": sprintf("%d of %d", [input.live.status.replicas, input.live.spec.replicas])} if input.live.status.replicas < input.live.spec.replicas`,
	`package holdfast.changes
deny contains {"msg": sprintf("%s %v", [input.change.action, [d.before | some d in input.change.diff]])} if input.change.action != "none"`,
	`package holdfast.modes
warn contains {"msg": input.target.mode} if input.resource.spec.replicas == 1`,
	`package holdfast.clock
warn contains {"msg": "late"} if time.now_ns() > 1000000000000000000`,
	`package holdfast.others
deny contains {"msg": sprintf("as many as %s", [name])} if {
	some target, name
	data.holdfast.resources[target]["apps/Deployment"].shop[name].spec.replicas == input.resource.spec.replicas
	name != input.resource.metadata.name
}`,
	custom("scope: snapshot") + `package holdfast.sum
deny contains {"msg": sprintf("%d", [total])} if {
	total := sum([d.spec.replicas | some d in data.holdfast.resources[_]["apps/Deployment"].shop])
	total > 3
}`,
	`package holdfast.broken
deny contains {"msg": "x"} if to_number(input.resource.metadata.name) == input.resource.spec.replicas`,
}

// judgedAnew is the report on the case, of a session with the memory.
func judgedAnew(t interface{ Fatal(...any) }, j policy.Judge, c policy.Case, memory policy.Memory) *policy.Report {
	session, err := j.Open(context.Background(), c, memory)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Subjects {
		if err := session.Judge(context.Background(), &policy.Batch{Index: i, Subjects: c.Subjects[i : i+1]}); err != nil {
			t.Fatal(err)
		}
	}
	report, err := session.Report(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Whatever changes between two plans, what is remembered of the first leads to
// the report on the second that comes of asking about all of it.
func TestRememberedPlan(t *testing.T) {
	t.Parallel()
	j := own(t, readers...)
	rapid.Check(t, func(rt *rapid.T) {
		memory := &remembering{kept: map[[32]byte][]byte{}}
		scene := map[string]seen{}
		clock := now
		number := rapid.Int64Range(0, 4)
		for range rapid.IntRange(4, 12).Draw(rt, "passes") {
			for range rapid.IntRange(0, 3).Draw(rt, "edits") {
				name := fmt.Sprintf("web%d", rapid.IntRange(0, 4).Draw(rt, "which"))
				at := scene[name]
				switch rapid.IntRange(0, 4).Draw(rt, "what") {
				case 0:
					at.desired = number.Draw(rt, "desired")
				case 1:
					at.live = number.Draw(rt, "live")
				case 2:
					at.status = number.Draw(rt, "status")
				case 3:
					at.replaced = !at.replaced
				case 4:
					at.target = rapid.SampledFrom([]string{"prod", "stage"}).Draw(rt, "target")
				}
				scene[name] = at
			}
			if rapid.Bool().Draw(rt, "later") {
				clock = clock.Add(20 * 365 * 24 * time.Hour)
			}
			c := plan(scene)
			c.Now = clock
			if diff := gocmp.Diff(judge(t, j, c), judgedAnew(rt, j, c, memory)); diff != "" {
				rt.Fatalf("what is remembered gives another report (-asked +remembered):\n%s", diff)
			}
		}
	})
}

// A plan like the last one is not asked about: nothing new comes of it.
func TestSamePlanIsRemembered(t *testing.T) {
	t.Parallel()
	j := own(t, readers[:len(readers)-1]...) // but the one that fails: that is tried again
	memory := &remembering{kept: map[[32]byte][]byte{}}
	scene := map[string]seen{}
	for i := range 20 {
		scene[fmt.Sprintf("web%d", i)] = seen{desired: int64(i%5 + 1), live: int64(i%4 + 1), target: "prod"}
	}
	c := plan(scene)
	c.Now = now
	first := judgedAnew(t, j, c, memory)
	kept := memory.puts
	c = plan(scene)
	c.Now = now
	if diff := gocmp.Diff(first, judgedAnew(t, j, c, memory)); diff != "" {
		t.Error(diff)
	}
	if anew := memory.puts - kept; kept < len(c.Subjects) || anew > 0 {
		t.Errorf("%d answers were kept, and %d found anew", kept, anew)
	}
}
