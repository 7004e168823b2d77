package reconcile

import (
	"context"
	"fmt"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Ended is how something ended that comes to an end, such as a hook. It is
// remembered once the thing is gone, when the inventory has no place for it, so
// that it is not made again.
type Ended struct {
	Digest string `json:"digest"`           // of what was asked for: Change.Desired
	Failed string `json:"failed,omitempty"` // why, where it ended ill
}

// endedName is under what it is remembered.
func endedName(key resource.Key) string {
	return strings.TrimPrefix(fmt.Sprintf("%s: %s %s/%s", key.Scope, key.GroupKind, key.Namespace, key.Name), ": ")
}

// endings are a plan's changes to what comes to an end.
type endings struct {
	plan *drivers.Plan
	of   map[resource.Key]*resource.Change
	ends map[resource.Key]drivers.End
}

func (t *targetPass) ending() *endings {
	if t.plan == t.endings.plan {
		return &t.endings
	}
	t.endings = endings{t.plan, map[resource.Key]*resource.Change{}, map[resource.Key]drivers.End{}}
	driver, ok := t.driver.(drivers.Ending)
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		key := change.ID.Key()
		res := t.want.byKey[key]
		if !ok || res == nil || change.After == nil || change.Action == resource.ActionMove {
			continue
		}
		if end, ends := driver.End(res); ends {
			t.endings.of[key], t.endings.ends[key] = change, end
		}
	}
	return &t.endings
}

// endedDigests is what the driver is told of what is gone.
func (t *targetPass) endedDigests() map[resource.Key]string {
	digests := map[resource.Key]string{}
	for key := range t.want.byKey {
		if ended, ok := t.state.Ended[endedName(key)]; ok {
			digests[key] = ended.Digest
		}
	}
	return digests
}

// isOver reports whether a change is to something that was made as it is asked
// for, has ended and is gone; or has given way to another that somebody has made.
// entry is the inventory's, the zero value if it has none.
func (t *targetPass) isOver(change *resource.Change, entry drivers.Owned) bool {
	key := change.ID.Key()
	if change.Action != resource.ActionNone || t.ending().of[key] == nil {
		return false
	}
	remembered := t.state.Ended[endedName(key)].Digest == change.Desired
	return change.Before == nil || entry.ID.IsZero() && remembered || !entry.ID.IsZero() && entry.UID != change.Precondition
}

// rememberOver remembers, in place of the inventory, what is over, and forgets
// what is not desired any more.
func (t *targetPass) rememberOver(ctx context.Context, over []*resource.Change) error {
	for name := range t.state.Ended {
		if _, desired := t.endedKeys()[name]; !desired {
			delete(t.state.Ended, name) // kept with the target's state, when the run ends
		}
	}
	news := false
	for _, change := range over {
		name := endedName(change.ID.Key())
		if t.state.Ended[name].Digest != change.Desired {
			t.state.remember(name, Ended{Digest: change.Desired})
			news = true
		}
	}
	if !news {
		return nil
	}
	if err := t.Reconciler.options.Store.SetTarget(ctx, t.name, t.state); err != nil {
		return fmt.Errorf("record what has ended: %w", err)
	}
	return nil
}

func (t *targetPass) endedKeys() map[string]resource.Key {
	keys := map[string]resource.Key{}
	for key := range t.ending().of {
		keys[endedName(key)] = key
	}
	return keys
}

func (s *TargetState) remember(name string, ended Ended) {
	if s.Ended == nil {
		s.Ended = map[string]Ended{}
	}
	s.Ended[name] = ended
}

// healthOf is the driver's word. Of what has ended and is gone it is remembered,
// and what has ended ill is remembered from now on.
func (t *targetPass) healthOf(ctx context.Context, healther drivers.Healther, resources []resource.Resource) ([]drivers.Health, error) {
	var gone []drivers.Health
	ask := make([]resource.Resource, 0, len(resources))
	for i := range resources {
		if health, isGone := t.goneHealth(resources[i].ID); isGone {
			gone = append(gone, health)
		} else {
			ask = append(ask, resources[i])
		}
	}
	told, err := healther.Health(ctx, ask)
	if err != nil {
		return nil, err
	}
	for _, health := range told {
		change, name := t.ending().of[health.ID.Key()], endedName(health.ID.Key())
		switch {
		case change == nil:
		case health.Status == drivers.StatusDegraded:
			t.state.remember(name, Ended{change.Desired, t.veil.text(health.Reason)})
		case t.state.Ended[name].Failed != "":
			delete(t.state.Ended, name)
		}
	}
	return append(gone, told...), nil
}

// goneHealth is how something ended that is gone.
func (t *targetPass) goneHealth(id resource.ID) (drivers.Health, bool) {
	key := id.Key()
	change := t.ending().of[key]
	if change == nil {
		return drivers.Health{}, false
	}
	cleared := t.cleared[key] != nil && t.cleared[key].State == StateApplied
	ended := t.state.Ended[endedName(key)]
	if ended.Digest != change.Desired || !cleared && (t.changes[key] != nil || change.Before != nil) {
		return drivers.Health{}, false
	}
	if ended.Failed == "" {
		return drivers.Health{ID: id, Status: drivers.StatusHealthy}, true
	}
	return drivers.Health{ID: id, Status: drivers.StatusDegraded, Reason: ended.Failed + "; it is gone by now, and is made again when something new is asked for"}, true
}
