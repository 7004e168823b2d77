package rego

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/version"
	"golang.org/x/sync/errgroup"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// judge implements policy.Judge. Nothing in it changes once it is made.
type judge struct {
	opts     Options
	compiler *ast.Compiler
	rules    []*rule // in the order of their ids
	world    world
	digest   string
}

func newJudge(opts Options, compiler *ast.Compiler, rules []*rule, w world, modules []*module) (*judge, error) {
	for _, r := range rules {
		r.alone, r.reads = newQuestion([]*rule{r}), readsOf(compiler, r)
	}
	j := &judge{opts: opts, compiler: compiler, rules: rules, world: w}
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
	}
	params, err := json.Marshal(j.world.params)
	if err != nil {
		return fmt.Errorf("digest of the parameters: %w", err)
	}
	write("params", string(params), "data", j.world.data.String())
	j.digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func (j *judge) Rules() []policy.Rule { return describe(j.rules) }
func (j *judge) Digest() string       { return j.digest }

// run is one call of Judge: what its evaluations share.
type run struct {
	*judge
	c        policy.Case
	phase    *ast.Term
	targets  map[string]*ast.Term // input.target
	terms    []*ast.Term          // the subjects' contents, nil where not converted in advance
	store    storage.Store
	txn      storage.Transaction
	redactor *resource.Redactor
	unknown  []unknowns
	timeouts map[*rule]*atomic.Int32
	givenUp  atomic.Bool          // some rule ran into its deadline too often
	byKind   map[string]*question // of the rules of scope resource, for each group kind
	topics   func() map[resource.Key][]topic
}

// Judge implements policy.Judge.
func (j *judge) Judge(ctx context.Context, c policy.Case) (*policy.Report, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, names, err := j.prepare(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("preparing to judge: %w", err)
	}
	// The store ends with this call, so its transaction is left as it is: an
	// evaluation that cannot be stopped may still be reading.

	tasks := r.wideTasks(names)
	for i := range c.Subjects {
		tasks = append(tasks, func(w *worker) error { return w.subject(i) })
	}
	workers := make([]*worker, min(j.opts.Workers, max(len(tasks), 1)))
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for i := range workers {
		w := &worker{run: r, ctx: ctx}
		workers[i] = w
		group.Go(func() error {
			w.lane = newLane(ctx)
			defer func() { w.lane.close() }()
			for {
				at := int(next.Add(1)) - 1
				if at >= len(tasks) {
					return nil
				}
				if err := tasks[at](w); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return r.report(workers), nil
}

// prepare sets up what the evaluations share, and the targets' names in order.
// Of data.holdfast only what some rule reads is built.
func (j *judge) prepare(ctx context.Context, c policy.Case) (*run, []string, error) {
	if c.Now.IsZero() {
		c.Now = time.Unix(0, 0) // OPA would take the machine's clock
	}
	targets, names := targetsOf(c)
	r := &run{
		judge: j, c: c,
		phase:    ast.StringTerm(string(c.Phase)),
		targets:  make(map[string]*ast.Term, len(targets)),
		terms:    make([]*ast.Term, len(c.Subjects)),
		redactor: redactorOf(c),
		unknown:  unknownsOf(c),
		timeouts: make(map[*rule]*atomic.Int32, len(j.rules)),
		byKind:   map[string]*question{},
	}
	for name, t := range targets {
		r.targets[name] = toTerm(map[string]any{"name": t.Name, "driver": t.Driver, "path": t.Path, "mode": t.Mode})
	}
	var readsResources, readsLive bool
	for _, x := range j.rules {
		r.timeouts[x] = &atomic.Int32{}
		readsResources = readsResources || x.reads.resources
		readsLive = readsLive || x.reads.live && c.Phase == policy.PhaseLive
	}
	for i := range c.Subjects {
		kind := c.Subjects[i].ID.GroupKind()
		if _, known := r.byKind[kind]; !known {
			r.byKind[kind] = newQuestion(r.rulesFor(kind))
		}
	}
	r.topics = sync.OnceValue(r.indexTopics)

	var resources, live ast.Object
	if readsResources {
		for i := range c.Subjects {
			if res := c.Subjects[i].Resource; res != nil {
				r.terms[i] = toTerm(res.Content)
			}
		}
		resources = resourceTree(c, r.terms)
	}
	if readsLive {
		live = liveTree(c.Live)
	}
	var err error
	r.store, r.txn, err = j.world.store(ctx, resources, live)
	return r, names, err
}

func (r *run) rulesFor(groupKind string) []*rule {
	var rules []*rule
	for _, x := range r.rules {
		if x.Scope == policy.ScopeResource && x.matches(groupKind) {
			rules = append(rules, x)
		}
	}
	return rules
}

// wideTasks are the evaluations of the rules that look further than one resource.
func (r *run) wideTasks(targets []string) []func(*worker) error {
	var tasks []func(*worker) error
	for _, x := range r.rules {
		switch x.Scope {
		case policy.ScopeTarget:
			for _, name := range targets {
				tasks = append(tasks, func(w *worker) error { return w.wide(x, name) })
			}
		case policy.ScopeSnapshot:
			tasks = append(tasks, func(w *worker) error { return w.wide(x, "") })
		}
	}
	return tasks
}

// report brings together what the workers found, in one order whatever their number.
func (r *run) report(workers []*worker) *policy.Report {
	report := &policy.Report{}
	skipped := map[*rule]int{}
	for _, w := range workers {
		report.Findings = append(report.Findings, w.findings...)
		report.Undecided = append(report.Undecided, w.undecided...)
		for x, n := range w.skipped {
			skipped[x] += n
		}
	}
	slices.SortStableFunc(report.Findings, compareFindings)
	slices.SortStableFunc(report.Undecided, compareUndecided)
	looked := map[*rule]bool{}
	for i := range r.c.Subjects {
		id := r.c.Subjects[i].ID
		rules := r.byKind[id.GroupKind()].rules
		if len(rules) == 0 {
			report.Uncovered = append(report.Uncovered, id)
		}
		for _, x := range rules {
			looked[x] = true
		}
	}
	slices.SortFunc(report.Uncovered, resource.Compare)
	for _, x := range r.rules {
		if x.Scope == policy.ScopeResource && !looked[x] {
			report.IdleRules = append(report.IdleRules, x.ID)
		}
		if n := skipped[x]; n > 0 {
			report.NotEvaluated = append(report.NotEvaluated, policy.NotEvaluated{
				What:   fmt.Sprintf("rule %s on %d more resources", x.ID, n),
				Reason: fmt.Sprintf("it took longer than %s before", r.timeout(x)),
			})
		}
	}
	return report
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
