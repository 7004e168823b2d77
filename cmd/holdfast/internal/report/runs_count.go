package report

import (
	"fmt"
	"strings"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// runsCount sums up the changes of several runs.
type runsCount struct {
	planned, done              map[resource.Action]int
	states                     map[reconcile.State]int
	outcomes                   map[reconcile.Outcome]int
	changes, resources, inLine int
}

func countRuns(runs []reconcile.Run) runsCount {
	n := runsCount{
		planned: map[resource.Action]int{}, done: map[resource.Action]int{},
		states: map[reconcile.State]int{}, outcomes: map[reconcile.Outcome]int{},
	}
	for i := range runs {
		run := &runs[i]
		n.outcomes[run.Outcome]++
		n.resources += run.Resources
		n.inLine += run.InLine
		for j := range run.Changes {
			change := &run.Changes[j]
			n.states[change.State]++
			if !stays(change.State) {
				n.changes++
			}
			switch change.State {
			case reconcile.StatePlanned:
				n.planned[change.Action]++
			case reconcile.StateApplied:
				n.done[change.Action]++
			}
		}
	}
	return n
}

// String is "Plan: 2 to create, 1 to update, 0 to delete; 1 held back.", or
// the like of it for what was done.
func (n runsCount) String() string {
	var head string
	switch {
	case n.changes == 0 && n.resources == 0 && len(n.outcomes) == 0:
		head = "No target to look at"
	case n.changes == 0 && n.outcomes[reconcile.OutcomeFailed]+n.outcomes[reconcile.OutcomeHeld]+n.outcomes[reconcile.OutcomeWaiting] > 0:
		head = fmt.Sprintf("Nothing was changed: %d of %s in line", n.inLine, count(n.resources, "resource"))
	case n.changes == 0:
		head = fmt.Sprintf("Nothing to change: %d of %s in line", n.inLine, count(n.resources, "resource"))
	case n.states[reconcile.StateApplied]+n.states[reconcile.StateFailed]+n.states[reconcile.StateSkipped] > 0:
		head = "Done: " + actions(n.done, "created", "updated", "replaced", "deleted", "moved")
	default:
		head = "Plan: " + actions(n.planned, "to create", "to update", "to replace", "to delete", "to move")
	}
	if rest := n.rest(strings.HasPrefix(head, "Done")); len(rest) > 0 {
		head += "; " + strings.Join(rest, ", ")
	}
	return head + "."
}

// rest names what did not go the ordinary way.
func (n runsCount) rest(done bool) []string {
	var parts []string
	part := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	part(n.states[reconcile.StateBlocked]+n.states[reconcile.StateFlagged], "%d held back")
	part(n.states[reconcile.StateFailed], "%d failed")
	part(n.states[reconcile.StateStale], "%d stale")
	part(n.states[reconcile.StateSkipped], "%d not begun")
	part(n.states[reconcile.StateBegun], "%d being deleted")
	part(n.states[reconcile.StateKept], "%d kept")
	if done {
		part(n.states[reconcile.StatePlanned], "%d planned")
	}
	for _, outcome := range []reconcile.Outcome{reconcile.OutcomeFailed, reconcile.OutcomeHeld, reconcile.OutcomeWaiting} {
		if targets := n.outcomes[outcome]; targets > 0 {
			parts = append(parts, count(targets, "target")+" "+string(outcome))
		}
	}
	return parts
}

// actions counts by action, each with its verb; the rarer actions only where
// there are some.
func actions(n map[resource.Action]int, create, update, replace, deletes, move string) string {
	var parts []string
	add := func(action resource.Action, verb string, always bool) {
		if always || n[action] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[action], verb))
		}
	}
	add(resource.ActionCreate, create, true)
	add(resource.ActionUpdate, update, true)
	add(resource.ActionReplace, replace, false)
	add(resource.ActionDelete, deletes, true)
	add(resource.ActionMove, move, false)
	return strings.Join(parts, ", ")
}

func (p *printer) runsSummary(runs []reconcile.Run) {
	n := countRuns(runs)
	style := p.green
	switch {
	case n.states[reconcile.StateFailed]+n.states[reconcile.StateBlocked]+n.outcomes[reconcile.OutcomeFailed]+n.outcomes[reconcile.OutcomeHeld] > 0:
		style = p.red
	case n.changes > 0 || n.outcomes[reconcile.OutcomeWaiting] > 0:
		style = p.yellow
	}
	p.line(style.Render(n.String()))
}
