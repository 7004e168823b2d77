package host

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// absent is the precondition of a change to something that is not there yet.
// That of any other change is the live object's uid.
const absent = "absent"

// artifact is what Apply needs beyond the changes.
type artifact struct {
	// contents are those that After shows as a digest only.
	contents map[resource.Key]func() (io.ReadCloser, error)
	// ours are the live objects that are as holdfast left them.
	ours map[resource.Key]bool
}

// planner makes one plan.
type planner struct {
	*drivers.PlanRequest
	key      []byte
	accounts *accounts
	live     map[resource.Key]*resource.Resource
	owned    map[resource.Key]*drivers.Owned
	// elsewhere are the paths that other targets want.
	elsewhere map[string]*resource.Resource
	artifact  *artifact
}

// Plan compares. Where something of another type stands in the place, the
// change is an update if it is a symbolic link in the place of a File, and a
// replace otherwise. Apply carries a replace out only where nothing is lost: an
// empty directory gives way to a File, a file that holdfast left there to a
// Directory. A changed path is a replace as well: the new one is written
// before the old one is removed, and an old directory that is not empty stays.
func (d *Driver) Plan(ctx context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	specs, invalid := parseAll(request.Desired)
	err := problems(request.Desired, invalid)
	if err != nil {
		return nil, err
	}
	p := &planner{
		PlanRequest: &request, key: d.key, accounts: newAccounts(),
		live:      map[resource.Key]*resource.Resource{},
		owned:     map[resource.Key]*drivers.Owned{},
		elsewhere: map[string]*resource.Resource{},
		artifact:  &artifact{contents: map[resource.Key]func() (io.ReadCloser, error){}, ours: map[resource.Key]bool{}},
	}
	if err := p.index(specs); err != nil {
		return nil, err
	}
	plan := &drivers.Plan{Artifact: p.artifact}
	desired := map[resource.Key]bool{}
	at := map[string]*resource.Resource{}
	for i := range specs {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("plan %s: %w", d.Destination(), context.Cause(ctx))
		}
		desired[request.Desired[i].ID.Key()] = true
		at[specs[i].path] = &request.Desired[i]
		change, err := p.change(&request.Desired[i], &specs[i])
		if err != nil {
			return nil, err
		}
		plan.Changes = append(plan.Changes, *change)
	}
	maps.Copy(at, p.elsewhere)
	for i := range request.Owned {
		key := request.Owned[i].ID.Key()
		if live := p.live[key]; live != nil && !desired[key] {
			plan.Changes = append(plan.Changes, p.departure(&request.Owned[i], live, at))
		}
	}
	slices.SortFunc(plan.Changes, func(a, b resource.Change) int { return resource.Compare(a.ID, b.ID) })
	plan.Digest, err = planDigest(plan.Changes, d.key)
	return plan, err
}

// index also finds paths that this target and another one want.
func (p *planner) index(specs []spec) error {
	for i := range p.Observed.Live {
		p.live[p.Observed.Live[i].ID.Key()] = &p.Observed.Live[i]
	}
	for i := range p.Owned {
		p.owned[p.Owned[i].ID.Key()] = &p.Owned[i]
	}
	for _, other := range p.Elsewhere {
		for i := range other.Resources {
			// Their own targets report the invalid ones.
			if s, invalid := parse(&other.Resources[i]); len(invalid) == 0 {
				p.elsewhere[s.path] = &other.Resources[i]
			}
		}
	}
	var problems resource.Problems
	for i := range specs {
		if other := p.elsewhere[specs[i].path]; other != nil {
			problems = append(problems, problem(&p.Desired[i], fmt.Sprintf(
				"spec.path: target %s wants %s as well (%s): remove one of the two",
				other.ID.Target, clip(specs[i].path), location(other))))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// change is what to do for a desired resource.
func (p *planner) change(res *resource.Resource, s *spec) (*resource.Change, error) {
	key := res.ID.Key()
	live := p.live[key]
	if live != nil {
		if from := objectOf(live).get("path"); from != s.path && p.elsewhere[from] != nil {
			live = nil // the object is handed over, and stays for the other target
		}
	}
	raw, err := p.content(res, s)
	if err != nil {
		return nil, err
	}
	after := p.after(res, s, live, raw)
	change := &resource.Change{ID: res.ID, Before: live, After: after, Precondition: absent}
	if change.Desired, err = p.desiredDigest(res, s, raw); err != nil {
		return nil, err
	}
	owned := p.owned[key]
	if live != nil {
		p.hold(change, owned)
	}
	change.Diff = diff(live, after)
	if live != nil && owned != nil {
		change.Diff = append(change.Diff, sensitivity(owned, s)...)
	}
	change.Action = action(s, live, change.Diff)
	change.Drift = change.Action != resource.ActionNone && owned != nil && !owned.Pending && owned.Digest == change.Desired
	if change.Action == resource.ActionNone {
		change.ChangedBy = ""
	}
	return change, nil
}

func action(s *spec, live *resource.Resource, diff []resource.FieldDiff) resource.Action {
	if live == nil {
		return resource.ActionCreate
	}
	o := objectOf(live)
	kind := cmp.Or(o.get("type"), typeOf(s.kind))
	switch {
	case o.get("path") != s.path:
		return resource.ActionReplace
	case len(diff) == 0:
		return resource.ActionNone
	case kind == typeOf(s.kind), kind == typeUnreadable, kind == typeSymlink && s.kind == kindFile:
		return resource.ActionUpdate
	}
	return resource.ActionReplace
}

// departure is what to do with something owned that is no longer desired.
func (p *planner) departure(owned *drivers.Owned, live *resource.Resource, at map[string]*resource.Resource) resource.Change {
	change := resource.Change{ID: owned.ID, Action: resource.ActionDelete, Before: live}
	p.hold(&change, owned)
	if heir := at[objectOf(live).get("path")]; heir != nil {
		change.Action, change.After = resource.ActionMove, heir
		return change
	}
	change.Diff = diff(live, nil)
	return change
}

// hold sets the precondition, and who changed the object where it is owned and
// not as it was left. The owner of a file and its time are all that a file
// system tells.
func (p *planner) hold(change *resource.Change, owned *drivers.Owned) {
	o := objectOf(change.Before)
	sensitive, _ := resource.Lookup(change.Before.Content, resource.Path{"spec", "sensitive"})
	now := o.uid(change.ID.Kind, sensitive == true, p.key)
	change.Precondition = now.String()
	if owned == nil {
		return
	}
	if left, err := parseUID(owned.UID); err == nil && left.same(now) {
		change.Precondition = owned.UID
		p.artifact.ours[change.ID.Key()] = true
		return
	}
	modified, _ := resource.Lookup(change.Before.Content, resource.Path{"status", "modified"})
	change.ChangedBy = fmt.Sprintf("owner %s, modified %s", cmp.Or(o.get("owner"), "unknown"), modified)
}

// diff compares what the driver manages.
func diff(before, after *resource.Resource) []resource.FieldDiff {
	side := func(res *resource.Resource) *resource.Resource {
		if res == nil {
			return &resource.Resource{Content: map[string]any{"spec": map[string]any{}}}
		}
		return &resource.Resource{
			Content:   map[string]any{"spec": map[string]any(objectOf(res))},
			Sensitive: res.Sensitive,
		}
	}
	return drivers.Diff(side(before), side(after))
}

// sensitivity is a difference in what the inventory knows of a file: it is
// written anew when its content becomes sensitive, or is no longer, so that
// the inventory knows how to show it once nothing desired does.
func sensitivity(owned *drivers.Owned, s *spec) []resource.FieldDiff {
	left, err := parseUID(owned.UID)
	if err != nil || s.kind != kindFile || left.sensitive == s.sensitive {
		return nil
	}
	return []resource.FieldDiff{{Path: resource.Path{"spec", "sensitive"}, Before: left.sensitive, After: s.sensitive}}
}

func planDigest(changes []resource.Change, key []byte) (string, error) {
	parts := make([]any, len(changes))
	for i := range changes {
		after := ""
		if changes[i].After != nil {
			var err error
			if after, err = changes[i].After.Digest(key); err != nil {
				return "", err
			}
		}
		parts[i] = []any{changes[i].ID, changes[i].Action, changes[i].Precondition, after}
	}
	return keyedHash(key, parts...), nil
}
