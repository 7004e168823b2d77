package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func sampleStatus() *reconcile.Status {
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	newest, good := "9f2c1e7ab04d5c6f8e9a0b1c2d3e4f5061728394", "0b1c2d3e4f50617283949f2c1e7ab04d5c6f8e9a"
	return &reconcile.Status{
		Source: "https://git.example.com/acme/infra.git", Revision: sources.Revision{ID: newest, Ref: "main"}, Generated: now,
		Targets: []reconcile.TargetStatus{
			{Name: "edge", Driver: "host", Mode: "apply", Outcome: reconcile.OutcomeBlocked, Message: "1 change is held back by security/file-mode", Revision: newest, Seen: newest,
				LastRun: &reconcile.RunSummary{Ended: now.Add(-12 * time.Minute), Resources: 9, InLine: 3, Drift: 1, Unhealthy: 1,
					Changes: map[reconcile.State]int{reconcile.StateBlocked: 1, reconcile.StateFlagged: 2, reconcile.StatePlanned: 3, reconcile.StateKept: 1},
					Unmade: []reconcile.ChangeNote{
						{Resource: reconcile.ResourceRef{Kind: "File", Name: "motd"}, Action: resource.ActionUpdate, State: reconcile.StateFlagged, Reason: "holdfast has set it back 3 times"},
						{Resource: reconcile.ResourceRef{Kind: "ConfigMap", Namespace: "shop", Name: "seed"}, Action: resource.ActionDelete, State: reconcile.StateKept, Reason: "holdfast.dev/prune: never"},
					}, NotApplied: 1,
					Findings: reconcile.FindingCounts{Total: 6, Blocking: 5, Warnings: 1}}},
			{Name: "legacy", Driver: "host", Mode: "apply", Outcome: reconcile.OutcomeOK, Owned: 4, Orphaned: true, LastRun: &reconcile.RunSummary{Ended: now.AddDate(0, -2, 0), Resources: 4, InLine: 4}},
			{Name: "network", Driver: "terraform", Mode: "apply", RunningSince: now.Add(-time.Minute), Running: &reconcile.RunSummary{
				Changes: map[reconcile.State]int{reconcile.StateApplied: 12, reconcile.StatePlanned: 2, reconcile.StateFlagged: 1}, Unhealthy: 1,
				Unwell: []reconcile.HealthRecord{{Resource: reconcile.ResourceRef{Kind: "Router", Name: "core"}, Status: drivers.StatusProgressing, Reason: "it starts"}},
				Unmade: []reconcile.ChangeNote{{Resource: reconcile.ResourceRef{Kind: "Route", Name: "east"}, Action: resource.ActionUpdate, State: reconcile.StateFlagged, Reason: "holdfast has set it back 3 times"}},
			}},
			{Name: "prod", Driver: "kubernetes", Mode: "apply", Outcome: reconcile.OutcomeHeld, Message: "clusters/prod/bad.yaml:7:1: found a tab where indentation was expected; indent with spaces",
				Revision: good, Seen: newest, RunningSince: now, LastRun: &reconcile.RunSummary{Ended: now.Add(-26 * time.Hour), Resources: 34, InLine: 34}},
			{Name: "staging", Driver: "kubernetes", Mode: "flag", Outcome: reconcile.OutcomeOK, Revision: newest, Seen: newest,
				LastRun: &reconcile.RunSummary{Ended: now.Add(-9 * time.Second), Resources: 18, InLine: 18, Changes: map[reconcile.State]int{reconcile.StateFailed: 2}}},
		},
	}
}

func statusText(t *testing.T, status *reconcile.Status, options TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Status(&b, status, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestStatusGolden(t *testing.T) {
	for name, options := range map[string]TextOptions{
		"status-80.txt":       {Width: 80},
		"status-120.txt":      {Width: 120},
		"status-80-color.txt": {Width: 80, Color: true},
		"status-40.txt":       {Width: 40},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, func(w io.Writer) error { return Status(w, sampleStatus(), options) })
		})
	}
}

func TestStatusTableIsNoWiderThanTheTerminal(t *testing.T) {
	status := sampleStatus()
	status.Targets[0].Name = strings.Repeat("a-very-long-name-", 8)
	for _, width := range []int{60, 80, 100, 120} {
		for line := range strings.SplitSeq(statusText(t, status, TextOptions{Width: width}), "\n") {
			if w := lipgloss.Width(line); w > width {
				t.Errorf("width %d: a line of %d columns: %q", width, w, line)
			}
		}
	}
	// A long name must not cost the columns that matter.
	for _, want := range []string{"a-very-long-name-a", "…", "blocked", "IN LINE", "BLOCK"} {
		if got := statusText(t, status, TextOptions{Width: 80}); !strings.Contains(got, want) {
			t.Errorf("%s is gone:\n%s", want, got)
		}
	}
}

func TestStatusLastLine(t *testing.T) {
	if got := statusText(t, &reconcile.Status{}, TextOptions{Width: 80}); got != "No target has been run yet. Whether the newest revision can be understood, the\ndaemon's log and /readyz say.\n" {
		t.Errorf("got %q", got)
	}
	lines := strings.Split(strings.TrimSpace(statusText(t, sampleStatus(), TextOptions{Width: 80})), "\n")
	if got, want := lines[len(lines)-1], "5 targets: 1 blocked, 1 held, 1 ok, 1 orphaned, 1 running"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStatusNeverLetsContentSteerTheTerminal(t *testing.T) {
	hostile := "\x1b[2J\u009b31m\u202eabc\r"
	assertInert(t, statusText(t, &reconcile.Status{
		Source: hostile, Revision: sources.Revision{ID: hostile, Ref: hostile},
		Targets: []reconcile.TargetStatus{{Name: hostile, Driver: hostile, Mode: hostile, Outcome: reconcile.Outcome(hostile), Message: hostile, Revision: hostile, Seen: "x"}},
	}, TextOptions{}))
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Minute: "0s", 59 * time.Second: "59s", time.Minute: "1m", 59 * time.Minute: "59m", 47 * time.Hour: "47h", 48 * time.Hour: "2d",
	} {
		if got := age(d); got != want {
			t.Errorf("age(%s) = %s, want %s", d, got, want)
		}
	}
}
