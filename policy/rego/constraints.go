package rego

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
	"github.com/holdfast-dev/holdfast/sources/resource/pack"
)

// constraints is the dialect of Gatekeeper's ConstraintTemplates and
// Constraints: each constraint is a rule, which has a compiler of its own.
const constraints dialect = policy.Gatekeeper

// The groups of what constraints are written as. Such documents judge, and are
// not themselves judged.
var constraintGroups = []string{"templates.gatekeeper.sh", "constraints.gatekeeper.sh"}

// judges reports whether a resource of the group and kind is one that judges.
func judges(groupKind string) bool {
	group, _, _ := strings.Cut(groupKind, "/")
	return slices.Contains(constraintGroups, group)
}

// readConstraints makes a rule of each constraint in the files. What is passed
// over, though it looks like Gatekeeper's, is said.
func readConstraints(files []policy.File, found *problems) ([]*rule, []policy.NotEvaluated) {
	if len(files) == 0 {
		return nil, nil
	}
	library, mistakes := gatekeeper.Load(files, gatekeeper.Options{Capabilities: capabilities(), Impure: impure})
	found.list = append(found.list, mistakes...)
	var passed []policy.NotEvaluated
	for _, document := range library.Foreign() {
		if document.Invalid {
			passed = append(passed, policy.NotEvaluated{What: document.Location.String(), Reason: "a suite holds the constraint to be invalid"})
		} else if strings.Contains(document.APIVersion, "gatekeeper.sh/") && document.Kind != "Suite" {
			passed = append(passed, policy.NotEvaluated{
				What:   document.Location.String(),
				Reason: fmt.Sprintf("%s of %s is neither a ConstraintTemplate nor a constraint", document.Kind, document.APIVersion),
			})
		}
	}
	for _, template := range library.Unused() {
		passed = append(passed, policy.NotEvaluated{
			What: template.Location.String(), Reason: fmt.Sprintf("no constraint is of template %s", template.Name),
		})
	}
	var rules []*rule
	for _, c := range library.Rules() {
		rules = append(rules, constraintRule(c))
	}
	return rules, passed
}

// addConstraints puts them among the other rules, in the order of the ids.
func addConstraints(rules, constraints []*rule, found *problems) []*rule {
	for _, c := range constraints {
		if at := slices.IndexFunc(rules, func(r *rule) bool { return r.ID == c.ID }); at >= 0 {
			found.add(c.Location, "rule id %q is already that of package %s at %s; give the constraint another name", c.ID, rules[at].Policy, rules[at].Location)
		}
	}
	rules = append(rules, constraints...)
	slices.SortStableFunc(rules, func(a, b *rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

func constraintRule(c *gatekeeper.Rule) *rule {
	r := &rule{Rule: c.Rule, dialect: constraints, constraint: c}
	r.Dialect = string(constraints)
	r.digest = pack.Digest("constraint", engineVersion, version.Version, r.ID, c.Digest())
	r.reads = reads{input: [][]any{{"resource"}}, clock: c.ReadsClock(), kinds: []string{}}
	bare, any, reads := c.ReadsInventory()
	r.reads.resources = reads || c.ReadsNamespaces()
	r.reads.bareKinds = bare
	if any {
		r.reads.kinds = nil
	}
	if c.ReadsNamespaces() {
		r.reads.bareKinds = append(r.reads.bareKinds, "Namespace")
	}
	r.inventory = r.reads.resources
	return r
}

// aboutKind reports whether the constraint may apply to resources of the group
// and kind. What an AdmissionReview is about shows only inside of it.
func (r *rule) aboutKind(groupKind string) bool {
	group, kind, _ := strings.Cut(groupKind, "/")
	if group == "core" {
		group = ""
	}
	return kind != "" && (group == "admission.k8s.io" || r.constraint.AboutKind(group, kind))
}

// point is where the answers of the session's constraints are to hold.
func (s *session) point() gatekeeper.Point {
	if s.c.Phase == policy.PhaseLive {
		return gatekeeper.Audit
	}
	return gatekeeper.ShiftLeft
}

// review prepares what constraints see of a subject; nil if there is nothing
// that they could be about.
func (w *worker) review(subject *policy.Subject, content *ast.Term, q *question) (*gatekeeper.Review, error) {
	if subject.Resource == nil {
		return nil, nil
	}
	request := gatekeeper.ReviewRequest{ObjectTerm: content}
	request.Object, _ = subject.Resource.Content.(map[string]any)
	if subject.Live != nil {
		request.Old, _ = subject.Live.Content.(map[string]any)
	}
	if subject.ID.Namespace != "" && slices.ContainsFunc(q.rules, func(r *rule) bool { return r.constraint.ReadsNamespaces() }) {
		var err error
		if request.Namespace, err = w.namespace(subject.ID.Namespace); err != nil {
			return nil, err
		}
	}
	review, err := gatekeeper.NewReview(request)
	if errors.Is(err, gatekeeper.ErrNotReviewable) {
		return nil, nil
	}
	return review, err
}

// namespace is a Namespace of the inventory, nil if it is not there.
func (w *worker) namespace(name string) (map[string]any, error) {
	path := append(slices.Clone(inventoryAt), "cluster", "v1", "Namespace", name)
	found, err := w.data.store.Read(w.ctx, w.data.txn, path)
	if storage.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	content, err := ast.JSON(found.(ast.Value))
	object, _ := content.(map[string]any)
	return object, err
}

// constrain asks the evaluation's constraint, if it is about the review.
func (w *worker) constrain(e *evaluation) error {
	if _, enforced := e.rule.constraint.Decision(w.point()); !enforced {
		return nil
	}
	applies, err := e.rule.constraint.Applies(e.review)
	if err != nil || !applies {
		return err
	}
	r, err := w.bounded(w.timeout(e.rule), func(ctx context.Context, limit *deadline) (r result) {
		r.violations, r.err = e.rule.constraint.Ask(ctx, gatekeeper.Query{
			Review: e.review, Point: w.point(), Store: w.data.store, Txn: w.data.txn, Now: w.c.Now, Cancel: limit,
		})
		return r
	})
	if err != nil {
		return err
	}
	for _, v := range r.violations {
		w.b.raws = append(w.b.raws, raw{rule: e.rule, at: e.at, target: e.target, decision: v.Decision, msg: v.Msg})
	}
	return nil
}

// plantInventory adds a resource to data.inventory, where Gatekeeper has it.
func (f *forest) plantInventory(l *leaf) {
	place := append(slices.Clone(inventoryAt), "cluster", l.id.APIVersion, l.id.Kind, l.id.Name)
	if l.id.Namespace != "" {
		place = append(slices.Clone(inventoryAt), "namespace", l.id.Namespace, l.id.APIVersion, l.id.Kind, l.id.Name)
	}
	f.set(l, place)
}
