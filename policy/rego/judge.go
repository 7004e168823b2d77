package rego

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// judge implements policy.Judge. Nothing in it changes once it is made.
type judge struct {
	opts     Options
	compiler *ast.Compiler
	rules    []*rule // in the order of their ids
	absent   []*rule // that are not made ready, as nothing they are about is expected
	world    world
	// ownParams are the parameters of the targets that have some of their own.
	ownParams map[string]ast.Value
	passed    []policy.NotEvaluated // what of the policies judges nothing
	digest    string
}

func newJudge(opts Options, compiler *ast.Compiler, rules []*rule, w world, modules []*module) (*judge, error) {
	for _, r := range rules {
		if r.constraint != nil {
			r.alone = newQuestion(r.dialect, []*rule{r}, nil)
			continue
		}
		r.reads = readsOf(compiler, r)
		r.alone = newQuestion(r.dialect, []*rule{r}, nil)
	}
	j := &judge{opts: opts, compiler: compiler, rules: rules, world: w, ownParams: map[string]ast.Value{}}
	for target, params := range w.params.targets {
		j.ownParams[target] = toTerm(params).Value
	}
	if err := j.sealRules(modules); err != nil {
		return nil, err
	}
	return j, j.seal(modules)
}

// seal sets the digest of everything that answers depend on besides the case.
func (j *judge) seal(modules []*module) error {
	sum := sha256.New()
	write := func(parts ...string) {
		for _, part := range parts {
			fmt.Fprintf(sum, "%d:%s", len(part), part) // lengths keep parts apart
		}
	}
	write("holdfast rego", engineVersion, version.Version, j.opts.Timeout.String(), j.opts.WideTimeout.String())
	sorted := slices.SortedFunc(slices.Values(modules), func(a, b *module) int { return strings.Compare(a.key(), b.key()) })
	for _, m := range sorted {
		write(m.key(), string(m.source))
	}
	for _, r := range j.rules {
		write("rule", r.ID)
		if r.constraint != nil {
			write(r.constraint.Digest())
		}
	}
	params, err := json.Marshal(j.world.params.values)
	if err != nil {
		return fmt.Errorf("digest of the parameters: %w", err)
	}
	own, err := json.Marshal(j.world.params.targets)
	if err != nil {
		return fmt.Errorf("digest of the targets' parameters: %w", err)
	}
	write("params", string(params), "of targets", string(own), "data", j.world.data.String())
	j.digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func (j *judge) Rules() []policy.Rule { return describe(slices.Concat(j.rules, j.absent)) }
func (j *judge) Digest() string       { return j.digest }

// report brings together what was found, in one order whatever that of the batches.
func (s *session) report(batches []*batch) *policy.Report {
	report := &policy.Report{NotEvaluated: slices.Clone(s.passed)}
	skipped := map[*rule]int{}
	looked, counted := map[*rule]bool{}, map[*plan]bool{}
	combined := slices.ContainsFunc(s.rules, func(r *rule) bool { return r.combine })
	for _, b := range batches {
		for i := range b.raws {
			report.Findings = append(report.Findings, s.findings(b, &b.raws[i])...)
		}
		for _, w := range b.wider {
			for i := range w.raws {
				report.Findings = append(report.Findings, s.findings(b, &w.raws[i].raw)...)
			}
		}
		report.Undecided = append(report.Undecided, b.undecided...)
		for r, n := range b.skipped {
			skipped[r] += n
		}
		for i := range b.Subjects {
			id := b.Subjects[i].ID
			plan := s.planOf(&b.Subjects[i])
			if len(plan.alone)+len(plan.across) == 0 && !plan.judges && !combined {
				report.Uncovered = append(report.Uncovered, id)
			}
			if !counted[plan] {
				counted[plan] = true
				plan.looked(looked)
			}
		}
	}
	slices.SortStableFunc(report.Findings, compareFindings)
	slices.SortStableFunc(report.Undecided, compareUndecided)
	slices.SortFunc(report.Uncovered, resource.Compare)
	for _, r := range s.rules {
		if r.Scope == policy.ScopeResource && !looked[r] {
			report.IdleRules = append(report.IdleRules, r.ID)
		}
		if n := skipped[r]; n > 0 {
			report.NotEvaluated = append(report.NotEvaluated, policy.NotEvaluated{
				What:   fmt.Sprintf("rule %s on %d more resources", r.ID, n),
				Reason: fmt.Sprintf("it took longer than %s before", s.timeout(r)),
			})
		}
	}
	for _, r := range s.absent {
		if r.Scope == policy.ScopeResource {
			report.IdleRules = append(report.IdleRules, r.ID)
		}
	}
	slices.Sort(report.IdleRules)
	return report
}

func (p *plan) looked(rules map[*rule]bool) {
	for _, q := range slices.Concat(p.alone, p.across) {
		for _, r := range q.rules {
			rules[r] = true
		}
	}
}

// compareFindings is policy.Compare, and tells documents without identity apart
// by where they stand.
func compareFindings(a, b policy.Finding) int {
	if order := policy.Compare(a, b); order != 0 || a.Subject == nil || b.Subject == nil {
		return order
	}
	x, y := a.Subject.Origin, b.Subject.Origin
	return cmp.Or(
		strings.Compare(x.File, y.File),
		cmp.Compare(x.Document, y.Document),
		x.Within.Compare(y.Within),
		strings.Compare(a.Policy, b.Policy),
	)
}

func compareUndecided(a, b policy.Undecided) int {
	return policy.Compare(policy.Finding{Target: a.Target, Resource: a.Resource, Rule: a.Rule},
		policy.Finding{Target: b.Target, Resource: b.Resource, Rule: b.Rule})
}
