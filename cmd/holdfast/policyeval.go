package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/report"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// evalFlags are those of policy eval.
type evalFlags struct {
	checkFlags
	resources []string
	trace     bool
	format    string
}

func (a *app) policyEvalCommand() *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "eval RULE PATH",
		Short: "Evaluate one rule on the resources of a file",
		Long: `eval asks one rule, of the library or your own, about each resource of a file or folder and shows
its answers. Where there is one resource it shows the rule's input too. With --trace it shows the
lines of the rule that held, the line that did not, and what their variables stood for. Sensitive
values are masked.

The exit code is 0 whatever the rule finds; check is what gates.`,
		Example: `  holdfast policy eval dr/single-replica deploy/web.yaml
  holdfast policy eval acme/replicas deploy/ --policy policies/ --resource Deployment/web --trace`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("name a rule and a file, as in `holdfast policy eval dr/single-replica deploy/web.yaml`")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.policyEval(cmd.Context(), &f, args[0], args[1])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.config, "config", "", "configuration file (default: holdfast.yaml here or above)")
	flags.StringArrayVar(&f.policies, "policy", nil, "own policies: a file or folder of Rego (repeatable)")
	flags.StringArrayVar(&f.data, "data", nil, "JSON or YAML to be found under data.* (repeatable)")
	flags.StringArrayVar(&f.inventory, "inventory", nil, "resources that rules may look at but that are not judged (repeatable)")
	flags.StringVar(&f.now, "now", "", "the run's clock, as RFC 3339 (default: now)")
	flags.StringArrayVar(&f.resources, "resource", nil, "only this one, as Kind/name or Kind/namespace/name (repeatable)")
	flags.BoolVar(&f.trace, "trace", false, "show how the rule came to its answers")
	flags.StringVar(&f.format, "format", "text", "text or json, as NAME or NAME=FILE")
	return cmd
}

func (a *app) policyEval(ctx context.Context, f *evalFlags, rule, file string) error {
	outputs, err := parseFormats([]string{f.format}, []string{"text", "json"})
	if err != nil {
		return err
	}
	logger, err := a.logger(slog.LevelWarn)
	if err != nil {
		return err
	}
	exclude, err := absolutes(f.policies, f.data, f.inventory)
	if err != nil {
		return err
	}
	w, err := openWorkspace(ctx, view{paths: []string{file}, config: f.config, exclude: exclude, read: readFolder})
	if err != nil {
		return err
	}
	x, err := f.examine(ctx, w, logger)
	if err != nil {
		return err
	}
	if len(x.exhibit.Problems) > 0 {
		return x.exhibit.Problems
	}
	evaluation, err := f.evaluate(ctx, x, rule)
	if err != nil {
		return err
	}
	return a.write(outputs[0], func(w io.Writer) error {
		if outputs[0].name == "json" {
			encoder := json.NewEncoder(w)
			encoder.SetIndent("", "  ")
			return encoder.Encode(evaluation)
		}
		return report.EvaluationText(w, evaluation, a.textOptions(false))
	})
}

// examination is what a rule can be asked about, and the judge to ask. It has
// every rule there is, as those that look for secrets say what to mask.
type examination struct {
	exhibit  *reconcile.Exhibit
	judge    policy.Judge
	input    policy.Input // of judge
	compiler *rego.Compiler
	locator  sources.Locator
}

// examine renders the workspace and compiles all rules.
func (f *checkFlags) examine(ctx context.Context, w *workspace, logger *slog.Logger) (*examination, error) {
	request, err := f.request(ctx, w)
	if err != nil {
		return nil, err
	}
	renderer, err := newRenderer(w.config)
	if err != nil {
		return nil, err
	}
	timeout := config.DefaultEvaluationTimeout
	if w.config != nil {
		timeout = w.config.Limits.EvaluationTimeout
	}
	compiler := newCompiler(timeout, logger)
	checker := reconcile.Checker{Renderer: renderer, Locator: renderer, Compiler: compiler, Drivers: builtinDrivers()}
	x := &examination{input: request.Policy, compiler: compiler, locator: renderer}
	x.input.Profile, x.input.Categories, x.input.Select, x.input.AllowEmpty = "strict", nil, policy.Selection{}, true
	if x.judge, err = compiler.Compile(ctx, x.input); err != nil {
		return nil, err
	}
	if x.exhibit, err = checker.Exhibit(ctx, *request); err != nil {
		return nil, err
	}
	return x, x.markCredentials(ctx)
}

// markCredentials marks what the library's rules find to be a credential in
// clear, as it is to be masked whatever rules were asked for.
func (x *examination) markCredentials(ctx context.Context) error {
	rules, err := x.compiler.Library()
	if err != nil {
		return err
	}
	looking := policy.Input{Builtin: true}
	for _, rule := range rules {
		if rule.Sensitive {
			looking.Select.Rules = append(looking.Select.Rules, rule.ID)
		}
	}
	judge, err := x.compiler.Compile(ctx, looking)
	if err != nil {
		return err
	}
	judged, err := judge.Judge(ctx, x.exhibit.Case)
	if err != nil {
		return err
	}
	for _, finding := range judged.Findings {
		if finding.Subject != nil {
			finding.Subject.Sensitive = append(finding.Subject.Sensitive, finding.Path)
		}
	}
	return nil
}

// rule is the one with the id.
func (x *examination) rule(id string) (policy.Rule, bool) {
	rules := x.judge.Rules()
	at := slices.IndexFunc(rules, func(r policy.Rule) bool { return r.ID == id })
	if at < 0 {
		return policy.Rule{}, false
	}
	return rules[at], true
}

func (f *evalFlags) evaluate(ctx context.Context, x *examination, id string) (*report.Evaluation, error) {
	rule, known := x.rule(id)
	if !known {
		return nil, mistake(fmt.Errorf("no rule is called %q; %s", id, suggestion(id, x.judge.Rules())))
	}
	only := x.input
	only.Select = policy.Selection{Rules: []string{id}}
	alone, err := x.compiler.Compile(ctx, only)
	if err != nil {
		return nil, err
	}
	e := &report.Evaluation{Rule: rule, Evaluated: []report.Evaluated{}}
	asks, err := f.asks(x, rule)
	if err != nil {
		return nil, err
	}
	for _, ask := range asks {
		one, err := evaluateOne(ctx, x, alone, rule, ask)
		if err != nil {
			return nil, err
		}
		if len(asks) > 1 {
			one.Input = nil
		}
		if !f.trace {
			one.Trace = nil
		}
		e.Evaluated = append(e.Evaluated, *one)
	}
	return e, nil
}

// asks are what the rule is to be asked about.
func (f *evalFlags) asks(x *examination, rule policy.Rule) ([]policy.Ask, error) {
	var asks []policy.Ask
	switch {
	case rule.Scope != policy.ScopeResource && len(f.resources) > 0:
		return nil, mistake(fmt.Errorf("--resource: rule %s is of scope %s and is asked about no single resource", rule.ID, rule.Scope))
	case rule.Scope == policy.ScopeSnapshot:
		return []policy.Ask{{Rule: rule.ID}}, nil
	case rule.Scope == policy.ScopeTarget:
		for _, target := range x.exhibit.Case.Targets {
			asks = append(asks, policy.Ask{Rule: rule.ID, Target: target.Name})
		}
		return asks, nil
	}
	found := map[string]bool{}
	for i := range x.exhibit.Case.Subjects {
		id := x.exhibit.Case.Subjects[i].ID
		picked := len(f.resources) == 0
		for _, given := range f.resources {
			if given == id.Kind+"/"+id.Name || given == id.Kind+"/"+id.Namespace+"/"+id.Name {
				picked, found[given] = true, true
			}
		}
		if picked {
			asks = append(asks, policy.Ask{Rule: rule.ID, Subject: i, Target: id.Target})
		}
	}
	for _, given := range f.resources {
		if !found[given] {
			return nil, mistake(fmt.Errorf("--resource %s: there is no such resource; %s", given, thereAre(x.exhibit.Case.Subjects)))
		}
	}
	return asks, nil
}

// thereAre names the first few resources, in the form that --resource takes.
func thereAre(subjects []policy.Subject) string {
	const few = 5
	var names []string
	for i := range subjects {
		if id := subjects[i].ID; !id.IsZero() {
			names = append(names, id.Kind+"/"+id.Name)
		}
	}
	switch {
	case len(names) == 0:
		return "there are none with a kind and a name"
	case len(names) > few:
		return fmt.Sprintf("there are %s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return "there are " + strings.Join(names, ", ")
}

// evaluateOne asks as check would, about the one subject, with all others to look at.
func evaluateOne(ctx context.Context, x *examination, alone policy.Judge, rule policy.Rule, ask policy.Ask) (*report.Evaluated, error) {
	c := x.exhibit.Case
	one := &report.Evaluated{Target: ask.Target, Asked: true, Findings: []reconcile.FindingRecord{}}
	if rule.Scope == policy.ScopeResource {
		subject := c.Subjects[ask.Subject]
		if !subject.ID.IsZero() {
			ref := reconcile.Ref(subject.ID)
			one.Resource = &ref
		}
		one.Location = x.exhibit.Locate(subject.Resource, nil)
		var others []resource.Resource
		for res := range c.Context.Resources() {
			others = append(others, *res)
		}
		for i := range c.Subjects {
			if i != ask.Subject {
				others = append(others, *c.Subjects[i].Resource)
			}
		}
		c.Context = policy.NewContext(others)
		c.Subjects = []policy.Subject{subject}
	}
	judged, err := alone.Judge(ctx, c)
	if err != nil {
		return nil, err
	}
	one.Asked = rule.Scope != policy.ScopeResource || len(judged.Uncovered) == 0
	for i := range judged.Findings {
		finding := &judged.Findings[i]
		if rule.Scope == policy.ScopeTarget && finding.Target != ask.Target {
			continue
		}
		finding.Location = x.exhibit.Locate(placeOf(x.exhibit, finding), finding.Path)
		one.Findings = append(one.Findings, reconcile.Record(finding))
	}
	if tracer, ok := x.judge.(policy.Tracer); ok && one.Asked {
		one.Trace, err = tracer.Trace(ctx, x.exhibit.Case, ask)
		switch {
		case errors.Is(err, policy.ErrNoTrace):
			one.Trace = &policy.Trace{Error: err.Error()}
		case err != nil:
			return nil, err
		}
		one.Input, one.WaitsFor = one.Trace.Input, one.Trace.WaitsFor
	}
	return one, nil
}

// placeOf is the resource of the exhibit that a finding is about: the rule may
// have named one that was only to be looked at.
func placeOf(e *reconcile.Exhibit, f *policy.Finding) *resource.Resource {
	for i := range e.Case.Subjects {
		if s := &e.Case.Subjects[i]; s.Resource == f.Subject || f.Resource != nil && *f.Resource == s.ID {
			return s.Resource
		}
	}
	return f.Subject
}
