package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// scene is what was rendered of some inputs, ready to be judged.
type scene struct {
	targets   []Target
	resources []*resource.Resource
	context   []resource.Resource
	skipped   []policy.NotEvaluated
	errors    resource.Problems
	warnings  resource.Problems

	places map[*resource.Resource]*Input // where each resource is from
	byKey  map[resource.Key]*resource.Resource
}

func (c *Checker) render(ctx context.Context, inputs, contexts []Input) (*scene, error) {
	s := &scene{places: map[*resource.Resource]*Input{}, byKey: map[resource.Key]*resource.Resource{}}
	for i := range inputs {
		if err := s.add(ctx, c, &inputs[i]); err != nil {
			return nil, err
		}
	}
	for i := range contexts {
		beside := &scene{places: s.places, byKey: map[resource.Key]*resource.Resource{}}
		if err := beside.add(ctx, c, &contexts[i]); err != nil {
			return nil, err
		}
		for _, res := range beside.resources {
			s.context = append(s.context, *res)
		}
		s.errors = append(s.errors, beside.errors...)
	}
	return s, nil
}

func (s *scene) add(ctx context.Context, c *Checker, input *Input) error {
	for _, part := range input.Parts {
		path := cmp.Or(part.Path, part.Target.Path)
		rendering, err := c.Renderer.Render(ctx, input.Snapshot, sources.Selection{
			Path: path, Exclude: part.Exclude, Target: part.Target.Name,
		})
		if err != nil {
			return fmt.Errorf("render %s: %w", input.display(path), err)
		}
		s.take(c, input, part.Target, rendering)
	}
	return nil
}

func (s *scene) take(c *Checker, input *Input, target Target, rendering *sources.Rendering) {
	if !slices.ContainsFunc(s.targets, func(t Target) bool { return t.Name == target.Name }) {
		s.targets = append(s.targets, target)
	}
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		s.resources = append(s.resources, res)
		s.places[res] = input
		if _, twice := s.byKey[res.ID.Key()]; !res.ID.IsZero() && !twice {
			s.byKey[res.ID.Key()] = res
		}
	}
	for _, skipped := range rendering.Skipped {
		s.skipped = append(s.skipped, policy.NotEvaluated{What: input.display(skipped.What), Reason: skipped.Reason})
	}
	duplicates := &s.warnings
	if target.Driver != "" {
		duplicates = &s.errors
		s.errors = append(s.errors, input.shown(c.validate(target, input.Snapshot, rendering.Resources))...)
	}
	*duplicates = append(*duplicates, input.shown(rendering.Duplicates)...)
	s.errors = append(s.errors, input.shown(rendering.Problems)...)
}

// validate asks the target's driver what is wrong with its resources, and
// resolves the references between them.
func (c *Checker) validate(target Target, snapshot sources.Snapshot, resources []resource.Resource) resource.Problems {
	needs, problems := Needs(resources, nil)
	if problem := cycleAmong(resources, needs); problem != nil {
		problems = append(problems, *problem)
	}
	at := slices.IndexFunc(c.Drivers, func(k drivers.Kind) bool { return k.Name == target.Driver })
	if at < 0 || c.Drivers[at].Validate == nil {
		return problems
	}
	for _, invalid := range c.Drivers[at].Validate(snapshot, target.Path, resources) {
		res := &resources[invalid.Resource]
		problems = append(problems, resource.Problem{
			Msg:      fmt.Sprintf("%s: %s", res.ID, invalid.Msg),
			Location: c.Locator.Locate(snapshot, res.Origin, invalid.Path),
		})
	}
	return problems
}

func (in *Input) display(file string) string {
	if in.Display == nil {
		return file
	}
	return in.Display(file)
}

func (in *Input) shown(problems []resource.Problem) resource.Problems {
	shown := slices.Clone(problems)
	for i := range shown {
		p := &shown[i]
		if p.Location.File != "" {
			p.Location.File = in.display(p.Location.File)
		}
		if before := p.Other.String(); p.Other.File != "" {
			p.Other.File = in.display(p.Other.File)
			p.Msg = strings.Replace(p.Msg, before, p.Other.String(), 1)
		}
	}
	return shown
}

// judge evaluates the scene by each of the judges and joins what they say.
func (s *scene) judge(ctx context.Context, judges []policy.Judge, now time.Time) (*policy.Report, error) {
	c := policy.Case{Phase: policy.PhaseCheck, Now: now, Context: s.context}
	for _, target := range s.targets {
		c.Targets = append(c.Targets, policyTarget(target))
	}
	for _, res := range s.resources {
		c.Subjects = append(c.Subjects, policy.Subject{ID: res.ID, Resource: res})
	}
	var joined *policy.Report
	for _, judge := range judges {
		report, err := judge.Judge(ctx, c)
		if err != nil {
			return nil, err
		}
		joined = join(joined, report)
	}
	return joined, nil
}

// join is the union of two judges' reports on the same case: a finding that
// both have counts once.
func join(a, b *policy.Report) *policy.Report {
	if a == nil {
		return b
	}
	have := map[string]int{}
	for i := range a.Findings {
		have[sameness(&a.Findings[i])]++
	}
	for _, finding := range b.Findings {
		key := sameness(&finding)
		if have[key] > 0 {
			have[key]--
			continue
		}
		a.Findings = append(a.Findings, finding)
	}
	slices.SortFunc(a.Findings, policy.Compare)
	for _, undecided := range b.Undecided {
		if !slices.ContainsFunc(a.Undecided, func(u policy.Undecided) bool {
			return u.Rule == undecided.Rule && u.Target == undecided.Target && sameID(u.Resource, undecided.Resource)
		}) {
			a.Undecided = append(a.Undecided, undecided)
		}
	}
	a.NotEvaluated = slices.Compact(append(a.NotEvaluated, b.NotEvaluated...))
	a.Uncovered = intersect(a.Uncovered, b.Uncovered)
	a.IdleRules = intersect(a.IdleRules, b.IdleRules)
	return a
}

func sameID(a, b *resource.ID) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func intersect[T comparable](a, b []T) []T {
	return slices.DeleteFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

func policyTarget(t Target) policy.Target {
	return policy.Target{Name: t.Name, Driver: t.Driver, Path: t.Path, Mode: string(t.Mode)}
}

// locate is the place that a finding points at, as it is shown.
func (s *scene) locate(locator sources.Locator, f *policy.Finding) resource.Location {
	res := s.subject(f)
	if res == nil {
		return resource.Location{}
	}
	input := s.places[res]
	location := locator.Locate(input.Snapshot, res.Origin, f.Path)
	location.File = input.display(location.File)
	return location
}

// subject is the resource that a finding is about, nil if it is about none of the scene.
func (s *scene) subject(f *policy.Finding) *resource.Resource {
	if f.Subject != nil && s.places[f.Subject] != nil {
		return f.Subject
	}
	if f.Resource != nil {
		return s.byKey[f.Resource.Key()]
	}
	return nil
}
