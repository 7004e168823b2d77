package reconcile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func file(name string) resource.ID {
	return resource.ID{Target: "web", APIVersion: "host.holdfast.dev/v1", Kind: "File", Name: name}
}

func change(name string, action resource.Action) resource.Change {
	return resource.Change{ID: file(name), Action: action}
}

func denies(name string) policy.Finding {
	id := file(name)
	return policy.Finding{Rule: "dr/x", Decision: policy.Deny, Resource: &id}
}

func TestGate(t *testing.T) {
	waived, existing, warns, unset := denies("a"), denies("a"), denies("a"), denies("a")
	waived.Waived = &policy.Waived{By: "waiver"}
	existing.Existing = true
	warns.Decision = policy.Warn
	unset.Decision = ""
	a, b, c := file("a").Key(), file("b").Key(), file("c").Key()
	abc := []resource.Change{change("a", resource.ActionUpdate), change("b", resource.ActionCreate), change("c", resource.ActionUpdate)}
	tests := []struct {
		name string
		in   GateInput
		want map[resource.Key]string
	}{
		{"no finding holds nothing", GateInput{Changes: abc}, map[resource.Key]string{}},
		{"a finding holds its resource alone", GateInput{Changes: abc, Findings: []policy.Finding{denies("a")}}, map[resource.Key]string{a: "rule dr/x"}},
		{"a warning, a waived and an existing finding hold nothing", GateInput{Changes: abc, Findings: []policy.Finding{waived, existing, warns}}, map[resource.Key]string{}},
		{"an unset decision denies", GateInput{Changes: abc, Findings: []policy.Finding{unset}}, map[resource.Key]string{a: "rule dr/x"}},
		{"what depends on it is held too, however far", GateInput{
			Changes: abc, Findings: []policy.Finding{denies("a")},
			Needs: map[resource.Key][]resource.Key{c: {b}, b: {a}},
		}, map[resource.Key]string{a: "rule dr/x", b: "depends on File a, which is held back", c: "depends on File b, which is held back"}},
		{"what is in line is not held, nor what depends on it", GateInput{
			Changes:  []resource.Change{change("a", resource.ActionNone), change("b", resource.ActionCreate)},
			Findings: []policy.Finding{denies("a")}, Needs: map[resource.Key][]resource.Key{b: {a}},
		}, map[resource.Key]string{}},
		{"a finding about no resource holds the target", GateInput{Changes: abc, Findings: []policy.Finding{{Rule: "dr/all", Decision: policy.Deny}}},
			map[resource.Key]string{a: "rule dr/all holds the whole target", b: "rule dr/all holds the whole target", c: "rule dr/all holds the whole target"}},
		{"onBlock target holds all for one", GateInput{Changes: abc, Findings: []policy.Finding{denies("a")}, OnBlock: OnBlockTarget}, map[resource.Key]string{
			a: "rule dr/x",
			b: "rule dr/x blocks File a, and nothing of this target is applied without it",
			c: "rule dr/x blocks File a, and nothing of this target is applied without it",
		}},
		{"an atomic driver likewise, even where the finding is on what is in line", GateInput{
			Changes:  []resource.Change{change("a", resource.ActionNone), change("b", resource.ActionCreate)},
			Findings: []policy.Finding{denies("a")}, Atomic: true,
		}, map[resource.Key]string{b: "rule dr/x blocks File a, and nothing of this target is applied without it"}},
		{"undecided holds only where the rule says so", GateInput{Changes: abc, Undecided: []policy.Undecided{
			{Rule: "dr/u", Resource: idOf("a"), Blocks: true}, {Rule: "dr/v", Resource: idOf("b")},
		}}, map[resource.Key]string{a: "rule dr/u is undecided until it is applied"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Gate(test.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func idOf(name string) *resource.ID {
	id := file(name)
	return &id
}

func TestReferences(t *testing.T) {
	resources := []resource.Resource{{ID: file("a")}, {ID: resource.ID{Kind: "Job", Namespace: "ns", Name: "a"}}}
	tests := []struct {
		value string
		want  []resource.Key
		err   string
	}{
		{"File/a", []resource.Key{file("a").Key()}, ""},
		{"File/a, Job/ns/a", []resource.Key{file("a").Key(), resources[1].ID.Key()}, ""},
		{"Job/other/a", nil, `"Job/other/a" names no resource of this target`},
		{"a", nil, `"a" is not of the form Kind/name or Kind/namespace/name`},
		{"", nil, `"" is not of the form Kind/name or Kind/namespace/name`},
	}
	for _, test := range tests {
		got, err := references(test.value, resources)
		if (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%q: error %v, want %q", test.value, err, test.err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.value, diff)
		}
	}
}
