package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxJudged bounds how many of the resources that nobody manages are judged at
// one destination; a cluster may hold any number of them.
const maxJudged = 10_000

// Unmanaged is what is at a destination, is not wanted by any target of
// this installation and not in its inventory. Another one's may have it.
type Unmanaged struct {
	Driver      string
	Destination string
	Resources   []ResourceRef // sorted by namespace, kind and name
	// Findings on them. There is no change that one could block, so they warn.
	Findings []FindingRecord
	// Reason says why it is not known, or not all of it was judged; else "". It is
	// not known if it Failed.
	Reason string
	Failed bool
	// LeftOut is what could not be listed.
	LeftOut []policy.NotEvaluated
}

// listUnmanaged asks each driver that can tell, once for each destination and
// each of the settings with which targets look at it.
func (r *Reconciler) listUnmanaged(ctx context.Context, w *work, result *Result) {
	var asked []*targetPass
	at := map[string]int{}
	for _, wave := range w.waves {
		for _, name := range wave {
			t := w.targets[name]
			if !t.hasEnded() || t.observed == nil {
				continue
			}
			lister, ok := t.driver.(drivers.Lister)
			if !ok || slices.ContainsFunc(asked, func(before *targetPass) bool {
				return before.want.target.Driver == t.want.target.Driver && reflect.DeepEqual(before.want.target.Settings, t.want.target.Settings)
			}) {
				continue
			}
			asked = append(asked, t)
			place := t.want.target.Driver + " " + t.driver.Destination()
			if _, known := at[place]; !known {
				at[place] = len(result.Unmanaged)
				result.Unmanaged = append(result.Unmanaged, Unmanaged{Driver: t.want.target.Driver, Destination: t.driver.Destination()})
			}
			list := &result.Unmanaged[at[place]]
			if err := t.addUnmanaged(ctx, lister, list); err != nil {
				list.Reason, list.Failed = t.veil.of(err).Error(), true
			}
		}
	}
}

func (t *targetPass) addUnmanaged(ctx context.Context, lister drivers.Lister, list *Unmanaged) error {
	ctx, cancel := context.WithTimeout(ctx, t.view.spec.RunTimeout)
	defer cancel()
	owned, known, err := t.managed(ctx)
	if err != nil {
		return err
	}
	for _, ref := range list.Resources {
		known[anyones(ref.id())] = true
	}
	listing, err := lister.Unmanaged(ctx, owned)
	if err != nil {
		return fmt.Errorf("list what is not managed here: %w", err)
	}
	list.leaveOut(listing.LeftOut)
	found := listing.Resources
	found = slices.DeleteFunc(found, func(res resource.Resource) bool { return known[anyones(res.ID)] })
	slices.SortFunc(found, func(a, b resource.Resource) int { return compareRefs(Ref(a.ID), Ref(b.ID)) })
	for i := range found {
		list.Resources = append(list.Resources, Ref(found[i].ID))
	}
	slices.SortFunc(list.Resources, compareRefs)
	if len(found) > maxJudged {
		list.Reason = fmt.Sprintf("only the first %d of %d resources were judged", maxJudged, len(found))
		found = found[:maxJudged]
	}
	return t.judgeUnmanaged(ctx, found, list)
}

// maxLeftOut is how many kinds that could not be listed are named.
const maxLeftOut = 60

// leaveOut takes in what a driver could not list, once where several targets
// look at the destination with the same eyes.
func (list *Unmanaged) leaveOut(left []drivers.LeftOut) {
	for _, l := range left {
		what := "what is not managed here at " + list.Destination
		if n := len(l.What); n > 0 {
			what += ", of " + count(n, "kind") + ": " + strings.Join(l.What[:min(n, maxLeftOut)], ", ")
		}
		if more := len(l.What) - maxLeftOut; more > 0 {
			what += fmt.Sprintf(" and %d more", more)
		}
		if entry := (policy.NotEvaluated{What: what, Reason: l.Reason}); !slices.Contains(list.LeftOut, entry) {
			list.LeftOut = append(list.LeftOut, entry)
		}
	}
}

// managed is what is owned at the target's destination, by whichever target,
// and what is owned or wanted there.
func (t *targetPass) managed(ctx context.Context) (owned []drivers.Owned, known map[resource.Key]bool, err error) {
	known = map[resource.Key]bool{}
	beside, err := t.beside(ctx)
	if err != nil {
		return nil, nil, err
	}
	beside[t.name] = TargetState{Place: t.state.Place}
	for _, name := range slices.Sorted(maps.Keys(beside)) {
		entries, err := t.Reconciler.options.Store.Owned(ctx, name)
		if err != nil {
			return nil, nil, fmt.Errorf("read the inventory of target %s: %w", name, err)
		}
		for _, entry := range entries {
			known[anyones(t.placed(entry.ID, beside[name].Place))] = true
		}
		owned = append(owned, entries...)
	}
	others, _, err := t.elsewhere(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, other := range append(t.bounded(others), drivers.Neighbour{Resources: t.want.resources, Place: t.state.Place}) {
		for i := range other.Resources {
			known[anyones(t.placed(other.Resources[i].ID, other.Place))] = true
		}
	}
	return owned, known, nil
}

// anyones is the key of a resource, whichever target it belongs to.
func anyones(id resource.ID) resource.Key {
	id.Target = ""
	return id.Key()
}

func compareRefs(a, b ResourceRef) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), resource.Compare(a.id(), b.id()))
}

// judgeUnmanaged asks the rules about what is live, as they are asked about
// what is managed.
func (t *targetPass) judgeUnmanaged(ctx context.Context, found []resource.Resource, list *Unmanaged) error {
	if len(found) == 0 {
		return nil
	}
	c := policy.Case{
		Phase: policy.PhaseLive, Now: t.Reconciler.options.Now(), Context: t.view.context,
		Targets: []policy.Target{policyTarget(t.want.target)}, Live: slices.Concat(t.observed.Live, found),
	}
	judged := map[resource.Key]bool{}
	for i := range found {
		found[i].ID.Target = t.name // whose rules it is judged by
		judged[found[i].ID.Key()] = true
		c.Subjects = append(c.Subjects, policy.Subject{ID: found[i].ID, Resource: &found[i], Live: &found[i]})
	}
	report, err := t.view.judge.Judge(ctx, c)
	if err != nil {
		return fmt.Errorf("judge what is not managed here: %w", err)
	}
	t.waive(report.Findings, c.Now)
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Resource == nil || !judged[f.Resource.Key()] {
			continue // it is about what is managed, and was found there
		}
		record := Record(f)
		record.Target, record.Decision = "", policy.Warn
		list.Findings = append(list.Findings, record)
	}
	return nil
}
