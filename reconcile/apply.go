package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// apply makes the changes that may be made: what is needed first, and healthy
// before what needs it is begun; and deletes last.
func (t *targetPass) apply(ctx context.Context) error {
	if err := t.settle(ctx); err != nil {
		return err
	}
	if err := t.keep(ctx); err != nil { // the destination is claimed before the first effect
		return err
	}
	if err := t.begin(ctx); err != nil {
		return err
	}
	if err := t.makeChanges(ctx, t.journal()); err != nil {
		return err
	}
	if err := t.inherit(ctx); err != nil {
		return err
	}
	return t.keep(ctx)
}

// inherit has targets that hand over nothing themselves give up what this one owns by
// now: those that the configuration does not name any more, as after one was given
// another name, and those in mode flag.
func (t *targetPass) inherit(ctx context.Context) error {
	silent := slices.DeleteFunc(slices.Clone(t.neighbours), func(other drivers.Neighbour) bool {
		want := t.view.targets[other.Target]
		return want != nil && want.target.Mode == ModeApply
	})
	if len(silent) == 0 {
		return nil
	}
	store := t.Reconciler.options.Store
	mine := map[string]bool{}
	owned, err := store.Owned(ctx, t.name)
	if err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	for _, entry := range owned {
		mine[entry.UID] = !entry.Pending
	}
	delete(mine, "")
	for _, other := range silent {
		theirs, err := store.Owned(ctx, other.Target)
		if err != nil {
			return fmt.Errorf("read the inventory of target %s: %w", other.Target, err)
		}
		var taken []resource.Key
		for _, entry := range theirs {
			if mine[entry.UID] {
				taken = append(taken, entry.ID.Key())
			}
		}
		if err := store.Disown(ctx, other.Target, taken...); err != nil {
			return fmt.Errorf("take over from target %s: %w", other.Target, err)
		}
	}
	return nil
}

func (t *targetPass) makeChanges(ctx context.Context, journal *journal) error {
	if t.atomic() {
		return t.applyChanges(ctx, journal, t.allowed(func(resource.Action) bool { return true }))
	}
	writes := t.allowed(func(a resource.Action) bool { return a != resource.ActionDelete && a != resource.ActionMove })
	rollout := t.newRollout(journal)
	if err := rollout.carryOut(ctx, writes); err != nil || t.disturbed {
		return err
	}
	t.decidePrune()
	if err := rollout.awaitBeforeDeletes(ctx); err != nil || t.disturbed {
		return err
	}
	if t.isLeft(t.work) {
		t.unread = "there is something newer to look at"
	}
	t.decidePrune()
	return t.applyDeletes(ctx, journal, t.deletes())
}

// deletes are those that may be made.
func (t *targetPass) deletes() []resource.Change {
	return t.allowed(func(a resource.Action) bool { return a == resource.ActionDelete })
}

// allowed are the plan's changes that nothing holds back and that wanted accepts.
func (t *targetPass) allowed(wanted func(resource.Action) bool) []resource.Change {
	var changes []resource.Change
	for _, change := range t.plan.Changes {
		record := t.changes[change.ID.Key()]
		if record != nil && record.State == StatePlanned && wanted(change.Action) {
			changes = append(changes, change)
		}
	}
	return changes
}

// applyDeletes takes away what depends on others before those.
func (t *targetPass) applyDeletes(ctx context.Context, journal *journal, changes []resource.Change) error {
	var edges map[resource.Key][]resource.Key
	if dependencies, ok := t.driver.(drivers.Dependencies); ok {
		going := make([]resource.Resource, 0, len(changes))
		for _, change := range changes {
			going = append(going, *change.Before)
		}
		edges = dependencies.DependsOn(going)
	}
	waves, err := inWaves(changes, edges)
	if err != nil {
		return err
	}
	for _, wave := range slices.Backward(waves) {
		if err := t.applyChanges(ctx, journal, wave); err != nil {
			return err
		}
	}
	return nil
}

func (t *targetPass) applyChanges(ctx context.Context, journal *journal, changes []resource.Change) error {
	if len(changes) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	return t.veil.of(t.driver.Apply(ctx, t.plan, changes, journal))
}

func inWaves(changes []resource.Change, needs map[resource.Key][]resource.Key) ([][]resource.Change, error) {
	byKey := make(map[resource.Key]resource.Change, len(changes))
	keys := make([]resource.Key, len(changes))
	for i, change := range changes {
		keys[i] = change.ID.Key()
		byKey[keys[i]] = change
	}
	order, err := Order(keys, needs)
	if err != nil {
		return nil, err
	}
	waves := make([][]resource.Change, len(order))
	for i, wave := range order {
		for _, key := range wave {
			waves[i] = append(waves[i], byKey[key])
		}
	}
	return waves, nil
}

// settle brings the inventory in line with what is there already: what matches
// is adopted, what moved gets its new owner, and what is absent is forgotten.
func (t *targetPass) settle(ctx context.Context) error {
	store := t.Reconciler.options.Store
	owned := map[resource.Key]drivers.Owned{}
	for _, entry := range t.owned {
		owned[entry.ID.Key()] = entry
	}
	var adopt []drivers.Owned
	var over []*resource.Change
	for _, change := range t.plan.Changes {
		key := change.ID.Key()
		entry, known := owned[key]
		if t.isOver(&change, entry) { // the inventory has what is there
			over = append(over, &change)
			continue
		}
		if change.Another {
			continue // what is owned is absent
		}
		delete(owned, key)
		switch change.Action {
		case resource.ActionNone:
			now := drivers.Owned{ID: change.ID, UID: change.Precondition, Digest: change.Desired, Revision: t.record.Revision, Prune: t.pruneWord(key)}
			if entry != now {
				adopt = append(adopt, now)
			}
		case resource.ActionMove:
			if err := t.move(ctx, change, entry, known); err != nil {
				return err
			}
		}
	}
	if err := t.rememberOver(ctx, over); err != nil {
		return err
	}
	if err := store.Own(ctx, t.name, adopt...); err != nil {
		return fmt.Errorf("adopt what matches: %w", err)
	}
	var absent []resource.Key
	for key, entry := range owned {
		if _, unreachable := t.observed.Unreachable[entry.ID.Scope]; !unreachable {
			absent = append(absent, key)
		}
	}
	if err := store.Disown(ctx, t.name, absent...); err != nil {
		return fmt.Errorf("forget what is absent: %w", err)
	}
	return nil
}

// pruneWord is what the desired resource says of its deletion.
func (t *targetPass) pruneWord(key resource.Key) string {
	if res := t.want.byKey[key]; res != nil {
		return pruneWord(res)
	}
	return ""
}

// move hands the inventory's entry to the identity under which it is wanted.
func (t *targetPass) move(ctx context.Context, change resource.Change, entry drivers.Owned, known bool) error {
	record := t.changes[change.ID.Key()]
	if !known || record.State != StatePlanned {
		return nil
	}
	entry.ID = change.After.ID
	if err := t.Reconciler.options.Store.Transfer(ctx, t.name, change.ID.Key(), entry); err != nil {
		return fmt.Errorf("move %s: %w", change.ID, err)
	}
	record.State, record.Reason = StateApplied, fmt.Sprintf("now %s of target %s", entry.ID, entry.ID.Target)
	t.changed(record)
	return nil
}

func (t *targetPass) journal() *journal {
	j := &journal{
		store: t.Reconciler.options.Store, run: &t.record, veil: &t.veil, count: &t.intents, revision: t.record.Revision, now: t.Reconciler.options.Now,
		prune: map[resource.Key]string{}, owned: map[resource.Key]drivers.Owned{}, intents: map[resource.Key]Intent{},
	}
	for _, entry := range t.owned {
		j.owned[entry.ID.Key()] = entry
	}
	for key := range t.want.byKey {
		j.prune[key] = t.pruneWord(key)
	}
	j.emit = func(key resource.Key, result drivers.Result) {
		record := t.changes[key]
		switch {
		case result.Err == nil:
			record.State, record.Reason = StateApplied, ""
		case errors.Is(result.Err, drivers.ErrRunning): // it stays planned, and is tried again
			if record.Reason == result.Err.Error() {
				return // that was told
			}
			record.Reason = result.Err.Error()
		case errors.Is(result.Err, drivers.ErrStale):
			record.State, record.Reason = StateStale, result.Err.Error()
		default:
			record.State, record.Reason = StateFailed, result.Err.Error()
		}
		if mistake := (*drivers.Mistake)(nil); errors.As(result.Err, &mistake) {
			t.blame(record, key, mistake.Path)
		}
		t.corrected(key, record)
		t.changed(record)
	}
	return j
}

func (t *targetPass) changed(record *ChangeRecord) {
	shown := *record
	t.Reconciler.emit(Event{Kind: EventChange, Run: t.record.ID, Target: t.name, Revision: t.record.Revision, Change: &shown})
}

// keep writes the inventory at the destination, where the driver can.
func (t *targetPass) keep(ctx context.Context) error {
	keeper, ok := t.driver.(drivers.Keeper)
	if !ok {
		return nil
	}
	store := t.Reconciler.options.Store
	owned, err := store.Owned(ctx, t.name)
	if err != nil {
		return fmt.Errorf("read the inventory: %w", err)
	}
	idle := t.intents == 0 && !t.anyIs(StatePlanned)
	if idle && t.claimed != nil && slices.EqualFunc(t.claimed.Owned, owned, sameEntry) {
		return nil // it was read when the pass began, and nothing was done since, nor will be
	}
	holding, err := t.holding(ctx, keeper)
	if err != nil {
		return err
	}
	since := t.Reconciler.options.Now()
	if holding != nil {
		if slices.EqualFunc(holding.Owned, owned, sameEntry) {
			return nil
		}
		since = holding.Since
	}
	err = keeper.Hold(ctx, drivers.Holding{Holder: store.Identity(), Target: t.name, Since: since, Owned: owned})
	if err != nil {
		return fmt.Errorf("keep the inventory at %s: %w", t.driver.Destination(), t.veil.of(err))
	}
	return nil
}

// sameEntry ignores the revision: it changes with each commit, and would cost
// a write at every destination for nothing.
func sameEntry(a, b drivers.Owned) bool {
	a.Revision = b.Revision
	a.Tombstone, b.Tombstone = a.Tombstone.UTC(), b.Tombstone.UTC()
	return a == b
}
