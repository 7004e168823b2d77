package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// excerptLines is how many source lines are shown before and after a finding's.
const excerptLines = 3

// NewAudit makes an audit of a check and, where live state was looked at, of a
// dry run over the same tree; result is nil, with the reason, where it was not.
// The caller fills in what neither knows: title, time, tool, source, trend.
func NewAudit(checked *Checked, locator sources.Locator, result *Result, unobserved string) *Audit {
	audit := &Audit{Report: checked.Report, Rules: checked.Rules, Excerpts: map[int][]sources.Line{}}
	for i := range checked.Judged {
		if lines := checked.Excerpt(locator, i, excerptLines); lines != nil {
			audit.Excerpts[i] = lines
		}
	}
	runs := map[string]*Run{}
	if result != nil {
		for i := range result.Runs {
			runs[result.Runs[i].Target] = &result.Runs[i]
			audit.addFindings(result.Runs[i].Findings)
		}
		for i := range result.Unmanaged {
			audit.addUnmanaged(&result.Unmanaged[i])
		}
	}
	for _, target := range checked.Targets {
		at := audit.target(target, checked.Counts[target.Name], runs[target.Name], unobserved)
		if target.Driver == "" && at.Resources == 0 && at.Findings == 0 && len(checked.Targets) > 1 {
			continue // every file is some target's
		}
		audit.Targets = append(audit.Targets, at)
		if target.Driver != "" {
			audit.addUnobserved(&at, runs[target.Name])
		}
	}
	audit.Summary = summarize(&audit.Report)
	for _, use := range checked.Waivers {
		w := use.Waiver
		audit.Waivers = append(audit.Waivers, AuditWaiver{
			Waived: policy.Waived{By: "waiver", Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, File: w.File},
			Rule:   w.Rule, Resource: w.Resource.String(), State: string(use.State), Findings: use.Findings,
		})
	}
	return audit
}

// addFindings takes in what the dry run found and the check did not: what
// appears only with the destination's defaults, or is wrong only with what is live.
func (a *Audit) addFindings(found []FindingRecord) {
	have := map[string]bool{}
	key := func(f *FindingRecord) string {
		ref := ResourceRef{}
		if f.Resource != nil {
			ref = *f.Resource
		}
		return fmt.Sprint(f.Rule, f.Decision, f.Target, ref, f.Path, f.Msg)
	}
	for i := range a.Findings {
		have[key(&a.Findings[i])] = true
	}
	for i := range found {
		if !have[key(&found[i])] {
			a.Findings = append(a.Findings, found[i])
		}
	}
}

// maxUnmanaged is how many resources that nobody manages are named of one namespace.
const maxUnmanaged = 500

// addUnmanaged takes in what nobody manages at one destination.
func (a *Audit) addUnmanaged(list *Unmanaged) {
	a.addFindings(list.Findings)
	byNamespace := map[string]int{}
	for _, ref := range list.Resources { // sorted by namespace
		at, known := byNamespace[ref.Namespace]
		if !known {
			at = len(a.Unmanaged)
			byNamespace[ref.Namespace] = at
			a.Unmanaged = append(a.Unmanaged, AuditUnmanaged{
				Driver: list.Driver, Destination: list.Destination, Namespace: ref.Namespace, Resources: []ResourceRef{},
			})
		}
		group := &a.Unmanaged[at]
		if group.Count++; len(group.Resources) < maxUnmanaged {
			group.Resources = append(group.Resources, ref)
		}
	}
	for i := range list.Findings {
		a.Unmanaged[byNamespace[list.Findings[i].Resource.Namespace]].Findings++
	}
	a.NotEvaluated = append(a.NotEvaluated, list.LeftOut...)
	if list.Reason != "" {
		what := "what is not managed here at " + list.Destination
		a.NotEvaluated = append(a.NotEvaluated, policy.NotEvaluated{What: what, Reason: list.Reason})
		if list.Failed {
			a.Errors = append(a.Errors, resource.Problem{Msg: what + ": " + list.Reason, Fault: true})
		}
		a.Unmanaged = append(a.Unmanaged, AuditUnmanaged{
			Driver: list.Driver, Destination: list.Destination, Resources: []ResourceRef{}, Reason: list.Reason,
		})
	}
}

func (a *Audit) target(target Target, resources int, run *Run, unobserved string) AuditTarget {
	t := AuditTarget{
		Name: target.Name, Driver: target.Driver, Path: target.Path, Mode: string(target.Mode),
		Resources: resources, Changes: []ChangeRecord{}, Reason: unobserved,
	}
	for _, f := range a.Findings {
		if f.Target != target.Name {
			continue
		}
		t.Findings++
		if f.Decision != policy.Warn && f.Waived == nil && !f.Existing {
			t.Blocking++
		}
	}
	switch {
	case target.Driver == "":
		t.Reason = "no target names these files, so there is nothing live to hold them against"
	case run == nil:
	case run.Plan == "":
		t.Reason = cmp.Or(run.Message, "nothing was planned")
	default:
		t.Observed, t.Reason, t.InLine = true, "", run.InLine
		t.Destination = run.Destination
		t.Changes = append(t.Changes, run.Changes...)
		for _, left := range run.NotApplied {
			a.NotEvaluated = append(a.NotEvaluated, policy.NotEvaluated{
				What: fmt.Sprintf("what is live of %s, target %s", left.Resource.id(), target.Name), Reason: left.Reason,
			})
		}
	}
	return t
}

// addUnobserved says what of a target was not looked at, and what went wrong: a
// report that has nothing to say of a target is no report that it is in line.
func (a *Audit) addUnobserved(t *AuditTarget, run *Run) {
	if !t.Observed {
		a.NotEvaluated = append(a.NotEvaluated, policy.NotEvaluated{What: "live state of target " + t.Name, Reason: t.Reason})
	}
	if run == nil {
		return
	}
	failed := run.Outcome == OutcomeFailed
	if !failed && (run.Outcome != OutcomeHeld || t.Observed) {
		return
	}
	for _, problem := range a.Errors {
		if strings.Contains(run.Message, problem.Msg) {
			return // the check found it too
		}
	}
	a.Errors = append(a.Errors, resource.Problem{Msg: "target " + t.Name + ": " + run.Message, Fault: failed && !run.Mistake})
}

// Trend is the number of findings at the revisions that runs are kept of, the
// oldest first: for each revision the last run of each target.
func Trend(ctx context.Context, store Store, limit int) ([]TrendPoint, error) {
	runs, err := store.Runs(ctx, "", limit)
	if err != nil {
		return nil, fmt.Errorf("read earlier runs: %w", err)
	}
	var points []TrendPoint
	counted := map[string]bool{}
	for _, run := range runs { // the newest first
		at := slices.IndexFunc(points, func(p TrendPoint) bool { return p.Revision == run.Revision })
		if counted[run.Target+"\x00"+run.Revision] || run.Plan == "" {
			continue
		}
		counted[run.Target+"\x00"+run.Revision] = true
		if at < 0 {
			points = append(points, TrendPoint{At: run.Started, Revision: run.Revision})
			at = len(points) - 1
		}
		for _, f := range run.Findings {
			points[at].Findings++
			if f.Decision != policy.Warn && f.Waived == nil && !f.Existing {
				points[at].Blocking++
			}
		}
	}
	slices.SortFunc(points, func(x, y TrendPoint) int { return cmp.Or(x.At.Compare(y.At), strings.Compare(x.Revision, y.Revision)) })
	return points, nil
}
