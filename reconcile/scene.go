package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// scene is some inputs, rendered and judged.
type scene struct {
	checker   *Checker
	targets   []Target
	resources []*resource.Resource // without content, but for those of targets with a driver
	context   []resource.Resource
	skipped   []policy.NotEvaluated
	errors    resource.Problems
	warnings  resource.Problems
	judged    *policy.Report // nil where there is nothing to judge by

	sessions []policy.Session
	batches  int
	places   map[*resource.Resource]*sceneFile // where each resource is from
	byKey    func() map[resource.Key]*resource.Resource
}

// look renders the inputs and judges what they hold by each of the judges.
func (c *Checker) look(ctx context.Context, request CheckRequest, inputs []Input, judges []policy.Judge) (*scene, error) {
	s := &scene{checker: c, places: map[*resource.Resource]*sceneFile{}}
	s.byKey = sync.OnceValue(s.index)
	rules := rulesOf(judges)
	formats := slices.ContainsFunc(rules, func(r policy.Rule) bool { return r.Dialect == policy.Conftest })
	terraform := len(rules) == 0 || slices.ContainsFunc(rules, func(r policy.Rule) bool { return r.Dialect == "" })
	for i := range request.Context {
		if err := s.addContext(ctx, &request.Context[i], terraform); err != nil {
			return nil, err
		}
	}
	known := policy.Case{Phase: policy.PhaseCheck, Now: request.Now, Context: policy.NewContext(s.context)}
	for _, input := range inputs {
		for _, part := range input.Parts {
			if !slices.ContainsFunc(s.targets, func(t Target) bool { return t.Name == part.Target.Name }) {
				s.targets = append(s.targets, part.Target)
				known.Targets = append(known.Targets, policyTarget(part.Target))
			}
		}
	}
	for _, judge := range judges {
		session, err := judge.Open(ctx, known, c.Memory)
		if err != nil {
			return nil, fmt.Errorf("judge: %w", err)
		}
		s.sessions = append(s.sessions, session)
	}
	for i := range inputs {
		for _, part := range inputs[i].Parts {
			part.formats = formats && part.Target.Driver == ""
			part.terraform = terraform && part.Target.Driver == ""
			if err := s.addPart(ctx, &inputs[i], part); err != nil {
				return nil, err
			}
		}
	}
	for _, session := range s.sessions {
		report, err := session.Report(ctx)
		if err != nil {
			return nil, fmt.Errorf("judge: %w", err)
		}
		s.judged = join(s.judged, report)
	}
	return s, nil
}

func (p *Part) selection() sources.Selection {
	return sources.Selection{
		Path: cmp.Or(p.Path, p.Target.Path), Exclude: p.Exclude, Target: p.Target.Name, Parser: p.Parser,
		Formats: p.formats, Terraform: p.terraform, Build: p.Target.Build, Loose: p.Target.Driver == "", Unknown: true,
	}
}

// addContext renders what rules may look at and is not judged.
func (s *scene) addContext(ctx context.Context, input *Input, terraform bool) error {
	for _, part := range input.Parts {
		part.terraform = terraform
		selection := part.selection()
		rendering, err := s.checker.Renderer.Render(ctx, input.Snapshot, selection)
		if err != nil {
			return fmt.Errorf("render %s: %w", input.display(selection.Path), err)
		}
		beside := &sceneFile{input: input}
		for i := range rendering.Resources {
			s.places[&rendering.Resources[i]] = beside
		}
		s.context = append(s.context, rendering.Resources...)
		s.errors = append(s.errors, input.shown(rendering.Problems)...)
	}
	return nil
}

// addPart renders a part and has the sessions judge it, file by file.
func (s *scene) addPart(ctx context.Context, input *Input, part Part) error {
	selection := part.selection()
	var mu sync.Mutex
	var files []*sceneFile
	rendering, err := s.checker.Renderer.Each(ctx, input.Snapshot, selection, func(file *sources.File) error {
		f := s.open(input, &part, file)
		mu.Lock()
		files = append(files, f)
		mu.Unlock()
		return f.judge(ctx, s.sessions, s.batches+file.Index)
	})
	if err != nil {
		return fmt.Errorf("render %s: %w", input.display(selection.Path), err)
	}
	s.batches += len(files)
	slices.SortFunc(files, func(a, b *sceneFile) int { return a.file.Index - b.file.Index })
	var resources []*resource.Resource
	var contents []resource.Resource
	for _, f := range files {
		for i := range f.rendering.Resources {
			res := &f.rendering.Resources[i]
			s.places[res] = f
			resources = append(resources, res)
		}
		if f.kept && part.Target.Driver != "" {
			contents = append(contents, f.rendering.Resources...)
		}
		// Modules may have files in common, and be read as documents too.
		rendering.Skipped = appendNew(rendering.Skipped, f.rendering.Skipped, f.file.Module)
		rendering.Problems = appendNew(rendering.Problems, f.rendering.Problems, f.file.Module)
	}
	s.resources = append(s.resources, resources...)
	for _, skipped := range rendering.Skipped {
		s.skipped = append(s.skipped, policy.NotEvaluated{What: input.display(skipped.What), Reason: skipped.Reason})
	}
	duplicates := &s.warnings
	if part.Target.Driver != "" {
		duplicates = &s.errors
		s.errors = append(s.errors, input.shown(s.checker.validate(part.Target, input.Snapshot, contents))...)
	}
	*duplicates = append(*duplicates, input.shown(sources.Duplicates(resources))...)
	s.errors = append(s.errors, placed(input.shown(rendering.Problems), part.Target)...)
	return nil
}

// appendNew appends, of a module only what is not in the list yet.
func appendNew[T comparable](list, more []T, module bool) []T {
	for _, each := range more {
		if !module || !slices.Contains(list, each) {
			list = append(list, each)
		}
	}
	return list
}

// validate asks the target's driver what is wrong with its resources, and
// resolves the references between them.
func (c *Checker) validate(target Target, snapshot sources.Snapshot, resources []resource.Resource) resource.Problems {
	needs, problems := Needs(resources, nil)
	if problem := cycleAmong(resources, needs); problem != nil {
		problems = append(problems, *problem)
	}
	at := slices.IndexFunc(c.Drivers, func(k drivers.Kind) bool { return k.Name == target.Driver })
	if at < 0 {
		return problems
	}
	var invalid []drivers.Invalid
	if validate := c.Drivers[at].Validate; validate != nil {
		invalid = validate(snapshot, target.Path, resources)
	}
	faulty := map[int]bool{}
	for i := range invalid {
		faulty[invalid[i].Resource] = true
	}
	for i := range resources {
		if word, ok := resources[i].Annotation(resource.AnnotationPrune); ok && word != "allow" && word != "never" {
			invalid = append(invalid, drivers.Invalid{
				Resource: i, Path: resource.Path{"metadata", "annotations", resource.AnnotationPrune},
				Msg: fmt.Sprintf("%s: %q has no meaning; there are allow and never", resource.AnnotationPrune, word),
			})
		}
		// What a typing error has taken the name from must not pass for deleted.
		if resources[i].ID.IsZero() && !faulty[i] {
			invalid = append(invalid, drivers.Invalid{Resource: i, Msg: "a resource needs apiVersion, kind and metadata.name; a file that holds none goes under exclude"})
		}
	}
	for _, invalid := range invalid {
		res := &resources[invalid.Resource]
		problems = append(problems, resource.Problem{
			Msg:      fmt.Sprintf("%s: %s", res.ID, invalid.Msg),
			Location: c.Locator.Locate(snapshot, res.Origin, invalid.Path),
		})
	}
	return problems
}

func (in *Input) display(file string) string {
	if in.Display == nil || strings.Contains(file, "://") { // what was fetched is not below the input
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

// join is the union of two judges' reports on the same case: a finding that
// both have counts once.
func join(a, b *policy.Report) *policy.Report {
	if a == nil {
		return b
	}
	have := map[string][]int{} // places in a
	for i := range a.Findings {
		key := sameness(&a.Findings[i])
		have[key] = append(have[key], i)
	}
	for _, finding := range b.Findings {
		key := sameness(&finding)
		if same := have[key]; len(same) > 0 {
			if finding.Waived == nil {
				a.Findings[same[0]].Waived = nil // both must except it
			}
			have[key] = same[1:]
			continue
		}
		a.Findings = append(a.Findings, finding)
	}
	slices.SortFunc(a.Findings, policy.Compare)
	open := make(map[string]int, len(a.Undecided))
	for i := range a.Undecided {
		open[whichUndecided(&a.Undecided[i])] = i
	}
	for _, undecided := range b.Undecided {
		if i, both := open[whichUndecided(&undecided)]; both {
			a.Undecided[i].Blocks = a.Undecided[i].Blocks || undecided.Blocks
		} else {
			a.Undecided = append(a.Undecided, undecided)
		}
	}
	passed := map[policy.NotEvaluated]bool{}
	for _, what := range a.NotEvaluated {
		passed[what] = true
	}
	for _, what := range b.NotEvaluated {
		if !passed[what] {
			a.NotEvaluated = append(a.NotEvaluated, what)
		}
	}
	a.Uncovered = intersect(a.Uncovered, b.Uncovered)
	a.IdleRules = intersect(a.IdleRules, b.IdleRules)
	return a
}

// intersect is what of a is in b too.
func intersect[T comparable](a, b []T) []T {
	in := make(map[T]bool, len(b))
	for _, x := range b {
		in[x] = true
	}
	return slices.DeleteFunc(a, func(x T) bool { return !in[x] })
}

func policyTarget(t Target) policy.Target {
	return policy.Target{Name: t.Name, Driver: t.Driver, Path: t.Path, Mode: string(t.Mode)}
}

// locate is the place that a finding points at, as it is shown.
func (s *scene) locate(f *policy.Finding) resource.Location {
	res := s.subject(f)
	if res == nil {
		return resource.Location{}
	}
	file := s.places[res]
	location := s.checker.locate(file, res, f.Path)
	location.File = file.input.display(location.File)
	if f.Location.Line > 0 {
		location.Line, location.Column = f.Location.Line, 1
	}
	return location
}

// subject is the resource that a finding is about, nil if it is about none of the scene.
func (s *scene) subject(f *policy.Finding) *resource.Resource {
	if f.Subject != nil && s.places[f.Subject] != nil {
		return f.Subject
	}
	if f.Resource != nil {
		return s.byKey()[f.Resource.Key()]
	}
	return nil
}

// index is the resources by their identity.
func (s *scene) index() map[resource.Key]*resource.Resource {
	byKey := make(map[resource.Key]*resource.Resource, len(s.resources))
	for _, res := range s.resources {
		if _, twice := byKey[res.ID.Key()]; !res.ID.IsZero() && !twice {
			byKey[res.ID.Key()] = res
		}
	}
	return byKey
}
