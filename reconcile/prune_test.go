package reconcile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// fifty is a target that owns fifty files, of which the named ones are no longer wanted.
func fifty(names ...string) PruneInput {
	in := PruneInput{Target: "web", Enabled: true, Desired: 50 - len(names), Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	for i := range 50 {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		in.Owned = append(in.Owned, drivers.Owned{ID: file(name), UID: "uid-" + name})
	}
	for _, name := range names {
		in.Changes = append(in.Changes, resource.Change{ID: file(name), Action: resource.ActionDelete, Precondition: "uid-" + name})
	}
	return in
}

func TestPrune(t *testing.T) {
	with := func(in PruneInput, change func(*PruneInput)) PruneInput { change(&in); return in }
	own := func(name string, change func(*drivers.Owned)) func(*PruneInput) {
		return func(in *PruneInput) {
			for i := range in.Owned {
				if in.Owned[i].ID == file(name) {
					change(&in.Owned[i])
				}
			}
		}
	}
	tests := []struct {
		name       string
		in         PruneInput
		reason     string // of every change; "" for allowed
		approvable bool
	}{
		{"within the limit", fifty("a", "b", "c", "d", "e"), "", false},
		{"one over the limit holds the whole set", fifty("a", "b", "c", "d", "e", "f"), "6 would be deleted, and the limit is 5 for each revision and 24 hours", true},
		{"at least one is allowed", PruneInput{
			Target: "web", Enabled: true, Desired: 1, Owned: []drivers.Owned{{ID: file("a"), UID: "u"}, {ID: file("b")}},
			Changes: []resource.Change{{ID: file("a"), Action: resource.ActionDelete, Precondition: "u"}},
		}, "", false},
		{"what was deleted in the last day counts", with(fifty("a", "b"), func(in *PruneInput) { in.Recent = 4 }), "2 would be deleted after 4 already, and the limit is 5 for each revision and 24 hours", true},
		{"what was deleted for this revision counts, however long ago", with(fifty("a"), func(in *PruneInput) { in.AtRevision = 5 }), "1 would be deleted after 5 already, and the limit is 5 for each revision and 24 hours", true},
		{"a delete that is under way is not counted again", with(with(fifty("a"), func(in *PruneInput) { in.AtRevision = 5 }), own("a", func(o *drivers.Owned) { o.Tombstone = time.Unix(1, 0) })), "", false},
		{"but not of what came in its place", with(with(fifty("a"), func(in *PruneInput) { in.AtRevision = 5 }), own("a", func(o *drivers.Owned) { o.Tombstone, o.UID = time.Unix(1, 0), "uid-of-before" })), "it was changed, or replaced by another, since holdfast wrote it", true},
		{"a number as the limit", with(fifty("a", "b", "c"), func(in *PruneInput) { in.MaxDelete = Limit{Count: 2} }), "3 would be deleted, and the limit is 2 for each revision and 24 hours", true},
		{"not while what changed with it is not healthy", with(fifty("a"), func(in *PruneInput) {
			in.Waits = map[resource.Key]string{file("a").Key(): "File b, which is progressing"}
		}), "it waits for what changed when it left the source: File b, which is progressing", true},
		{"another one does not wait", with(fifty("a"), func(in *PruneInput) {
			in.Waits = map[resource.Key]string{file("b").Key(): "File b, which is progressing"}
		}), "", false},
		{"off", with(fifty("a"), func(in *PruneInput) { in.Enabled = false }), "prune is off for this target", false},
		{"never what is not in the inventory", with(fifty("a"), func(in *PruneInput) { in.Owned = in.Owned[1:] }), "it is not in the inventory: holdfast did not make it", false},
		{"never against holdfast.dev/prune: never", with(fifty("a"), own("a", func(o *drivers.Owned) { o.Prune = "never" })), "holdfast.dev/prune: never, or what another tool has for that", false},
		{"not while another target of the place cannot be read", with(fifty("a"), func(in *PruneInput) { in.Unread = "target db cannot be read" }), "nothing is pruned while target db cannot be read", false},
		{"not while a create is held: a rename must not be an outage", with(fifty("a"), func(in *PruneInput) { in.Unsettled = "File b is blocked" }), "nothing is pruned while File b is blocked", false},
		{"not what another has put in its place", with(fifty("a"), own("a", func(o *drivers.Owned) { o.UID = "uid-of-before" })), "it was changed, or replaced by another, since holdfast wrote it", true},
		{"not what holds data without leave", with(fifty("a"), func(in *PruneInput) { in.Changes[0].Stateful = true }), "deleting it destroys data; annotate it with holdfast.dev/prune: allow, or approve", true},
		{"what holds data with leave", with(with(fifty("a"), func(in *PruneInput) { in.Changes[0].Stateful = true }), own("a", func(o *drivers.Owned) { o.Prune = "allow" })), "", false},
		{"what is on its way out is not counted, nor held by anything", with(fifty("a"), func(in *PruneInput) {
			in.Changes[0].Going, in.Enabled, in.AtRevision, in.Unread = "waits for a finalizer", false, 5, "target db cannot be read"
		}), "", false},
		{"not a target that has become empty", with(fifty("a"), func(in *PruneInput) { in.Desired = 0 }), "the target has become empty", true},
		{"not what something desired needs", with(fifty("a"), func(in *PruneInput) { in.NeededBy = map[resource.Key][]resource.ID{file("a").Key(): {file("b")}} }), "File b, which stays, needs it", false},
		{"a replace counts as a delete", with(fifty("a", "b", "c", "d", "e", "f"), func(in *PruneInput) { in.Changes[5].Action = resource.ActionReplace }), "6 would be deleted, and the limit is 5 for each revision and 24 hours", true},
		{"a replace does not need prune", with(fifty("a"), func(in *PruneInput) { in.Changes[0].Action, in.Enabled = resource.ActionReplace, false }), "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := Prune(test.in)
			if len(got) != len(test.in.Changes) {
				t.Fatalf("%d decisions for %d changes", len(got), len(test.in.Changes))
			}
			for _, decision := range got {
				if decision.Reason != test.reason || decision.Allowed != (test.reason == "") || (decision.Approval != "") != test.approvable {
					t.Errorf("got %+v, want reason %q, approvable %v", decision, test.reason, test.approvable)
				}
			}
			if test.approvable {
				testApproval(t, test.in, got)
			}
		})
	}
}

// What is to stay stays, with what it needs, and nobody has to decide on it. What
// goes with something that is on its way out already is not held by that.
func TestPruneOfWhatOthersNeed(t *testing.T) {
	a, b := file("a"), file("b")
	needed := map[resource.Key][]resource.ID{a.Key(): {b}}
	in := fifty("a", "b")
	in.NeededBy = needed
	in.Owned[1].Prune = "never"
	decisions, _ := Prune(in)
	if d := decisions[a.Key()]; d.Allowed || !d.Kept || d.Approval != "" || !decisions[b.Key()].Kept {
		t.Errorf("%+v", decisions)
	}
	in = fifty("a", "b")
	in.NeededBy = needed
	in.Changes[1].Going = "waits for a finalizer"
	if decisions, _ := Prune(in); !decisions[a.Key()].Allowed {
		t.Errorf("%+v", decisions)
	}
}

// An approval lets that very set through, and no other, until it ends.
func testApproval(t *testing.T, in PruneInput, held map[resource.Key]PruneDecision) {
	digest := held[in.Changes[0].ID.Key()].Approval
	allowed := func(in PruneInput) bool {
		decisions, _ := Prune(in)
		return decisions[in.Changes[0].ID.Key()].Allowed
	}
	reason := func(in PruneInput) string {
		decisions, _ := Prune(in)
		return decisions[in.Changes[0].ID.Key()].Reason
	}
	in.Approvals = []policy.Approval{{Target: in.Target, Digest: digest, Ends: in.Now.Add(time.Second), Expires: "2026-01-31", File: "approvals/a.yaml:1"}}
	if !allowed(in) {
		t.Error("an approval of the digest does not allow it")
	}
	late := in
	late.Now = in.Now.Add(time.Second)
	if allowed(late) || !strings.HasSuffix(reason(late), "(the approval in approvals/a.yaml:1 ended with 2026-01-31; give it a later date)") {
		t.Errorf("an approval that has ended: %s", reason(late))
	}
	wrong := in
	wrong.Approvals = slices.Clone(in.Approvals)
	wrong.Approvals[0].Digest = strings.Repeat("0", len(digest))
	if allowed(wrong) || !strings.Contains(reason(wrong), "(the approval in approvals/a.yaml:1 is of another act: ") {
		t.Errorf("an approval of another act: %s", reason(wrong))
	}
	other := in
	other.Target = "other"
	if allowed(other) {
		t.Error("an approval for another target allows it")
	}
	larger := in
	larger.Changes = append([]resource.Change{}, in.Changes...)
	larger.Changes = append(larger.Changes, resource.Change{ID: file("z"), Action: resource.ActionDelete, Precondition: "uid-z"})
	larger.MaxDelete = Limit{Count: 1}
	if allowed(larger) {
		t.Error("an approval of a smaller set allows a larger one")
	}
}

// What kept a resource when another tool had it keeps it here.
// One delete may be made where the limit is one, whatever else waits for an approval.
func TestWhatWaitsForAnApprovalDoesNotUseUpTheLimit(t *testing.T) {
	in := fifty("a", "b", "c")
	in.MaxDelete = Limit{Count: 1}
	for i := range in.Owned {
		if in.Owned[i].ID == file("b") || in.Owned[i].ID == file("c") {
			in.Owned[i].Prune = pruneConfirm
		}
	}
	got, _ := Prune(in)
	for name, allowed := range map[string]bool{"a": true, "b": false, "c": false} {
		if decision := got[file(name).Key()]; decision.Allowed != allowed {
			t.Errorf("%s: %+v", name, decision)
		}
	}
}

func TestPruneWord(t *testing.T) {
	for annotation, want := range map[string]string{
		"":                              "",
		"holdfast.dev/prune=allow":      "allow",
		"holdfast.dev/prune=never":      "never",
		"helm.sh/resource-policy=keep":  "never",
		"helm.sh/resource-policy=other": "",
		"kustomize.toolkit.fluxcd.io/prune=disabled":                        "never",
		"kustomize.toolkit.fluxcd.io/prune=Disabled":                        "never",
		"label kustomize.toolkit.fluxcd.io/prune=disabled":                  "never",
		"label helm.sh/resource-policy=keep":                                "",
		"kustomize.toolkit.fluxcd.io/reconcile=disabled":                    "never",
		"kustomize.toolkit.fluxcd.io/prune=enabled":                         "",
		"argocd.argoproj.io/sync-options=ServerSideApply=true, Prune=false": "never",
		"argocd.argoproj.io/sync-options=Prune=confirm":                     "confirm",
		"argocd.argoproj.io/sync-options=Delete=confirm,Prune=false":        "never",
		"holdfast.dev/prune=allow\nhelm.sh/resource-policy=keep":            "allow",
	} {
		annotations, labels := map[string]any{}, map[string]any{}
		for line := range strings.SplitSeq(annotation, "\n") {
			name, value, _ := strings.Cut(line, "=")
			if label, ok := strings.CutPrefix(name, "label "); ok {
				labels[label] = value
			} else {
				annotations[name] = value
			}
		}
		res := resource.Resource{Content: map[string]any{"metadata": map[string]any{"annotations": annotations, "labels": labels}}}
		if got := pruneWord(&res); got != want {
			t.Errorf("%s: %q, want %q", annotation, got, want)
		}
	}
}

// What is needed goes with what needs it, or stays with it.
func TestPruneOfWhatIsNeeded(t *testing.T) {
	in := fifty("a", "b", "c")
	in.NeededBy = map[resource.Key][]resource.ID{file("a").Key(): {file("b")}, file("b").Key(): {file("c")}}
	if decisions, _ := Prune(in); !decisions[file("a").Key()].Allowed {
		t.Errorf("all go: %+v", decisions)
	}
	for i := range in.Owned {
		if in.Owned[i].ID == file("c") {
			in.Owned[i].Prune = "never"
		}
	}
	decisions, _ := Prune(in)
	for _, name := range []string{"a", "b", "c"} {
		if decision := decisions[file(name).Key()]; decision.Allowed || decision.Approval != "" {
			t.Errorf("c stays: %s: %+v", name, decision)
		}
	}
	// c waits for an approval, and so do those that it needs: for the same one.
	in = fifty("a", "b", "c")
	in.NeededBy = map[resource.Key][]resource.ID{file("a").Key(): {file("b")}, file("b").Key(): {file("c")}}
	in.Changes[2].Stateful = true
	decisions, act := Prune(in)
	for _, name := range []string{"a", "b", "c"} {
		if decision := decisions[file(name).Key()]; decision.Allowed || decision.Approval != act.Digest {
			t.Errorf("c waits: %s: %+v", name, decision)
		}
	}
}

// What is left of an act that was approved and begun is approved, while the
// approval lasts, and nothing beside it.
func TestPruneGoesOnWithAnApprovedAct(t *testing.T) {
	in := fifty("a", "b", "c", "d", "e", "f")
	_, in.Begun = Prune(in)
	in.Approvals = []policy.Approval{{Target: in.Target, Digest: in.Begun.Digest, Ends: in.Now.Add(time.Second)}}
	in.Changes, in.Recent = in.Changes[1:], 5
	allowed := func() bool {
		decisions, _ := Prune(in)
		return decisions[file("b").Key()].Allowed
	}
	if !allowed() {
		t.Error("the rest is not approved")
	}
	in.Changes = append(in.Changes, resource.Change{ID: file("g"), Action: resource.ActionDelete, Precondition: "uid-g"})
	if allowed() {
		t.Error("something beside the act is approved")
	}
	in.Changes, in.Now = in.Changes[:5], in.Now.Add(time.Second)
	if allowed() {
		t.Error("an approval that has ended still allows the rest")
	}
}
