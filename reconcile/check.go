package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Checker judges what is written, without looking at any destination.
type Checker struct {
	Renderer sources.Renderer
	Locator  sources.Locator
	Compiler policy.Compiler
	Drivers  []drivers.Kind
	// Memory keeps what earlier checks found; nil for none.
	Memory policy.Memory
}

// Input is a tree to look at, and what of it.
type Input struct {
	Snapshot sources.Snapshot
	Parts    []Part
	// Display turns a path within the snapshot into the one that is shown; nil leaves it.
	Display func(file string) string
}

// Part is a piece of an Input: the resources of one target.
type Part struct {
	Target  Target // for a folder that no target names: only Name (DefaultTarget) and Path
	Path    string // what to look at; "" is the target's whole path
	Exclude func(path string) bool
	Parser  string // the format to read files in; "" goes by their names
	// formats takes in files in other formats than YAML and JSON: where there
	// are rules that are made for those, and no driver that is not.
	formats bool
	// terraform makes resources of Terraform's modules, likewise.
	terraform bool
}

// CheckRequest is what to judge, and by what.
type CheckRequest struct {
	Now     time.Time
	Inputs  []Input
	Context []Input // may be looked at by rules and is not judged
	Policy  policy.Input
	Waivers []policy.Waiver
	// Base is what findings are held against; nil for none.
	Base *Base
}

// Base is the same repository before the change under review.
type Base struct {
	Revision string
	Inputs   []Input
	Policy   policy.Input
	Waivers  []policy.Waiver
}

// Mistaken is the error with each mistake marked as one of the base, where the
// change cannot mend it for this check.
func (b *Base) Mistaken(err error) error {
	var mistakes resource.Problems
	if !errors.As(err, &mistakes) {
		return err
	}
	marked := slices.Clone(mistakes)
	for i := range marked {
		marked[i].Msg = "the base, before the change: " + marked[i].Msg + "; where the change mends it, check without --base"
		if file := &marked[i].Location.File; *file != "" && b.Revision != "" && !strings.HasSuffix(*file, "@"+b.Revision) {
			*file += "@" + b.Revision
		}
	}
	return marked
}

// Checked is a Report with what its renderers may want beside it.
type Checked struct {
	Report
	Rules   []policy.Rule
	Waivers []policy.WaiverUse
	// Findings are those of the Report, index by index, as the engine gave
	// them, and Targets the targets in the order in which they were given.
	Judged  []policy.Finding
	Targets []Target
	Counts  map[string]int // resources by target

	scene *scene
}

// Check renders, judges and sums up. The user's mistakes are in the report's
// Errors; an error is for what is no mistake of theirs.
func (c *Checker) Check(ctx context.Context, request CheckRequest) (*Checked, error) {
	expected, err := c.foresee(ctx, &request)
	if err != nil {
		return nil, err
	}
	checked, err := c.check(ctx, request.expecting(expected))
	if errors.Is(err, policy.ErrUnexpected) {
		return c.check(ctx, request)
	}
	return checked, err
}

func (c *Checker) check(ctx context.Context, request CheckRequest) (*Checked, error) {
	checked := &Checked{Report: emptyReport()}
	judges, err := c.judges(ctx, request)
	var mistakes resource.Problems
	if err != nil && !errors.As(err, &mistakes) {
		return nil, err
	} else if err != nil {
		judges = nil // what is wrong with the resources is told all the same
	}
	scene, err := c.look(ctx, request, request.Inputs, judges)
	if err != nil {
		return nil, err
	}
	checked.take(scene)
	if mistakes != nil {
		checked.Errors = append(checked.Errors, mistakes...)
		return checked, nil
	}
	judged := scene.judged
	waivers := request.Waivers
	if request.Base != nil {
		// Before merge a change must not bring its own exceptions.
		waivers = request.Base.Waivers
		checked.Base = request.Base.Revision
		if err := c.markExisting(ctx, request, judges, judged); err != nil {
			return nil, fmt.Errorf("judge the base: %w", err)
		}
	}
	checked.Waivers = policy.Waive(judged.Findings, waivers, request.Now)
	checked.conclude(scene, judged)
	checked.Rules = rulesOf(judges)
	checked.Summary.Rules = len(checked.Rules)
	return checked, nil
}

// judges are the engine at the head and, where the base's rules differ, at the
// base, so that a rule which the change removes or weakens still counts. The
// base's parameters count for both.
func (c *Checker) judges(ctx context.Context, request CheckRequest) ([]policy.Judge, error) {
	head := request.Policy
	if request.Base == nil {
		judge, err := c.Compiler.Compile(ctx, head)
		return []policy.Judge{judge}, err
	}
	headJudge, err := c.Compiler.Compile(ctx, head)
	if err != nil {
		return nil, err
	}
	if withBaseParams(&head, &request.Base.Policy, headJudge.Rules()) {
		if headJudge, err = c.Compiler.Compile(ctx, head); err != nil {
			return nil, err
		}
	}
	baseInput := request.Base.Policy
	baseInput.AllowEmpty = true
	baseJudge, err := c.Compiler.Compile(ctx, baseInput)
	if err != nil {
		return nil, fmt.Errorf("policies of the base: %w", request.Base.Mistaken(err))
	}
	if headJudge.Digest() == baseJudge.Digest() {
		return []policy.Judge{headJudge}, nil
	}
	return []policy.Judge{headJudge, baseJudge}, nil
}

// withBaseParams puts the base's parameters, for all and for a target, over the
// head's, and reports whether there are any. Those of a rule that the change
// removes go with it.
func withBaseParams(head, base *policy.Input, rules []policy.Rule) bool {
	before := known(base.Params, rules)
	if len(before) > 0 {
		head.Params = overlay(head.Params, before)
	}
	targets := maps.Clone(head.TargetParams)
	changed := len(before) > 0
	for target, params := range base.TargetParams {
		if own := known(params, rules); len(own) > 0 {
			if targets == nil {
				targets = map[string]map[string]any{}
			}
			targets[target], changed = overlay(targets[target], own), true
		}
	}
	head.TargetParams = targets
	return changed
}

// known are the parameters that a rule among these has.
func known(params map[string]any, rules []policy.Rule) map[string]any {
	of := map[string]any{}
	for _, rule := range rules {
		for name := range rule.Params {
			if value, given := params[name]; given {
				of[name] = value
			}
		}
	}
	return of
}

func overlay(params, over map[string]any) map[string]any {
	merged := map[string]any{}
	for name, value := range params {
		merged[name] = value
	}
	for name, value := range over {
		merged[name] = value
	}
	return merged
}

func rulesOf(judges []policy.Judge) []policy.Rule {
	var rules []policy.Rule
	for _, judge := range judges {
		for _, rule := range judge.Rules() {
			if !slices.ContainsFunc(rules, func(r policy.Rule) bool { return r.ID == rule.ID }) {
				rules = append(rules, rule)
			}
		}
	}
	return rules
}

// markExisting judges the base by the same rules and marks each finding that is
// there as well. What was undecided before, and for no other reason, does not block.
func (c *Checker) markExisting(ctx context.Context, request CheckRequest, judges []policy.Judge, head *policy.Report) error {
	scene, err := c.look(ctx, request, request.Base.Inputs, judges)
	if err != nil {
		return err
	}
	base := scene.judged
	known := map[string]int{}
	for i := range base.Findings {
		if base.Findings[i].Waived == nil {
			known[sameness(&base.Findings[i])]++
		}
	}
	for i := range head.Findings {
		key := sameness(&head.Findings[i])
		if known[key] > 0 {
			known[key]--
			head.Findings[i].Existing = true
		}
	}
	before := map[string][]*policy.Undecided{}
	for i := range base.Undecided {
		u := &base.Undecided[i]
		before[whichUndecided(u)] = append(before[whichUndecided(u)], u)
	}
	for i := range head.Undecided {
		u := &head.Undecided[i]
		if slices.ContainsFunc(before[whichUndecided(u)], func(b *policy.Undecided) bool { return hangOn(b.WaitsFor, u.WaitsFor) }) {
			u.Blocks = false
		}
	}
	return nil
}

// whichUndecided is what makes two undecided answers the same: rule, target and resource.
func whichUndecided(u *policy.Undecided) string {
	what := ""
	if u.Resource != nil {
		what = fmt.Sprint(u.Resource.Key())
	}
	return strings.Join([]string{u.Rule, u.Target, what}, "\x00")
}

// hangOn reports whether each of the values is among those.
func hangOn(those, values []resource.Path) bool {
	return !slices.ContainsFunc(values, func(path resource.Path) bool { return !slices.ContainsFunc(those, path.Equal) })
}

// sameness is what makes two findings, before and after a change, the same:
// rule, target, resource, message and path, and never the line. A document
// without identity is told by its file.
func sameness(f *policy.Finding) string {
	what := ""
	switch {
	case f.Resource != nil:
		what = fmt.Sprint(f.Resource.Key())
	case f.Subject != nil:
		what = f.Subject.Origin.File
	}
	return strings.Join([]string{f.Rule, string(f.Decision), f.Target, what, f.Msg, f.Path.String()}, "\x00")
}

func emptyReport() Report {
	return Report{
		Version: ReportVersion, Findings: []FindingRecord{}, Undecided: []UndecidedRecord{},
		NotEvaluated: []policy.NotEvaluated{}, Errors: []resource.Problem{}, Warnings: []resource.Problem{},
		Coverage: Coverage{Uncovered: []ResourceRef{}, IdleRules: []string{}},
	}
}
