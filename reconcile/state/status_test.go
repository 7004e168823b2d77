package state_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
	"github.com/holdfast-dev/holdfast/sources"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestStatusOfNothing(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer store.Close()
	status, err := reconcile.ReadStatus(t.Context(), store, noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reconcile.Status{Generated: noon, Targets: []reconcile.TargetStatus{}}, status); diff != "" {
		t.Error(diff)
	}
	text, err := json.Marshal(status)
	if err != nil || !strings.Contains(string(text), `"targets":[]`) {
		t.Errorf("%s, %v", text, err)
	}
}

// What was seen is known even if the process ended before its first run was recorded.
func TestStatusBeforeTheFirstRun(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer store.Close()
	if err := store.SetTarget(t.Context(), "web", reconcile.TargetState{Seen: "r1"}); err != nil {
		t.Fatal(err)
	}
	status, err := reconcile.ReadStatus(t.Context(), store, noon)
	if err != nil || status.Revision.ID != "r1" || status.Targets[0].LastRun != nil {
		t.Errorf("%+v, %v", status, err)
	}
}

// The status is read beside a daemon that is at work.
func TestStatus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	defer store.Close()
	_, _, entry := childIntent(0)
	ended := reconcile.Run{
		ID: "1", Target: "web", Driver: "host", Mode: "apply", Revision: "r1", Ref: "main", Plan: "p",
		Started: noon.Add(-time.Hour), Ended: noon.Add(-time.Hour + time.Second),
		Outcome: reconcile.OutcomeBlocked, Message: "1 finding blocks", Resources: 7, InLine: 4,
		Changes: []reconcile.ChangeRecord{
			{State: reconcile.StateApplied, Drift: true}, {State: reconcile.StateApplied}, {State: reconcile.StateBlocked},
		},
		Findings: []reconcile.FindingRecord{
			{Decision: policy.Deny}, {}, {Decision: policy.Warn},
			{Decision: policy.Deny, Waived: &policy.Waived{}}, {Decision: policy.Deny, Existing: true},
		},
		Health: []reconcile.HealthRecord{{}},
	}
	killed := reconcile.Run{ID: "2", Target: "web", Mode: "apply", Revision: "r2", Ref: "main", Started: noon.Add(-time.Minute)}
	running := reconcile.Run{ID: "3", Target: "web", Driver: "host", Mode: "flag", Revision: "r2", Ref: "main", Started: noon}
	for _, err := range []error{
		store.Own(t.Context(), "web", entry),
		store.SetTarget(t.Context(), "web", reconcile.TargetState{Good: "r1", Seen: "r3", Driver: "host", Destination: "host:///srv"}),
		store.SetTarget(t.Context(), "new", reconcile.TargetState{Driver: "host", Orphaned: true}),
		store.SaveRun(t.Context(), reconcile.Run{ID: "0", Target: "app", Revision: "r0", Started: noon.Add(-2 * time.Hour), Outcome: reconcile.OutcomeOK}),
		store.SaveRun(t.Context(), ended), store.SaveRun(t.Context(), killed), store.SaveRun(t.Context(), running),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	reader, err := state.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	got, err := reconcile.ReadStatus(t.Context(), reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	none := map[reconcile.State]int{"planned": 0, "applied": 0, "blocked": 0, "flagged": 0, "stale": 0, "failed": 0, "skipped": 0, "kept": 0, "begun": 0}
	want := reconcile.Status{
		Revision: sources.Revision{ID: "r3", Ref: "main"}, Generated: noon,
		Targets: []reconcile.TargetStatus{
			{Name: "app", Outcome: reconcile.OutcomeOK, Revision: "r0", LastRun: &reconcile.RunSummary{ID: "0", Started: noon.Add(-2 * time.Hour), Changes: none}},
			{Name: "new", Driver: "host", Orphaned: true},
			{
				Name: "web", Driver: "host", Mode: "flag", Destination: "host:///srv", Outcome: reconcile.OutcomeBlocked,
				Message: "1 finding blocks", Revision: "r1", Seen: "r3", Good: "r1", Owned: 1, RunningSince: noon,
				LastRun: &reconcile.RunSummary{
					ID: "1", Started: ended.Started, Ended: ended.Ended, Resources: 7, InLine: 4, Drift: 1, HealthUnknown: 1,
					Changes:  map[reconcile.State]int{"planned": 0, "applied": 2, "blocked": 1, "flagged": 0, "stale": 0, "failed": 0, "skipped": 0, "kept": 0, "begun": 0},
					Unmade:   []reconcile.ChangeNote{{State: reconcile.StateBlocked}},
					Findings: reconcile.FindingCounts{Total: 5, Blocking: 2, Warnings: 1, Waived: 1, Existing: 1},
				},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
