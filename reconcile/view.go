package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// view is one revision, understood: what it asks for, its rules, and the
// resources of each of its targets.
type view struct {
	snapshot sources.Snapshot
	revision sources.Revision
	spec     *Spec
	judge    policy.Judge
	targets  map[string]*desired
	waves    [][]string      // targets by name, in the order of their dependencies
	context  *policy.Context // the resources of all targets, which rules may look at
}

// desired is what a view wants of one target.
type desired struct {
	target    Target
	resources []resource.Resource
	byKey     map[resource.Key]*resource.Resource
	skipped   []sources.Skipped // what was passed over in rendering it
	// unfit are the mistakes for which the target cannot be enforced at this revision.
	unfit resource.Problems
}

// away reports whether the target cannot be enforced for a fault of the world.
func (d *desired) away() bool {
	return slices.ContainsFunc(d.unfit, func(p resource.Problem) bool { return p.Fault })
}

// again is the view with those targets rendered once more of which something
// that is kept elsewhere could not be had.
func (r *Reconciler) again(ctx context.Context, v *view) (*view, error) {
	next := *v
	next.targets = maps.Clone(v.targets)
	changed := false
	for name, want := range v.targets {
		if !slices.ContainsFunc(want.unfit, func(p resource.Problem) bool { return p.Elsewhere }) {
			continue
		}
		var err error
		if next.targets[name], err = r.desire(ctx, v, want.target); err != nil {
			return nil, fmt.Errorf("render target %s: %w", name, err)
		}
		changed = true
	}
	if !changed {
		return v, nil
	}
	next.setContext()
	return &next, nil
}

// understand reads a snapshot. What is wrong with the revision as a whole, its
// configuration or its policies, comes back as *Unfit; what is wrong with one
// target is in its desired.
func (r *Reconciler) understand(ctx context.Context, snapshot sources.Snapshot) (*view, error) {
	spec, err := r.options.Configure(ctx, snapshot)
	if err = asUnfit(err); err != nil {
		if !errors.As(err, new(*Unfit)) {
			err = &unread{err}
		}
		return nil, err
	}
	judge, err := r.options.Compiler.Compile(ctx, spec.Policy)
	if err != nil {
		return nil, asUnfit(err)
	}
	if err := policy.CheckWaivers(ctx, r.options.Compiler, spec.Policy, judge.Rules(), spec.Waivers); err != nil {
		return nil, asUnfit(err)
	}
	v := &view{snapshot: snapshot, revision: snapshot.Revision(), spec: spec, judge: judge, targets: map[string]*desired{}}
	var names []string
	needs := map[string][]string{}
	for _, target := range spec.Targets {
		names = append(names, target.Name)
		needs[target.Name] = target.DependsOn
		if v.targets[target.Name], err = r.desire(ctx, v, target); err != nil {
			return nil, fmt.Errorf("render target %s: %w", target.Name, err)
		}
	}
	if v.waves, err = Order(names, needs); err != nil {
		return nil, &Unfit{resource.Problems{{Msg: err.Error()}}}
	}
	v.setContext()
	return v, nil
}

// unread is a revision of which a part cannot be had now, such as a bundle of
// policies on a server that is away. It is no fault of the revision.
type unread struct{ err error }

func (u *unread) Error() string { return u.err.Error() }
func (u *unread) Unwrap() error { return u.err }

func asUnfit(err error) error {
	if problems := (resource.Problems)(nil); errors.As(err, &problems) {
		return &Unfit{problems}
	}
	return err
}

func (r *Reconciler) desire(ctx context.Context, v *view, target Target) (*desired, error) {
	d := &desired{target: target}
	rendering, err := r.options.Renderer.Render(ctx, v.snapshot, sources.Selection{
		Path: target.Path, Target: target.Name, Exclude: both(v.spec.Exclude, target.Exclude), Build: target.Build,
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.unfit = resource.Problems{{Msg: fmt.Sprintf("target %s: path %s is not there at this revision", target.Name, target.Path)}}
		return d, nil
	case err != nil:
		return nil, err
	}
	checker := Checker{Locator: r.options.Locator, Drivers: r.options.Drivers}
	d.unfit = slices.Concat(placed(rendering.Problems, target), rendering.Duplicates,
		checker.validate(target, v.snapshot, rendering.Resources))
	d.skipped = rendering.Skipped
	d.resources = slices.DeleteFunc(rendering.Resources, func(res resource.Resource) bool { return res.ID.IsZero() })
	d.byKey = make(map[resource.Key]*resource.Resource, len(d.resources))
	for i := range d.resources {
		d.byKey[d.resources[i].ID.Key()] = &d.resources[i]
	}
	return d, nil
}

// placed are problems of a target's rendering, those that are in none of its
// files at the place that says how it is built.
func placed(problems resource.Problems, target Target) resource.Problems {
	problems = slices.Clone(problems)
	for i := range problems {
		if at := &problems[i].Location; at.File == "" {
			*at = target.Build.At
		}
	}
	return problems
}

func both(a, b func(string) bool) func(string) bool {
	return func(path string) bool { return a != nil && a(path) || b != nil && b(path) }
}

// setContext makes the context of the targets.
func (v *view) setContext() {
	var all []resource.Resource
	for _, wave := range v.waves {
		for _, name := range wave {
			all = append(all, v.targets[name].resources...)
		}
	}
	v.context = policy.NewContext(all)
}

// kind is the driver of that name.
func (r *Reconciler) kind(name string) (drivers.Kind, error) {
	for _, kind := range r.options.Drivers {
		if kind.Name == name {
			return kind, nil
		}
	}
	return drivers.Kind{}, fmt.Errorf("no driver is called %q", name)
}
