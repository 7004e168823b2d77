package gatekeeper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/holdfast-dev/holdfast/policy"
)

// Point is where a constraint is enforced. A constraint whose action is scoped
// has an action for some points only.
type Point string

// The points that holdfast has; Gatekeeper's documentation of enforcement
// points calls the first "shift-left". A check, before merge or before apply,
// is what gator does, and a look at live objects is what Gatekeeper's audit
// does. The points of admission (validation.gatekeeper.sh, vap.k8s.io) are the
// cluster's own, which obeys them itself.
const (
	ShiftLeft Point = "gator.gatekeeper.sh"
	Audit     Point = "audit.gatekeeper.sh"
)

var (
	actions = []string{"deny", "dryrun", "warn"}
	points  = []string{"*", string(ShiftLeft), string(Audit), "validation.gatekeeper.sh", "vap.k8s.io"}
)

// Annotations, on a constraint or on its template, that holdfast obeys.
const (
	annotationCategory    = "holdfast.dev/category"
	annotationSeverity    = "holdfast.dev/severity"
	annotationControls    = "holdfast.dev/controls" // comma-separated
	annotationRemediation = "holdfast.dev/remediation"
)

// Rule is a Constraint with its template. It is safe for concurrent use.
type Rule struct {
	policy.Rule
	template   *template
	match      *matcher // nil: all objects
	decisions  map[Point]policy.Decision
	parameters *ast.Term
	content    *unstructured.Unstructured // with its defaults
	digest     string
}

// constraintSpec is the part of a constraint that is read here.
type constraintSpec struct {
	Match                    *matchSpec     `json:"match"`
	EnforcementAction        string         `json:"enforcementAction"`
	ScopedEnforcementActions []scopedAction `json:"scopedEnforcementActions"`
}

type scopedAction struct {
	Action            string `json:"action"`
	EnforcementPoints []struct {
		Name string `json:"name"`
	} `json:"enforcementPoints"`
}

// constraint makes a rule of a document, or is nil if it is mistaken.
func (l *loader) constraint(d *document, t *template) (rule *Rule) {
	defer func() {
		if fault := recover(); fault != nil {
			rule = nil
			l.found.add(d.at(), "the constraint cannot be read: %v", fault)
		}
	}()
	before := len(l.found.list)
	if mistakes := validation.IsDNS1123Subdomain(d.name()); len(mistakes) > 0 {
		l.found.add(d.at("metadata", "name"), "%q cannot be the name of a constraint: %s", d.name(), mistakes[0])
	}
	if version := d.version(); version != "v1beta1" && version != "v1alpha1" {
		l.found.add(d.at("apiVersion"), "a constraint has the version v1beta1 or v1alpha1, not %q", version)
	}
	content, ok := t.schema.constraint(d, l.found)
	if !ok || len(l.found.list) > before {
		return nil
	}
	var spec constraintSpec
	if specContent, ok := lookup(content, "spec"); ok && !decode(d, specContent, &spec, l.found, "spec") {
		return nil
	}
	r := &Rule{template: t, content: &unstructured.Unstructured{Object: content}}
	r.decisions = decisionsOf(d, spec, l.found)
	r.match = matchOf(d, spec.Match, l.found)
	r.describe(d, spec.Match, l.found)
	if len(l.found.list) > before {
		return nil
	}
	parameters, _ := lookup(content, "spec", "parameters")
	if parameters == nil {
		parameters = map[string]any{}
	}
	r.Params, _ = parameters.(map[string]any)
	value, err := ast.InterfaceToValue(parameters)
	if err != nil {
		l.found.add(d.at("spec", "parameters"), "the parameters: %s", err)
		return nil
	}
	r.parameters = ast.NewTerm(value)
	r.digest = r.computeDigest(content)
	return r
}

// decisionsOf is what the constraint's actions come to at each point. Of
// several actions at a point the strictest counts. dryrun, like warn, reports
// and holds nothing back.
func decisionsOf(d *document, spec constraintSpec, found *problems) map[Point]policy.Decision {
	decisions := map[Point]policy.Decision{}
	decide := func(p Point, action string) {
		if action == "deny" {
			decisions[p] = policy.Deny
		} else if decisions[p] == "" {
			decisions[p] = policy.Warn
		}
	}
	switch action := spec.EnforcementAction; {
	case action == "" || slices.Contains(actions, action):
		if action == "" {
			action = "deny"
		}
		decide(ShiftLeft, action)
		decide(Audit, action)
		return decisions
	case action != "scoped":
		found.add(d.at("spec", "enforcementAction"), "the enforcementAction is %q; there are %s, scoped", action, strings.Join(actions, ", "))
		return nil
	}
	if len(spec.ScopedEnforcementActions) == 0 {
		found.add(d.at("spec", "enforcementAction"), "an enforcementAction that is scoped needs spec.scopedEnforcementActions")
	}
	for i, scoped := range spec.ScopedEnforcementActions {
		at := []any{"spec", "scopedEnforcementActions", i}
		if !slices.Contains(actions, scoped.Action) {
			found.add(d.at(append(at, "action")...), "the action is %q; there are %s", scoped.Action, strings.Join(actions, ", "))
		}
		if len(scoped.EnforcementPoints) == 0 {
			found.add(d.at(at...), "the action %s has no enforcementPoints", scoped.Action)
		}
		for j, point := range scoped.EnforcementPoints {
			if !slices.Contains(points, point.Name) {
				found.add(d.at(append(at, "enforcementPoints", j)...), "the enforcement point is %q; there are %s", point.Name, strings.Join(points, ", "))
			}
			for _, p := range []Point{ShiftLeft, Audit} {
				if point.Name == "*" || point.Name == string(p) {
					decide(p, scoped.Action)
				}
			}
		}
	}
	return decisions
}

func matchOf(d *document, spec *matchSpec, found *problems) *matcher {
	if spec == nil {
		return nil
	}
	before := len(found.list)
	for name, selector := range map[string]*metav1.LabelSelector{"labelSelector": spec.LabelSelector, "namespaceSelector": spec.NamespaceSelector} {
		for _, mistake := range metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, field.NewPath("spec", "match", name)) {
			found.add(d.at(d.steps(mistake.Field)...), "%s: %s", mistake.Field, mistake.ErrorBody())
		}
	}
	if len(found.list) > before {
		return nil
	}
	m, err := newMatcher(*spec)
	if err != nil {
		found.add(d.at("spec", "match"), "%s", err)
	}
	return m
}

// describe fills in what the port knows of the rule.
func (r *Rule) describe(d *document, match *matchSpec, found *problems) {
	t := r.template.doc
	either := func(name string) (string, *document) {
		if value := d.annotation(name); value != "" {
			return value, d
		}
		return t.annotation(name), t
	}
	r.Rule = policy.Rule{
		ID: d.kind() + "/" + d.name(), Policy: r.template.name, Title: r.template.kind + " " + d.name(), Category: "custom", Severity: policy.Medium,
		Scope: policy.ScopeResource, Location: d.at("metadata", "name"),
	}
	if title := t.annotation("metadata.gatekeeper.sh/title"); title != "" {
		r.Title = title
	}
	r.Description, _ = either("description")
	r.Remediation, _ = either(annotationRemediation)
	if category, _ := either(annotationCategory); category != "" {
		r.Category = category
	}
	if severity, from := either(annotationSeverity); severity != "" {
		r.Severity = policy.Severity(severity)
		if r.Severity.Rank() == 0 {
			found.add(from.at("metadata", "annotations", annotationSeverity), "the severity is %q; there are low, medium, high, critical", severity)
		}
	}
	if controls, _ := either(annotationControls); controls != "" {
		for control := range strings.SplitSeq(controls, ",") {
			r.Controls = append(r.Controls, strings.TrimSpace(control))
		}
	}
	for _, decision := range []policy.Decision{policy.Deny, policy.Warn} {
		if r.decisions[ShiftLeft] == decision || r.decisions[Audit] == decision {
			r.Decisions = append(r.Decisions, decision)
		}
	}
	r.Kinds = groupKinds(match)
}

// groupKinds are the kinds that a match names, as "apps/Deployment" and
// "core/Pod", or nil if it takes in kinds that cannot be listed.
func groupKinds(match *matchSpec) []string {
	if match == nil {
		return nil
	}
	open := func(set []string) bool { return len(set) == 0 || slices.Contains(set, "*") }
	var kinds []string
	for _, k := range match.Kinds {
		if open(k.APIGroups) || open(k.Kinds) {
			return nil
		}
		for _, group := range k.APIGroups {
			if group == "" {
				group = "core"
			}
			for _, kind := range k.Kinds {
				kinds = append(kinds, group+"/"+kind)
			}
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// computeDigest covers what the rule's answer depends on besides the review,
// the inventory and the clock.
func (r *Rule) computeDigest(content map[string]any) string {
	spec, _ := lookup(content, "spec")
	raw, err := json.Marshal(map[string]any{
		"version": dialectVersion, "id": r.ID, "spec": spec, "template": r.template.source(),
	})
	if err != nil { // what was read from JSON can be written as JSON
		raw = fmt.Append(nil, dialectVersion, r.ID, spec, r.template.source())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Digest is a hexadecimal SHA-256 over the template's code with its libs, the
// parameters, the match and the actions: all that an answer depends on besides
// the review, the inventory, the namespaces and the clock.
func (r *Rule) Digest() string { return r.digest }

// Decision is what a violation means at the point, and false if the
// constraint's scoped actions have nothing for it, so that it is not enforced
// there.
func (r *Rule) Decision(at Point) (policy.Decision, bool) {
	decision, enforced := r.decisions[at]
	return decision, enforced
}

// ReadsInventory reports whether the rule may look at data.inventory and, if
// so, at objects of which kinds: any, or else those named, whatever their
// group. It is found without running anything, so it is too much rather than
// too little.
func (r *Rule) ReadsInventory() (kinds []string, any, reads bool) {
	if r.template.rego == nil {
		return nil, false, false
	}
	found := r.template.rego.reads
	return found.kinds, found.anyKind, found.inventory
}

// ReadsClock reports whether the rule may ask for the time.
func (r *Rule) ReadsClock() bool { return r.template.rego != nil && r.template.rego.reads.clock }

// ReadsNamespaces reports whether the rule may look at the Namespace that an
// object is in.
func (r *Rule) ReadsNamespaces() bool {
	if r.match != nil && r.match.namespaceLabels != nil {
		return true
	}
	if r.template.rego != nil {
		return r.template.rego.reads.namespace
	}
	return r.template.cel.readsNamespace
}

// AboutKind reports whether the constraint may apply to objects of the kind.
// group is "" for the core group.
func (r *Rule) AboutKind(group, kind string) bool {
	return r.match == nil || r.match.kind(group, kind)
}

// Applies reports whether the constraint's match takes in the object under
// review or the one that it takes the place of. It is an error if that cannot
// be told, because the match asks for the labels of a Namespace that is not known.
func (r *Rule) Applies(review *Review) (bool, error) {
	if r.match == nil {
		return true, nil
	}
	for _, o := range review.matched {
		if matches, err := r.match.matches(&o, review.matchedNamespace); matches || err != nil {
			return matches, err
		}
	}
	return false, nil
}
