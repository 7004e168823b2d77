package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Exhibit is what a check judges, held as a whole, so that one can look into
// single evaluations.
type Exhibit struct {
	Case policy.Case
	// Problems are the mistakes for which something is not in the case.
	Problems resource.Problems

	scene *scene
}

// Exhibit renders what Check would judge.
func (c *Checker) Exhibit(ctx context.Context, request CheckRequest) (*Exhibit, error) {
	s := &scene{checker: c, places: map[*resource.Resource]*sceneFile{}}
	for i := range request.Context {
		if err := s.addContext(ctx, &request.Context[i], true); err != nil {
			return nil, err
		}
	}
	e := &Exhibit{Case: policy.Case{Phase: policy.PhaseCheck, Now: request.Now, Context: policy.NewContext(s.context)}, scene: s}
	for i := range request.Inputs {
		input := &request.Inputs[i]
		for _, part := range input.Parts {
			part.terraform = part.Target.Driver == ""
			selection := part.selection()
			selection.Formats = isTerraform(selection.Path)
			rendering, err := c.Renderer.Render(ctx, input.Snapshot, selection)
			if err != nil {
				return nil, fmt.Errorf("render %s: %w", input.display(selection.Path), err)
			}
			if !slices.ContainsFunc(e.Case.Targets, func(t policy.Target) bool { return t.Name == part.Target.Name }) {
				e.Case.Targets = append(e.Case.Targets, policyTarget(part.Target))
			}
			whole := &sceneFile{input: input}
			for j := range rendering.Resources {
				res := &rendering.Resources[j]
				s.places[res] = whole
				e.Case.Subjects = append(e.Case.Subjects, policy.Subject{ID: res.ID, Resource: res})
			}
			e.Problems = append(e.Problems, input.shown(rendering.Problems)...)
		}
	}
	e.Problems = append(e.Problems, s.errors...)
	return e, nil
}

// isTerraform reports whether a file that is named is Terraform's: rules may be
// about its resources, or about its text.
func isTerraform(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")
}

// Locate is the place of a value of one of the case's resources, as it is shown.
func (e *Exhibit) Locate(res *resource.Resource, path resource.Path) resource.Location {
	return e.scene.locate(&policy.Finding{Subject: res, Path: path})
}

// maxAsked is of how many subjects, beside the one that a finding is about, it
// is tried whether the rule named that one when it was asked about them.
const maxAsked = 500

// Explain traces the evaluation that gave the finding, by a judge that has its
// rule. Where that cannot be done the trace has the reason and nothing else.
func (e *Exhibit) Explain(ctx context.Context, judge policy.Judge, f *policy.Finding, rule policy.Rule) (*policy.Trace, error) {
	tracer, ok := judge.(policy.Tracer)
	if !ok {
		return nil, fmt.Errorf("trace rule %s: the engine cannot", rule.ID)
	}
	ask := policy.Ask{Rule: rule.ID, Target: f.Target, Answer: f}
	failed := f.Rule == policy.RuleError
	if failed {
		ask.Answer = nil
	}
	subjects := []int{0}
	if rule.Scope == policy.ScopeResource {
		subjects = e.about(f)
	}
	for _, ask.Subject = range subjects {
		trace, err := tracer.Trace(ctx, e.Case, ask)
		if errors.Is(err, policy.ErrNoTrace) {
			return &policy.Trace{Error: err.Error()}, nil
		} else if err != nil {
			return nil, err
		}
		if failed && trace.Error != "" || !failed && slices.ContainsFunc(trace.Bodies, func(b policy.Body) bool { return b.Held > 0 }) {
			trace.Bodies = slices.DeleteFunc(trace.Bodies, func(b policy.Body) bool { return !failed && b.Held == 0 })
			return trace, nil
		}
	}
	return &policy.Trace{Error: "the rule does not give this finding when it is asked again on its own"}, nil
}

// about are the subjects that the rule may have been asked about when it gave
// the finding: the one that the finding is about, and then others, as a rule
// may name another resource than its own.
func (e *Exhibit) about(f *policy.Finding) []int {
	var same, others []int
	for i := range e.Case.Subjects {
		s := &e.Case.Subjects[i]
		named := f.Resource != nil && f.Resource.Key() == s.ID.Key()
		there := f.Subject != nil && f.Subject.Origin.File == s.Resource.Origin.File &&
			f.Subject.Origin.Document == s.Resource.Origin.Document && f.Subject.Origin.Within.Equal(s.Resource.Origin.Within)
		if f.Subject != nil && there || f.Subject == nil && named {
			same = append(same, i)
		} else if s.ID.Target == f.Target && len(others) < maxAsked {
			others = append(others, i)
		}
	}
	return append(same, others...)
}
