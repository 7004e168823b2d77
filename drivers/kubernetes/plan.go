package kubernetes

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// absent is the precondition of a change to something that is not there yet.
// That of any other change is the live object's UID.
const absent = "absent"

// artifact is what Apply needs beyond the changes.
type artifact map[resource.Key]*step

// step is how a change is made.
type step struct {
	at    place
	obj   *unstructured.Unstructured // what is applied; nil for a delete
	live  *unstructured.Unstructured // what the change was planned against; nil if nothing was there
	force bool                       // fields of other managers are taken
	again bool                       // what is there gives way to what is applied
	merge bool                       // of what others wrote nothing goes that is not asked for
	// unforeseen: the server could not tell what it would make of it, as it did not
	// know the namespace or the kind.
	unforeseen bool
	// mistaken: the server said that it is, and nothing that the plan makes will change that.
	mistaken bool
	// refused says why the change is not tried.
	refused error
}

// asked is what is applied, nil for nothing.
func (s *step) asked() *unstructured.Unstructured {
	if s == nil {
		return nil
	}
	return s.obj
}

// planner makes one plan.
type planner struct {
	*Driver
	*drivers.PlanRequest
	sight     *sight
	owned     map[resource.Key]*drivers.Owned
	elsewhere map[spot]*resource.Resource
	beyond    map[resource.Key]bool // as in drivers.Plan
	others    map[string]bool       // targets of the same destination
	scopes    map[string]bool       // by kind, whether it is in no namespace, as far as that is known
	revision  string                // a digest of all that is desired
	needs     map[resource.Key][]resource.Key
}

// Plan asks the server, by a dry run of each apply, what would be there
// afterwards. Where it cannot tell, as the namespace or the kind is yet to be
// made, or refuses, After is what is asked for, over what is there; the
// apply then says what is wrong. A dry run is not made again for an object
// that needed no change and is as it was then.
func (d *Driver) Plan(ctx context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	defer func() { d.seen = nil }() // it is as large as all that is live
	plan, err := d.plan(ctx, &request)
	if apierrors.IsUnauthorized(err) {
		if err := d.reconnect(); err != nil {
			return nil, err
		}
		plan, err = d.plan(ctx, &request)
	}
	return plan, err
}

func (d *Driver) plan(ctx context.Context, request *drivers.PlanRequest) (*drivers.Plan, error) {
	p, err := d.planner(request)
	if err != nil {
		return nil, err
	}
	outcomes := make([]*outcome, len(request.Desired))
	err = sideBySide(ctx, len(request.Desired), func(ctx context.Context, i int) (err error) {
		outcomes[i], err = p.change(ctx, &request.Desired[i])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("plan %s: %w", d.destination, err)
	}
	p.forgive(outcomes)
	plan, made := &drivers.Plan{Beyond: p.beyond}, artifact{}
	d.inLine = map[resource.Key]line{}
	for _, o := range outcomes {
		if o.not != "" {
			plan.NotApplied = append(plan.NotApplied, drivers.NotApplied{ID: o.ID, Reason: o.not})
			continue
		}
		plan.Changes = append(plan.Changes, o.Change)
		o.step.mistaken = o.Mistaken
		if o.Action == resource.ActionNone {
			d.inLine[o.ID.Key()] = o.line
		} else {
			made[o.ID.Key()] = &o.step
		}
	}
	plan.Changes = append(plan.Changes, p.departures(made)...)
	plan.Artifact = made
	slices.SortFunc(plan.Changes, func(a, b resource.Change) int { return resource.Compare(a.ID, b.ID) })
	plan.Digest, err = planDigest(plan.Changes, d.key)
	return plan, err
}

func (d *Driver) planner(request *drivers.PlanRequest) (*planner, error) {
	p := &planner{
		Driver: d, PlanRequest: request, sight: d.seen, owned: map[resource.Key]*drivers.Owned{},
		elsewhere: map[spot]*resource.Resource{}, others: map[string]bool{}, beyond: map[resource.Key]bool{},
	}
	if d.seen == nil {
		return nil, fmt.Errorf("plan %s: it was not observed", d.destination)
	}
	for i := range request.Owned {
		p.owned[request.Owned[i].ID.Key()] = &request.Owned[i]
	}
	if err := p.lookElsewhere(); err != nil {
		return nil, err
	}
	if problems := p.contested(); len(problems) > 0 {
		return nil, problems
	}
	p.needs = d.DependsOn(request.Desired)
	var err error
	p.revision, err = digestOfAll(request.Desired, d.key)
	return p, err
}

// forgive takes back what the server said against resources of which the
// definition changes with this very plan: it may be otherwise by then.
func (p *planner) forgive(outcomes []*outcome) {
	changing := map[resource.Key]bool{}
	for _, o := range outcomes {
		if o.not == "" && o.Action != resource.ActionNone {
			_, defines := definedBy(o.res)
			changing[o.ID.Key()] = defines
		}
	}
	for _, o := range outcomes {
		if o.refused == nil && o.told != nil && slices.ContainsFunc(p.needs[o.ID.Key()], func(need resource.Key) bool { return changing[need] }) {
			o.refuse(nil)
		}
	}
}

// departures are what to do with what is owned and no longer desired.
func (p *planner) departures(made artifact) []resource.Change {
	desired := map[resource.Key]bool{}
	heirs := map[spot]*resource.Resource{}
	for i := range p.Desired {
		desired[p.Desired[i].ID.Key()] = true
		heirs[p.spotOf(p.Desired[i].ID)] = &p.Desired[i]
	}
	var changes []resource.Change
	for i := range p.Owned {
		id := p.Owned[i].ID
		if desired[id.Key()] {
			continue
		}
		change := resource.Change{ID: id, Action: resource.ActionDelete, Stateful: isStateful(id)}
		s := &step{at: p.sight.places[id.Key()], live: p.sight.live[id.Key()], refused: p.sight.blind[id.Key()]}
		switch {
		case s.live != nil && !p.Owned[i].Tombstone.IsZero() && string(s.live.GetUID()) != p.Owned[i].UID:
			continue // it is gone, and somebody else has made another in its place
		case s.live != nil:
			before := p.before(id)
			change.Before, change.Precondition = before, string(s.live.GetUID())
		case s.refused != nil: // it may be there
			change.Before, change.Precondition = unseen(id), p.Owned[i].UID
		default:
			continue
		}
		if heir := heirs[p.spotOf(id)]; heir != nil {
			change.Action, change.After = resource.ActionMove, heir
		} else if heir := p.elsewhere[p.spotOf(id)]; heir != nil {
			change.Action, change.After = resource.ActionMove, heir
		} else {
			change.Diff = diff(change.Before, nil)
			change.Another = s.live != nil && isAnother(&p.Owned[i], s.live)
			p.refuseDelete(&change, s)
			made[id.Key()] = s
		}
		changes = append(changes, change)
	}
	return changes
}

// refuseDelete says why a delete would not be made, if it would not.
func (p *planner) refuseDelete(change *resource.Change, s *step) {
	if p.isOutside(change.ID) {
		s.refused, change.Beyond = errLeft, errLeft.Error()
		return
	}
	if s.refused == nil {
		s.refused = p.ofAnother(s.live)
	}
	if s.refused == nil && !change.Another && s.live.GetDeletionTimestamp() != nil {
		if s.refused = lingers(s.live); s.refused == nil {
			change.Going = waitsFor(s.live)
		}
	}
	if s.refused != nil {
		change.Refused = explain(s.refused, change, nil).Error()
	}
}

// isAnother reports whether an object is not the one that is owned. Of a write
// that was interrupted it is not known which it was.
func isAnother(owned *drivers.Owned, obj *unstructured.Unstructured) bool {
	return !owned.Pending && owned.UID != "" && owned.UID != string(obj.GetUID())
}

// before is the live twin as Observe gave it.
func (p *planner) before(id resource.ID) *resource.Resource {
	at, found := slices.BinarySearchFunc(p.Observed.Live, id, func(res resource.Resource, id resource.ID) int {
		return resource.Compare(res.ID, id)
	})
	if !found {
		return nil
	}
	return &p.Observed.Live[at]
}

// unseen stands for an object that the server does not show.
func unseen(id resource.ID) *resource.Resource {
	metadata := map[string]any{"name": id.Name}
	if id.Namespace != "" {
		metadata["namespace"] = id.Namespace
	}
	return &resource.Resource{ID: id, Content: map[string]any{"apiVersion": id.APIVersion, "kind": id.Kind, "metadata": metadata}}
}

// diff compares what is applied; that a status or a version differs is no change.
func diff(before, after *resource.Resource) []resource.FieldDiff {
	side := func(res *resource.Resource) *resource.Resource {
		if res == nil {
			return nil
		}
		return &resource.Resource{Content: without(fieldsOf(res), given, []string{"status"}), Sensitive: res.Sensitive}
	}
	return drivers.Diff(side(before), side(after))
}

func planDigest(changes []resource.Change, key []byte) (string, error) {
	mac := hmac.New(sha256.New, key)
	for i := range changes {
		c := &changes[i]
		part := []any{c.ID, c.Action}
		for _, res := range []*resource.Resource{c.Before, c.After} {
			if res == nil || c.Action == resource.ActionNone && res == c.Before {
				part = append(part, nil)
				continue
			}
			part = append(part, without(fieldsOf(res), given, []string{"status"}))
		}
		if c.Action != resource.ActionNone { // what stays as it is has no precondition
			part = append(part, c.Precondition)
		}
		if err := json.NewEncoder(mac).Encode(part); err != nil {
			return "", fmt.Errorf("digest of %s: %w", c.ID, err)
		}
	}
	return hex.EncodeToString(mac.Sum(nil)), nil
}

func digestOfAll(resources []resource.Resource, key []byte) (string, error) {
	digests := make([]string, len(resources))
	for i := range resources {
		var err error
		if digests[i], err = resources[i].Digest(key); err != nil {
			return "", err
		}
	}
	slices.Sort(digests)
	mac := hmac.New(sha256.New, key)
	for _, digest := range digests {
		mac.Write([]byte(digest))
	}
	return hex.EncodeToString(mac.Sum(nil)), nil
}
