package kubernetes

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// outcome is a change in the making.
type outcome struct {
	resource.Change
	step
	line line
	res  *resource.Resource
	told error  // what the server said to the dry run, where that was no
	not  string // why it is none to be made, "" if it is
	anew bool   // After is what is made in the place of what is there
}

// line is what was known of an object when it needed no change.
type line struct {
	desired string            // digest of what was asked for
	version string            // the object's resourceVersion
	content [sha256.Size]byte // of what a change would be seen by
	until   time.Time         // when the server is asked again
}

// lineLife is how long it is believed at least that the server would still say
// so: it may have got other defaults or webhooks since. Not all objects are
// asked about again in one pass.
const lineLife = time.Hour

// change is what to do for a desired resource, if it is one to be made.
func (p *planner) change(ctx context.Context, res *resource.Resource) (*outcome, error) {
	key := res.ID.Key()
	at, known := p.sight.places[key]
	owned := p.owned[key]
	o := &outcome{res: res, step: step{at: at, obj: p.manifest(res, at), force: owned != nil, merge: res.Says(fluxSSA, "Merge")}}
	o.Change = resource.Change{ID: res.ID, Stateful: isStateful(res.ID)}
	p.found(o, p.sight.live[key], p.before(res.ID))
	if o.not = o.notApplied(); o.not != "" {
		return o, nil
	}
	var err error
	if o.Desired, err = res.Digest(p.key); err != nil {
		return nil, err
	}
	switch refused := p.refuses(o); {
	case refused != nil:
		o.refused = refused
		o.asIs()
		if errors.Is(refused, errOutside) {
			o.Desired = "" // what is there is not known, and so not that it drifted
		}
	case runs(res) && p.hasRunAs(o, owned), p.hasRun(o, owned):
		o.none()
		if o.live == nil && owned != nil {
			o.Precondition = owned.UID
		}
	case !known: // the kind may come with this very plan
		o.asIs()
		o.unforeseen = true
		if !p.isToCome(res) {
			o.told = errNoKind
		}
	case runs(res):
		err = p.run(ctx, o)
	case p.leaves(o), p.isInLine(o):
		o.none()
	default:
		err = p.try(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", res.ID, err)
	}
	p.finish(o, owned)
	if err := cmp.Or(o.refused, o.told); err != nil && o.Action != resource.ActionNone {
		o.refuse(explain(err, &o.Change, o.obj))
	}
	return o, nil
}

// refuse tells that the change would fail; nil takes that back.
func (o *outcome) refuse(err error) {
	o.Refused, o.Mistaken, o.At = "", false, nil
	if err != nil {
		o.Refused = err.Error()
	}
	if mistake := (*drivers.Mistake)(nil); errors.As(err, &mistake) {
		o.Mistaken, o.At = true, mistake.Path
	}
}

// found sets what is there.
func (p *planner) found(o *outcome, obj *unstructured.Unstructured, before *resource.Resource) {
	o.live, o.Before, o.Precondition = obj, before, absent
	if obj != nil {
		o.Precondition = string(obj.GetUID())
	}
}

// refuses says why a change is not even tried, nil if it is.
func (p *planner) refuses(o *outcome) error {
	if p.isOutside(o.ID) {
		return errOutside
	}
	if blind := p.sight.blind[o.ID.Key()]; blind != nil && !errors.Is(blind, errNoKind) {
		return fmt.Errorf("the live object cannot be read: %w", blind)
	}
	if o.live == nil || p.owned[o.ID.Key()] != nil {
		return nil
	}
	if p.others[o.live.GetLabels()[live.Label]] {
		return nil // the other target wants it no longer, or else it were contested: it is handed over
	}
	return p.ofAnother(o.live)
}

// ofAnother says whose an object is that is not this target's.
func (d *Driver) ofAnother(obj *unstructured.Unstructured) error {
	if holder := obj.GetLabels()[live.Label]; holder != "" && holder != d.target {
		return fmt.Errorf("it belongs to target %s: remove it there, or take its label %s away", holder, live.Label)
	}
	return nil
}

// asIs plans for what is asked, where the server does not say what would come of it.
func (o *outcome) asIs() {
	content := any(planned(o.obj))
	o.Action = resource.ActionCreate
	if o.Before != nil {
		o.Action = resource.ActionUpdate
		content = overlaid(planned(o.live), content)
	}
	o.becomes(content.(map[string]any))
}

func (o *outcome) becomes(content map[string]any) {
	o.After = &resource.Resource{
		ID: o.ID, Origin: o.res.Origin, Content: content, Unknown: o.res.Unknown,
		Sensitive: sensitive(o.ID, content, o.res),
	}
}

// none leaves the object as it is.
func (o *outcome) none() {
	o.Action = resource.ActionNone
	if o.live == nil {
		o.becomes(planned(o.obj))
		return
	}
	o.becomes(planned(o.live))
}

func (p *planner) finish(o *outcome, owned *drivers.Owned) {
	if o.Action == resource.ActionNone {
		if o.live != nil && o.line.until.IsZero() {
			o.line = lineOf(o.Desired, o.live)
		}
		return
	}
	before := o.Before
	if before != nil && o.anew {
		before = &resource.Resource{ID: o.ID, Content: withoutGenerated(o.ID, fieldsOf(before), o.obj), Sensitive: before.Sensitive}
	}
	o.Diff = diff(before, o.After)
	o.HandedOver = owned != nil && p.isHandedOver(o)
	o.Drift = owned != nil && !owned.Pending && owned.Tombstone.IsZero() && owned.Digest == o.Desired && !o.HandedOver
	if o.Drift && o.live != nil {
		paths := make([]resource.Path, len(o.Diff))
		for i := range o.Diff {
			paths[i] = o.Diff[i].Path
		}
		o.ChangedBy = live.ChangedBy(o.live, paths)
	}
}

// isHandedOver reports whether nothing is to change of an object that came from
// another target but whose it is.
func (p *planner) isHandedOver(o *outcome) bool {
	if o.live == nil || len(o.Diff) != 1 {
		return false
	}
	holder := o.live.GetLabels()[live.Label]
	return holder != "" && holder != p.target && o.Diff[0].Path.String() == resource.Path{"metadata", "labels", live.Label}.String()
}

func lineOf(desired string, obj *unstructured.Unstructured) line {
	return line{desired, obj.GetResourceVersion(), trace(obj), time.Now().Add(lineLife + rand.N(lineLife))}
}

// isInLine reports whether it is known without asking that nothing would change.
func (p *planner) isInLine(o *outcome) bool {
	before, known := p.inLine[o.ID.Key()]
	if !known || o.live == nil || before.desired != o.Desired || !time.Now().Before(before.until) {
		return false
	}
	version := o.live.GetResourceVersion()
	if before.version != version && before.content != trace(o.live) {
		return false
	}
	before.version = version
	o.line = before
	return true
}

// trace is a digest of all of an object that an apply depends on: neither its
// status nor its version.
func trace(obj *unstructured.Unstructured) [sha256.Size]byte {
	type manager struct {
		Name, Operation string
		Fields          []byte
	}
	var managers []manager
	for _, entry := range obj.GetManagedFields() {
		if entry.Subresource != "status" && entry.FieldsV1 != nil {
			managers = append(managers, manager{entry.Manager, string(entry.Operation), entry.FieldsV1.GetRawBytes()})
		}
	}
	text, err := json.Marshal([]any{obj.GetUID(), planned(obj), managers})
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(text)
}
