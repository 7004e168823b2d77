package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// application is one call of Apply.
type application struct {
	*Driver
	artifact artifact
	journal  drivers.Journal

	mu    sync.Mutex // guards inLine and what follows
	errs  []error    // for which no other change is begun
	fault any        // of a panic
}

// Apply carries out the changes, those of one rank side by side: of a run of
// writes what others mention comes first, of a run of deletes it goes last.
// When ctx ends, or the journal fails, what is in hand is finished and no other
// is begun.
func (d *Driver) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	kept, ok := plan.Artifact.(artifact)
	if !ok {
		return errors.New("apply: the plan is not one of the kubernetes driver")
	}
	a := &application{Driver: d, artifact: kept, journal: journal}
	for _, rank := range inRanks(changes) {
		if err := a.carryOut(ctx, rank); err != nil {
			return err
		}
	}
	return nil
}

// carryOut makes the changes side by side.
func (a *application) carryOut(ctx context.Context, rank []*resource.Change) error {
	var working sync.WaitGroup
	room := make(chan struct{}, workers)
	for _, change := range rank {
		room <- struct{}{}
		if !a.goesOn(ctx) {
			break
		}
		working.Go(func() {
			defer func() { <-room }()
			a.carry(context.WithoutCancel(ctx), change) // the change in hand is finished
		})
	}
	working.Wait()
	if a.fault != nil {
		panic(a.fault) // where it can be met: not in a goroutine of its own
	}
	return errors.Join(a.errs...)
}

// goesOn reports whether another change is to be begun.
func (a *application) goesOn(ctx context.Context) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.errs) == 0 && a.fault == nil && ctx.Err() != nil {
		a.errs = append(a.errs, fmt.Errorf("apply: stopped before all changes were begun: %w", context.Cause(ctx)))
	}
	return len(a.errs) == 0 && a.fault == nil
}

func (a *application) carry(ctx context.Context, change *resource.Change) {
	err := error(nil)
	defer func() {
		fault := recover()
		a.mu.Lock()
		defer a.mu.Unlock()
		if fault != nil {
			a.fault = fault
			a.log.Error("a change ended in a fault", "resource", change.ID.String(), "stack", string(debug.Stack()))
		} else if err != nil {
			a.errs = append(a.errs, err)
		}
	}()
	err = a.change(ctx, change)
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

// change makes a change, and tells the journal. Its error is the journal's.
func (a *application) change(ctx context.Context, change *resource.Change) error {
	s := a.artifact[change.ID.Key()]
	before := change.Precondition
	if before == absent {
		before = ""
	}
	refused := refusal(change, s)
	if refused == nil && s != nil && s.again {
		refused = a.running(ctx, s)
	}
	switch err := refused; {
	case err != nil:
		return a.record(ctx, change, drivers.Result{UID: before, Err: explain(err, change, s.asked())})
	case s == nil || change.Action == resource.ActionDelete && s.live.GetDeletionTimestamp() != nil: // there is nothing to do
		return a.record(ctx, change, drivers.Result{UID: before})
	}
	// What is to give way to another is known by its own UID as long as it is there.
	if err := a.journal.Intend(ctx, change, before); err != nil {
		return fmt.Errorf("record the intention to %s %s: %w", change.Action, change.ID, err)
	}
	obj, err := a.effect(ctx, change, s)
	result := drivers.Result{UID: before}
	switch {
	case err != nil:
		result.Err = explain(err, change, s.asked())
	case obj != nil:
		result.UID = string(obj.GetUID())
		a.isInLineNow(change, obj)
	}
	return a.record(ctx, change, result)
}

// isInLineNow notes that what was written as it was asked for needs no dry run
// at the next pass: to apply it again would change nothing.
func (a *application) isInLineNow(change *resource.Change, obj *unstructured.Unstructured) {
	now := lineOf(change.Desired, obj)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inLine[change.ID.Key()] = now
}

func (a *application) record(ctx context.Context, change *resource.Change, result drivers.Result) error {
	if err := a.journal.Done(ctx, change, result); err != nil {
		return fmt.Errorf("record the end of %s %s: %w", change.Action, change.ID, err)
	}
	return nil
}

// refusal says why a change is not tried.
func refusal(change *resource.Change, s *step) error {
	switch {
	case s == nil && change.Action != resource.ActionNone && change.Action != resource.ActionMove:
		return errors.New("it is not in the plan")
	case s == nil:
		return nil
	}
	return s.refused
}
