package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// application is one call of Apply.
type application struct {
	*Driver
	artifact artifact
	journal  drivers.Journal
	done     chan done
	working  int
}

type done struct {
	change *resource.Change
	result drivers.Result
	obj    *unstructured.Unstructured // what was written, if anything
}

// Apply carries out the changes, those of one rank side by side: of a run of
// writes what others mention comes first, of a run of deletes it goes last. The
// journal is called in turn, by Apply's own goroutine. When ctx ends, or the journal
// fails, what is in hand is finished and no other is begun.
func (d *Driver) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) (err error) {
	kept, ok := plan.Artifact.(artifact)
	if !ok {
		return errors.New("apply: the plan is not one of the kubernetes driver")
	}
	a := &application{Driver: d, artifact: kept, journal: journal, done: make(chan done, workers)}
	defer func() { // also when the journal panics: nothing goes on behind the caller's back
		for ; a.working > 0; a.working-- {
			<-a.done
		}
	}()
	for _, rank := range inRanks(changes) {
		for _, change := range rank {
			if err := a.begin(ctx, change); err != nil {
				return errors.Join(err, a.settle(ctx, 0))
			}
		}
		if err := a.settle(ctx, 0); err != nil {
			return err
		}
	}
	return nil
}

// inRanks parts the changes into what may be made side by side.
func inRanks(changes []resource.Change) [][]*resource.Change {
	var ranks [][]*resource.Change
	for i := 0; i < len(changes); {
		from, deletes := i, changes[i].Action == resource.ActionDelete
		for i < len(changes) && (changes[i].Action == resource.ActionDelete) == deletes {
			i++
		}
		run := make([]*resource.Change, 0, i-from)
		for j := range changes[from:i] {
			run = append(run, &changes[from+j])
		}
		place := func(c *resource.Change) int {
			if deletes {
				return -rank(c.ID)
			}
			return rank(c.ID)
		}
		slices.SortStableFunc(run, func(a, b *resource.Change) int { return place(a) - place(b) })
		for len(run) > 0 {
			n := slices.IndexFunc(run, func(c *resource.Change) bool { return place(c) != place(run[0]) })
			if n < 0 {
				n = len(run)
			}
			ranks = append(ranks, run[:n])
			run = run[n:]
		}
	}
	return ranks
}

// begin begins a change, once there is room for it. Its error is the
// journal's, or that ctx has ended.
func (a *application) begin(ctx context.Context, change *resource.Change) error {
	if err := a.settle(ctx, workers-1); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("apply: stopped before all changes were begun: %w", context.Cause(ctx))
	}
	ctx = context.WithoutCancel(ctx) // the change in hand is finished
	s := a.artifact[change.ID.Key()]
	before := change.Precondition
	if before == absent {
		before = ""
	}
	switch err := refusal(change, s); {
	case err != nil:
		return a.record(ctx, done{change: change, result: drivers.Result{UID: before, Err: explain(err, change)}})
	case s == nil || change.Action == resource.ActionDelete && s.live.GetDeletionTimestamp() != nil: // there is nothing to do
		return a.record(ctx, done{change: change, result: drivers.Result{UID: before}})
	}
	// What is to give way to another is known by its own UID as long as it is there.
	if err := a.journal.Intend(ctx, change, before); err != nil {
		return fmt.Errorf("record the intention to %s %s: %w", change.Action, change.ID, err)
	}
	a.working++
	go func() {
		obj, err := a.effect(ctx, change, s)
		ended := done{change: change, result: drivers.Result{UID: before}, obj: obj}
		switch {
		case err != nil:
			ended.result.Err = explain(err, change)
		case obj != nil:
			ended.result.UID = string(obj.GetUID())
		}
		a.done <- ended
	}()
	return nil
}

// refusal says why a change is not tried.
func refusal(change *resource.Change, s *step) error {
	switch {
	case s == nil && change.Action != resource.ActionNone && change.Action != resource.ActionMove:
		return errors.New("it is not in the plan")
	case s == nil:
		return nil
	case s.refused == nil && change.Action == resource.ActionDelete:
		return lingers(s.live)
	}
	return s.refused
}

// settle records what has ended, until no more than some are left in hand.
func (a *application) settle(ctx context.Context, left int) error {
	var errs []error
	for a.working > 0 {
		var ended done
		if a.working > left {
			ended = <-a.done
		} else {
			select {
			case ended = <-a.done:
			default:
				return errors.Join(errs...)
			}
		}
		a.working--
		errs = append(errs, a.record(context.WithoutCancel(ctx), ended))
	}
	return errors.Join(errs...)
}

// record tells the journal. What was written as it was asked for needs no dry
// run at the next pass: to apply it again would change nothing.
func (a *application) record(ctx context.Context, ended done) error {
	if ended.result.Err == nil && ended.obj != nil {
		a.inLine[ended.change.ID.Key()] = lineOf(ended.change.Desired, ended.obj)
	}
	if err := a.journal.Done(ctx, ended.change, ended.result); err != nil {
		return fmt.Errorf("record the end of %s %s: %w", ended.change.Action, ended.change.ID, err)
	}
	return nil
}
