package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// OutcomeApplied is the outcome of an intent that took effect; others say why it did not.
const OutcomeApplied = "applied"

// journal keeps the intentions of one run and their results.
type journal struct {
	store    Store
	run      *Run
	veil     *veil
	revision string
	now      func() time.Time
	emit     func(resource.Key, drivers.Result)
	prune    map[resource.Key]string // the annotation on the desired resource
	owned    map[resource.Key]drivers.Owned

	mu      sync.Mutex // guards what follows, and calls of emit
	count   *int       // of the run's intents, over all its attempts
	intents map[resource.Key]Intent
}

// Intend implements drivers.Journal. It goes on when ctx ends, as the change
// in hand is finished even then.
func (j *journal) Intend(ctx context.Context, change *resource.Change, uid string) error {
	intent := j.intent(change)
	entry := j.intended(change, uid)
	if err := j.store.Intend(context.WithoutCancel(ctx), intent, &entry); err != nil {
		return fmt.Errorf("record the intention to %s %s: %w", change.Action, change.ID, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.intents[change.ID.Key()] = intent
	return nil
}

func (j *journal) intent(change *resource.Change) Intent {
	j.mu.Lock()
	defer j.mu.Unlock()
	*j.count++
	return Intent{
		ID: fmt.Sprintf("%s-%d", j.run.ID, *j.count), Run: j.run.ID, Target: j.run.Target, Revision: j.revision,
		Resource: change.ID, Action: change.Action, At: j.now(),
	}
}

// intended is the inventory's entry while the effect is not known. The digest
// stays the old one: until the effect is there, nothing new was applied.
func (j *journal) intended(change *resource.Change, uid string) drivers.Owned {
	entry := j.owned[change.ID.Key()]
	entry.ID = change.ID
	if change.Action == resource.ActionDelete {
		if entry.Tombstone.IsZero() {
			entry.Tombstone = j.now()
		}
		return entry
	}
	entry.UID, entry.Pending, entry.Tombstone = uid, true, time.Time{}
	return entry
}

// Done implements drivers.Journal.
func (j *journal) Done(ctx context.Context, change *resource.Change, result drivers.Result) error {
	key := change.ID.Key()
	result.Err = j.veil.of(result.Err)
	defer func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.emit(key, result)
	}()
	intent, begun := j.begun(key)
	if !begun {
		return nil // it was found stale, or failed, before anything was tried
	}
	outcome, entry, disown := OutcomeApplied, (*drivers.Owned)(nil), false
	before, owned := j.owned[key]
	switch {
	case result.Err != nil && owned:
		outcome, entry = result.Err.Error(), &before
	case result.Err != nil:
		outcome, disown = result.Err.Error(), true
	case change.Action != resource.ActionDelete:
		entry = &drivers.Owned{ID: change.ID, UID: result.UID, Digest: change.Desired, Revision: j.revision, Prune: j.prune[key]}
		// A delete leaves its tombstone until absence is seen.
	}
	if err := j.store.Resolve(context.WithoutCancel(ctx), intent, outcome, entry, disown); err != nil {
		return fmt.Errorf("record that %s %s ended: %w", change.Action, change.ID, err)
	}
	return nil
}

// begun takes the intent of a change that was begun.
func (j *journal) begun(key resource.Key) (Intent, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	intent, begun := j.intents[key]
	delete(j.intents, key)
	return intent, begun
}
