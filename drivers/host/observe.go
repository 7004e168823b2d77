package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// place is where to look for a resource's live twin.
type place struct {
	id        resource.ID
	paths     []string // the first at which something stands counts
	desired   *resource.Resource
	sensitive bool
}

// Observe reads what stands at the paths of the desired resources and of the
// owned ones. A live twin has the metadata of the desired resource, because
// none is kept on disk, and its spec is an object, with sensitive: true where
// the desired resource or the inventory says so. status.modified is the time
// of its last change, RFC 3339.
func (d *Driver) Observe(ctx context.Context, request drivers.ObserveRequest) (_ *drivers.Observation, err error) {
	places, err := findPlaces(request.Desired, request.Owned)
	if err != nil {
		return nil, err
	}
	tree, err := d.tree()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	accounts := newAccounts()
	observation := &drivers.Observation{}
	for i := range places {
		for _, path := range places[i].paths {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("observe %s: %w", d.Destination(), context.Cause(ctx))
			}
			if e := tree.read(path); e != nil {
				o := describe(e, places[i].id.Kind, path, d.key, accounts)
				observation.Live = append(observation.Live, live(&places[i], o, e.modified))
				break
			}
		}
	}
	slices.SortFunc(observation.Live, func(a, b resource.Resource) int { return resource.Compare(a.ID, b.ID) })
	return observation, nil
}

// findPlaces fails if one of the desired resources is invalid. A resource that
// changed its path is looked for where it was made, unless another one is
// wanted there now.
func findPlaces(desired []resource.Resource, owned []drivers.Owned) ([]place, error) {
	specs, invalid := parseAll(desired)
	if err := problems(desired, invalid); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for i := range specs {
		wanted[specs[i].path] = true
	}
	places := make([]place, 0, len(desired)+len(owned))
	index := map[resource.Key]int{}
	for i := range desired {
		index[desired[i].ID.Key()] = len(places)
		places = append(places, place{desired[i].ID, []string{specs[i].path}, &desired[i], specs[i].sensitive})
	}
	for i := range owned {
		made, err := parseUID(owned[i].UID)
		if err != nil {
			return nil, fmt.Errorf("inventory: %s: %w", owned[i].ID, err)
		}
		at, isDesired := index[owned[i].ID.Key()]
		if !isDesired {
			places = append(places, place{owned[i].ID, []string{made.path}, nil, made.sensitive})
			continue
		}
		places[at].sensitive = places[at].sensitive || made.sensitive
		if !wanted[made.path] {
			places[at].paths = []string{made.path, places[at].paths[0]}
		}
	}
	return places, nil
}

func live(p *place, o object, modified time.Time) resource.Resource {
	res := resource.Resource{ID: p.id}
	metadata := any(map[string]any{"name": p.id.Name})
	if p.desired != nil {
		res.Origin = p.desired.Origin
		res.Sensitive = slices.Clone(p.desired.Sensitive)
		metadata, _ = resource.Lookup(p.desired.Content, resource.Path{"metadata"})
	}
	spec := maps.Clone(map[string]any(o))
	if p.sensitive {
		spec["sensitive"] = true
		res.Sensitive = append(res.Sensitive, contentPath())
	}
	res.Content = map[string]any{
		"apiVersion": p.id.APIVersion, "kind": p.id.Kind, "metadata": metadata, "spec": spec,
		"status": map[string]any{"modified": modified.UTC().Format(time.RFC3339)},
	}
	return res
}

// Health compares the resources with what is live. They may be as they are
// written or as Plan completes them; content that comes from a source is
// compared only in the second form.
func (d *Driver) Health(ctx context.Context, resources []resource.Resource) (_ []drivers.Health, err error) {
	tree, err := d.tree()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tree.close()) }()
	accounts := newAccounts()
	healths := make([]drivers.Health, 0, len(resources))
	for i := range resources {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("health at %s: %w", d.Destination(), context.Cause(ctx))
		}
		health := drivers.Health{ID: resources[i].ID, Status: drivers.StatusHealthy}
		if health.Reason = d.fault(tree, &resources[i], accounts); health.Reason != "" {
			health.Status = drivers.StatusDegraded
		}
		healths = append(healths, health)
	}
	return healths, nil
}

// fault says what is wrong with a resource's live twin, "" if nothing is.
func (d *Driver) fault(tree *tree, res *resource.Resource, accounts *accounts) string {
	want := d.expected(res, accounts)
	path, ok := pathOf(res)
	if !ok {
		return "its spec.path is not valid"
	}
	e := tree.read(path)
	if e == nil {
		return path + " is missing"
	}
	if e.kind == typeUnreadable {
		return fmt.Sprintf("%s cannot be read: %s", path, e.reason)
	}
	if e.kind != typeOf(res.ID.Kind) {
		return fmt.Sprintf("%s is of type %s, not %s", path, e.kind, typeOf(res.ID.Kind))
	}
	have := describe(e, res.ID.Kind, path, d.key, accounts)
	for _, field := range slices.Sorted(maps.Keys(want)) {
		if want[field] != have[field] {
			return fmt.Sprintf("%s differs from what is wanted in its %s", path, field)
		}
	}
	return ""
}
