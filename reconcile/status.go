package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Status is how the targets stand, as the state has it: the JSON of `holdfast
// status` and of the daemon's /status. It holds no sensitive value.
type Status struct {
	Version string `json:"version"` // of holdfast
	Source  string `json:"source"`  // without credentials
	// Revision is the one that was looked at last, by the target that ran last.
	Revision  sources.Revision `json:"revision"`
	Generated time.Time        `json:"generated"`
	Targets   []TargetStatus   `json:"targets"` // sorted by name
}

// TargetStatus is how one target stands. Outcome, Message and Revision are
// those of LastRun.
type TargetStatus struct {
	Name        string  `json:"name"`
	Driver      string  `json:"driver"`
	Mode        string  `json:"mode"`
	Destination string  `json:"destination,omitempty"`
	Outcome     Outcome `json:"outcome"` // "" until a run has ended
	Message     string  `json:"message,omitempty"`
	Revision    string  `json:"revision"`          // that was enforced
	Seen        string  `json:"seen,omitempty"`    // that was looked at last
	Signer      string  `json:"signer,omitempty"`  // of Seen, where it was verified
	Good        string  `json:"good,omitempty"`    // the last without error
	Healthy     string  `json:"healthy,omitempty"` // the last of which all was in effect and healthy
	// Bad is the revision whose rollout here failed health, nil if none is.
	Bad   *Quarantine `json:"bad,omitempty"`
	Owned int         `json:"owned"` // entries of the inventory
	// Orphaned: the configuration names the target no more.
	Orphaned bool `json:"orphaned,omitempty"`
	// RunningSince is when the run began that has not ended; zero if none is under way.
	RunningSince time.Time `json:"runningSince,omitzero"`
	// Running is that run, once it waits for health, as of some seconds ago: what it
	// has changed and what it waits for, without findings.
	Running *RunSummary `json:"running,omitempty"`
	// LastRun is the newest run that has ended, nil if none has.
	LastRun *RunSummary `json:"lastRun"`
}

// RunSummary is a run in figures.
type RunSummary struct {
	ID        string    `json:"id"`
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
	Resources int       `json:"resources"`
	InLine    int       `json:"inLine"`
	// Changes counts the changes in each state, the states without any included.
	Changes map[State]int `json:"changes"`
	// Unmade are the first of the changes that were not made and why, the gravest
	// first: all but those that are merely planned.
	Unmade     []ChangeNote  `json:"unmade,omitempty"`
	NotApplied int           `json:"notApplied,omitempty"` // resources that are not made, as they say themselves
	Drift      int           `json:"drift"`                // how many of the changes are due to drift
	Findings   FindingCounts `json:"findings"`
	Unhealthy  int           `json:"unhealthy"`
	// Unwell are the first of the unhealthy resources, the gravest first.
	Unwell []HealthRecord `json:"unwell,omitempty"`
	// HealthUnknown counts the resources of which nobody can tell whether they are healthy.
	HealthUnknown int `json:"healthUnknown"`
}

// ChangeNote is a change without its contents.
type ChangeNote struct {
	Resource ResourceRef     `json:"resource"`
	Action   resource.Action `json:"action"`
	State    State           `json:"state"`
	Reason   string          `json:"reason,omitempty"`
	// Retry is when it is tried again, where someone else changes the resource back each time.
	Retry time.Time `json:"retry,omitzero"`
}

// FindingCounts divides a run's findings: each is blocking, a warning, waived
// or existing.
type FindingCounts struct {
	Total    int `json:"total"`
	Blocking int `json:"blocking"`
	Warnings int `json:"warnings"`
	Waived   int `json:"waived"`
	Existing int `json:"existing"`
}

// unendedRuns is how many of a target's newest runs are searched for one that
// has ended: one may be under way, and a process that was killed leaves others.
const unendedRuns = 20

// ReadStatus builds the status from the store alone. Version and Source, which
// no store knows, are left to the caller, and of Revision there is the ID and the ref.
func ReadStatus(ctx context.Context, store Store, now time.Time) (Status, error) {
	status := Status{Generated: now, Targets: []TargetStatus{}}
	names, err := store.Targets(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("reading the status: %w", err)
	}
	var newest Run
	for _, name := range names {
		target, run, err := readTarget(ctx, store, name)
		if err != nil {
			return Status{}, fmt.Errorf("reading the status of target %s: %w", name, err)
		}
		status.Targets = append(status.Targets, target)
		if run.Started.After(newest.Started) {
			newest = run
			status.Revision = sources.Revision{ID: run.Revision, Ref: run.Ref}
			if target.Seen != "" {
				status.Revision.ID, status.Revision.Signer = target.Seen, target.Signer
			}
		}
		if newest.ID == "" && target.Seen != "" { // looked at, by a process that ended before it could run
			status.Revision.ID, status.Revision.Signer = target.Seen, target.Signer
		}
	}
	return status, nil
}

// readTarget gives the target's status and its newest run, zero if it has none.
func readTarget(ctx context.Context, store Store, name string) (TargetStatus, Run, error) {
	state, err := store.Target(ctx, name)
	if err != nil {
		return TargetStatus{}, Run{}, err
	}
	owned, err := store.Count(ctx, name)
	if err != nil {
		return TargetStatus{}, Run{}, err
	}
	status := TargetStatus{
		Name: name, Driver: state.Driver, Destination: state.Destination,
		Seen: state.Seen, Signer: state.Signer, Good: state.Good, Owned: owned, Orphaned: state.Orphaned,
		Healthy: state.Healthy,
	}
	if state.Bad.Revision != "" {
		status.Bad = &state.Bad
	}
	runs, err := store.Runs(ctx, name, 1)
	if err != nil || len(runs) == 0 {
		return status, Run{}, err
	}
	newest := runs[0]
	status.Mode = newest.Mode
	if newest.Driver != "" {
		status.Driver = newest.Driver
	}
	if newest.Outcome == OutcomeRunning {
		status.RunningSince = newest.Started
		if len(newest.Changes) > 0 {
			status.Running = summarise(newest)
		}
		if runs, err = store.Runs(ctx, name, unendedRuns); err != nil {
			return TargetStatus{}, Run{}, err
		}
	}
	for _, run := range runs {
		if run.Outcome != OutcomeRunning {
			status.Outcome, status.Message, status.Revision = run.Outcome, run.Message, run.Revision
			status.LastRun = summarise(run)
			break
		}
	}
	return status, newest, nil
}

// fewUnwell and fewUnmade are how many unhealthy resources and changes that
// were not made a status names.
const fewUnwell, fewUnmade = 10, 10

func summarise(run Run) *RunSummary {
	summary := &RunSummary{
		ID: run.ID, Started: run.Started, Ended: run.Ended, Resources: run.Resources, InLine: run.InLine,
		Changes: map[State]int{
			StatePlanned: 0, StateApplied: 0, StateBlocked: 0, StateFlagged: 0,
			StateStale: 0, StateFailed: 0, StateSkipped: 0, StateKept: 0, StateBegun: 0,
		},
		Findings: FindingCounts{Total: len(run.Findings)}, NotApplied: len(run.NotApplied),
	}
	for _, health := range run.Health {
		if unwell(health.Status) {
			if summary.Unhealthy++; summary.Unhealthy <= fewUnwell {
				summary.Unwell = append(summary.Unwell, health)
			}
		} else {
			summary.HealthUnknown++
		}
	}
	for _, change := range run.Changes {
		summary.Changes[change.State]++
		if change.Drift {
			summary.Drift++
		}
	}
	summary.Unmade = unmade(run.Changes)
	for _, finding := range run.Findings {
		switch {
		case finding.Waived != nil:
			summary.Findings.Waived++
		case finding.Existing:
			summary.Findings.Existing++
		case finding.Decision == policy.Warn:
			summary.Findings.Warnings++
		default:
			summary.Findings.Blocking++
		}
	}
	return summary
}

func unmade(changes []ChangeRecord) []ChangeNote {
	var notes []ChangeNote
	for _, state := range []State{StateFailed, StateStale, StateBlocked, StateFlagged, StateSkipped, StateBegun, StateKept} {
		for i := range changes {
			if c := &changes[i]; c.State == state {
				notes = append(notes, ChangeNote{c.Resource, c.Action, c.State, c.Reason, c.Retry})
			}
		}
	}
	return slices.Clip(notes[:min(len(notes), fewUnmade)])
}
