package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func sampleRuns() []reconcile.Run {
	started := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	audit := sampleAudit()
	var findings []reconcile.FindingRecord
	for _, f := range audit.Findings {
		if f.Target == "edge" {
			findings = append(findings, f)
		}
	}
	old := findings[0]
	old.Existing = true
	return []reconcile.Run{
		{ID: "r1", Target: "edge", Driver: "host", Destination: "host:///", Mode: "apply", Revision: audit.Commit.ID, Ref: "main", Started: started, Outcome: reconcile.OutcomeBlocked,
			Message: "1 change is held back by security/file-mode, 2 wait for an approval", Changes: sampleChanges(), Findings: append(findings[1:3:3], old),
			Resources: 9, InLine: 3, Health: []reconcile.HealthRecord{{Resource: sampleChanges()[0].Resource, Status: drivers.StatusDegraded, Reason: "content differs again"}}},
		{ID: "r2", Target: "staging", Driver: "kubernetes", Mode: "flag", Revision: audit.Commit.ID, Started: started, Outcome: reconcile.OutcomeOK, Resources: 18, InLine: 17,
			Changes: []reconcile.ChangeRecord{
				{Resource: reconcile.ResourceRef{Kind: "ConfigMap", Namespace: "shop", Name: "seed"}, Action: resource.ActionDelete, State: reconcile.StateKept, Reason: "holdfast.dev/prune: never"},
				{Resource: reconcile.ResourceRef{Kind: "ConfigMap", Namespace: "shop", Name: "stuck"}, Action: resource.ActionDelete, State: reconcile.StateBegun, Reason: "it waits for the finalizers example.com/held"},
			},
			NotApplied: []reconcile.NotApplied{{Resource: reconcile.ResourceRef{Kind: "Job", Namespace: "shop", Name: "undo"}, Reason: "by its annotation argocd.argoproj.io/hook: SyncFail it is no part of an apply"}}},
		{ID: "r3", Target: "prod", Driver: "kubernetes", Mode: "apply", Revision: audit.Commit.ID, Started: started, Outcome: reconcile.OutcomeWaiting, Message: "waits for edge", Resources: 34},
	}
}

func runsText(t *testing.T, runs []reconcile.Run, options TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Runs(&b, runs, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What nobody can tell the health of is named a few times, and not as a fault.
func TestUnknownHealthIsShortened(t *testing.T) {
	run := reconcile.Run{Target: "edge", Outcome: reconcile.OutcomeOK}
	for i := range 5 {
		ref := reconcile.ResourceRef{Kind: "Widget", Name: fmt.Sprint("w", i)}
		run.Health = append(run.Health, reconcile.HealthRecord{Resource: ref, Reason: "no conditions"})
	}
	short := runsText(t, []reconcile.Run{run}, TextOptions{Width: 80})
	if !strings.Contains(short, "unknown: Widget w2: no conditions\n") || strings.Contains(short, "w3") || !strings.Contains(short, "2 more (--verbose") {
		t.Error(short)
	}
	if long := runsText(t, []reconcile.Run{run}, TextOptions{Width: 80, Verbose: true}); !strings.Contains(long, "w4") || strings.Contains(long, "more") {
		t.Error(long)
	}
}

func TestRunsGolden(t *testing.T) {
	for name, options := range map[string]TextOptions{
		"runs-80.txt":         {Width: 80},
		"runs-120.txt":        {Width: 120},
		"runs-80-color.txt":   {Width: 80, Color: true},
		"runs-80-verbose.txt": {Width: 80, Verbose: true},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(w io.Writer) error { return Runs(w, sampleRuns(), options) })
		})
	}
}

func TestRunsLastLine(t *testing.T) {
	change := func(action resource.Action, state reconcile.State) reconcile.ChangeRecord {
		return reconcile.ChangeRecord{Action: action, State: state}
	}
	create, updates, deletes := resource.ActionCreate, resource.ActionUpdate, resource.ActionDelete
	tests := []struct {
		run  reconcile.Run
		want string
	}{
		{reconcile.Run{Changes: []reconcile.ChangeRecord{
			change(create, reconcile.StatePlanned), change(create, reconcile.StatePlanned), change(updates, reconcile.StatePlanned), change(deletes, reconcile.StateFlagged),
		}}, "Plan: 2 to create, 1 to update, 0 to delete; 1 held back."},
		{reconcile.Run{Changes: []reconcile.ChangeRecord{change(resource.ActionReplace, reconcile.StatePlanned), change(resource.ActionMove, reconcile.StatePlanned)}},
			"Plan: 0 to create, 0 to update, 1 to replace, 0 to delete, 1 to move."},
		{reconcile.Run{Outcome: reconcile.OutcomeFailed, Changes: []reconcile.ChangeRecord{
			change(create, reconcile.StateApplied), change(updates, reconcile.StateFailed), change(deletes, reconcile.StateBlocked), change(updates, reconcile.StateStale), change(updates, reconcile.StateSkipped),
		}}, "Done: 1 created, 0 updated, 0 deleted; 1 held back, 1 failed, 1 stale, 1 not begun, 1 target failed."},
		{reconcile.Run{Resources: 12, InLine: 12}, "Nothing to change: 12 of 12 resources in line."},
		{reconcile.Run{Resources: 1, Outcome: reconcile.OutcomeHeld}, "Nothing was changed: 0 of 1 resource in line; 1 target held."},
	}
	for _, test := range tests {
		lines := strings.Split(strings.TrimSpace(runsText(t, []reconcile.Run{test.run}, TextOptions{})), "\n")
		if got := lines[len(lines)-1]; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestRunsShowTheApprovalAsItIsToBeCommitted(t *testing.T) {
	got := runsText(t, sampleRuns(), TextOptions{Width: 80})
	_, rest, _ := strings.Cut(got, "    approvals:\n")
	snippet, _, _ := strings.Cut("    approvals:\n"+rest, "\n\n")
	var file struct {
		Approvals []struct{ Target, Digest, Owner, Reason, Expires string }
	}
	decoder := yaml.NewDecoder(strings.NewReader(strings.ReplaceAll("\n"+snippet, "\n    ", "\n")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatalf("%v in:\n%s", err, snippet)
	}
	if len(file.Approvals) != 1 {
		t.Fatalf("%d approvals for one act", len(file.Approvals))
	}
	a := file.Approvals[0]
	if a.Target != "edge" || a.Digest != sampleChanges()[4].Approval || a.Expires != "2026-11-29" || a.Owner == "" || a.Reason == "" {
		t.Errorf("got %+v", a)
	}
}

func TestRunsCutLongDiffsAndSaySo(t *testing.T) {
	var content strings.Builder
	for i := range 100 {
		fmt.Fprintf(&content, "line %d\n", i)
	}
	runs := []reconcile.Run{{Changes: []reconcile.ChangeRecord{{Action: resource.ActionCreate, State: reconcile.StatePlanned,
		Diff: []resource.FieldDiff{{Path: path("spec", "content"), After: content.String()}}}}}}
	if got := runsText(t, runs, TextOptions{}); strings.Contains(got, "line 99") || !strings.Contains(got, "… 61 more lines (--verbose shows them)") {
		t.Errorf("a long diff is not cut as announced:\n%s", got)
	}
	if got := runsText(t, runs, TextOptions{Verbose: true}); !strings.Contains(got, "line 99") {
		t.Error("verbose does not show all")
	}
}

func TestRunsNeverLetContentSteerTheTerminal(t *testing.T) {
	hostile := "\x1b[2J\u009b31m\u202eabc\r"
	ref := reconcile.ResourceRef{Kind: hostile, Namespace: hostile, Name: hostile, Scope: hostile}
	assertInert(t, runsText(t, []reconcile.Run{{
		Target: hostile, Driver: hostile, Destination: hostile, Mode: hostile, Revision: hostile, Ref: hostile, Message: hostile, Outcome: reconcile.Outcome(hostile),
		Changes: []reconcile.ChangeRecord{{Resource: ref, Action: resource.Action(hostile), State: reconcile.State(hostile), Reason: hostile, Drift: true, ChangedBy: hostile,
			Location: at(hostile, 1, 1), Approval: hostile, Diff: []resource.FieldDiff{
				{Path: path(hostile), Before: hostile, After: hostile + "x"},
				{Path: path(hostile), Before: hostile + "\n", After: hostile + "\nx"},
				{After: map[string]any{hostile: []any{hostile, hostile + "\n" + hostile}}},
			}}},
		Findings: []reconcile.FindingRecord{{Rule: hostile, Msg: hostile}},
		Health:   []reconcile.HealthRecord{{Resource: ref, Status: drivers.Status(hostile), Reason: hostile}},
	}}, TextOptions{Verbose: true}))
}

func TestRunsFoldWaivedFindings(t *testing.T) {
	runs := []reconcile.Run{{Findings: []reconcile.FindingRecord{{Rule: "a/b", Msg: "an exception", Waived: &policy.Waived{By: "waiver", Expires: "2026-12-01"}}}}}
	if got := runsText(t, runs, TextOptions{}); strings.Contains(got, "an exception") || !strings.Contains(got, "1 waived (expires 2026-12-01)") {
		t.Errorf("got:\n%s", got)
	}
	if got := runsText(t, runs, TextOptions{Verbose: true}); !strings.Contains(got, "an exception") {
		t.Error("verbose does not show all")
	}
}
