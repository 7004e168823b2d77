package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/server"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// Attribute keys of the log.
const (
	keyTarget   = "target"
	keyRevision = "revision"
	keyRun      = "run"
)

// logEvents writes events to the log. Every line of a run carries target,
// revision and run.
func logEvents(logger *slog.Logger) func(reconcile.Event) {
	return func(e reconcile.Event) {
		log := logger
		if e.Target != "" {
			log = log.With(keyTarget, e.Target, keyRevision, e.Revision, keyRun, e.Run)
		}
		switch e.Kind {
		case reconcile.EventFetched:
			if e.New {
				log.Info("revision", keyRevision, e.Revision, "ref", e.Source.Ref, "author", e.Source.Author, "subject", e.Source.Subject)
			}
		case reconcile.EventFetchFailed:
			log.Error("the source cannot be read", "err", e.Message)
		case reconcile.EventUnfit:
			log.Error("the revision cannot be enforced; targets are held at the last good one", keyRevision, e.Revision, "err", e.Message)
		case reconcile.EventOrphaned:
			log.Warn("target orphaned", "reason", e.Message)
		case reconcile.EventQuarantined:
			log.Error("the revision is quarantined", "reason", e.Message)
		case reconcile.EventChange:
			logChange(log, e.Change)
		case reconcile.EventEnded:
			logRun(log, e.Ended, e.Repeat)
		}
	}
}

func logChange(log *slog.Logger, change *reconcile.ChangeRecord) {
	attributes := append(ofChange(change), "state", change.State)
	if change.Drift {
		attributes = append(attributes, "drift", true, "changedBy", change.ChangedBy)
	}
	level := slog.LevelInfo
	switch change.State {
	case reconcile.StatePlanned, reconcile.StateSkipped, reconcile.StateStale: // it is tried again
		attributes = append(attributes, "reason", change.Reason)
	case reconcile.StateFlagged:
		level = slog.LevelWarn
		attributes = append(attributes, "reason", change.Reason)
	case reconcile.StateFailed:
		level = slog.LevelError
		attributes = append(attributes, "err", change.Reason)
	}
	log.Log(context.Background(), level, "change", attributes...)
}

// ofChange are the attributes by which a change is known, and where a mistake is to be mended.
func ofChange(change *reconcile.ChangeRecord) []any {
	attributes := []any{"action", change.Action, "kind", change.Resource.Kind}
	if change.Resource.Namespace != "" {
		attributes = append(attributes, "namespace", change.Resource.Namespace)
	}
	attributes = append(attributes, "name", change.Resource.Name)
	if change.Mistake {
		attributes = append(attributes, "at", change.Location.String())
	}
	return attributes
}

func logRun(log *slog.Logger, run *reconcile.Run, repeat bool) {
	if repeat {
		log.Debug("run ended as the one before", "outcome", run.Outcome)
		return
	}
	for _, f := range run.Findings {
		if f.Waived == nil {
			log.Warn("finding", "rule", f.Rule, "decision", f.Decision, "severity", f.Severity, "at", f.Location.String(), "msg", f.Msg)
		}
	}
	for _, change := range run.Changes {
		switch change.State {
		case reconcile.StateBlocked, reconcile.StateFlagged, reconcile.StatePlanned, reconcile.StateSkipped:
			log.Warn("change held back", append(ofChange(&change), "state", change.State, "reason", change.Reason, "approval", change.Approval)...)
		case reconcile.StateKept:
			log.Info("left in place, and not deleted", append(ofChange(&change), "state", change.State, "reason", change.Reason)...)
		case reconcile.StateBegun:
			log.Info("still being deleted", append(ofChange(&change), "state", change.State, "reason", change.Reason)...)
		}
	}
	for _, left := range run.NotApplied {
		log.Info("not applied", "kind", left.Resource.Kind, "namespace", left.Resource.Namespace, "name", left.Resource.Name, "reason", left.Reason)
	}
	for _, left := range run.NotEvaluated {
		log.Info("not evaluated", "what", left.What, "reason", left.Reason)
	}
	level := slog.LevelInfo
	if run.Outcome != reconcile.OutcomeOK {
		level = slog.LevelWarn
	}
	log.Log(context.Background(), level, "run ended", "outcome", run.Outcome, "message", run.Message,
		"resources", run.Resources, "inLine", run.InLine, "changes", len(run.Changes), "findings", len(run.Findings))
}

// measure counts events as metrics.
func measure(metrics *server.Metrics, e reconcile.Event) {
	switch e.Kind {
	case reconcile.EventFetchFailed:
		metrics.ObserveFetch(e.Err)
	case reconcile.EventFetched:
		metrics.ObserveFetch(nil)
	case reconcile.EventTargets:
		metrics.SetTargets(e.Targets)
	case reconcile.EventEnded:
		metrics.Observe(*e.Ended)
	}
}

// readiness tells whether each target was looked at once.
type readiness struct {
	mu      sync.Mutex
	passed  bool
	fetch   string          // why the source cannot be read, "" if it can
	unfit   string          // what is wrong with the newest revision, "" if nothing is
	targets []string        // those that are gone over
	looked  map[string]bool // those that were
}

func (r *readiness) take(e reconcile.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e.Kind {
	case reconcile.EventPassed:
		r.passed = true
	case reconcile.EventFetchFailed:
		r.fetch = e.Message
	case reconcile.EventFetched:
		r.fetch, r.unfit = "", ""
	case reconcile.EventUnfit:
		r.unfit, _, _ = strings.Cut(e.Message, "\n")
	case reconcile.EventTargets:
		r.targets = e.Targets
	case reconcile.EventEnded:
		if r.looked == nil {
			r.looked = map[string]bool{}
		}
		r.looked[e.Target] = true
	}
}

// reasons are why the daemon is not ready; unwritable is what is wrong with the state.
func (r *readiness) reasons(unwritable error) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var reasons []string
	late := slices.DeleteFunc(slices.Clone(r.targets), func(name string) bool { return r.looked[name] })
	switch {
	case !r.passed:
		reasons = append(reasons, "no pass over the targets has ended yet")
	case len(late) > 0:
		reasons = append(reasons, "not looked at yet: target "+strings.Join(late, ", "))
	case r.unfit != "" && len(r.looked) == 0: // else the targets are held at an earlier one
		reasons = append(reasons, "the newest revision is refused, and there is no earlier one: "+r.unfit)
	}
	if r.fetch != "" {
		reasons = append(reasons, "the source cannot be read: "+r.fetch)
	}
	if unwritable != nil {
		reasons = append(reasons, "the state cannot be written: "+unwritable.Error())
	}
	return reasons
}
