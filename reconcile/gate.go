package reconcile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// GateInput is a plan and what policy says of it.
type GateInput struct {
	Changes   []resource.Change
	Findings  []policy.Finding // waivers applied
	Undecided []policy.Undecided
	// Needs are the edges along which a held change holds others.
	Needs   map[resource.Key][]resource.Key
	Atomic  bool
	OnBlock OnBlock
}

// Gate says which changes are held back, and why. What it does not name may
// pass. Deletes are held like other changes where the whole target is; what
// else limits them is Prune's part.
func Gate(in GateInput) map[resource.Key]string {
	held, whole := direct(in)
	if whole != "" {
		for _, change := range in.Changes {
			if _, known := held[change.ID.Key()]; !known && change.Action != resource.ActionNone {
				held[change.ID.Key()] = whole
			}
		}
		return held
	}
	spread(held, in.Changes, in.Needs)
	return held
}

// direct holds what findings are about, and tells whether one holds the whole target.
func direct(in GateInput) (held map[resource.Key]string, whole string) {
	changing := map[resource.Key]bool{}
	for _, change := range in.Changes {
		changing[change.ID.Key()] = change.Action != resource.ActionNone
	}
	held = map[resource.Key]string{}
	wide := in.Atomic || in.OnBlock == OnBlockTarget
	block := func(id *resource.ID, rule, reason string) {
		if id != nil && changing[id.Key()] {
			if _, known := held[id.Key()]; !known {
				held[id.Key()] = reason
			}
		}
		switch {
		case whole != "":
		case id == nil:
			whole = fmt.Sprintf("rule %s holds the whole target", rule)
		case wide:
			whole = fmt.Sprintf("rule %s blocks %s, and nothing of this target is applied without it", rule, id)
		}
	}
	for _, finding := range in.Findings {
		if finding.Blocks() {
			block(finding.Resource, finding.Rule, "rule "+finding.Rule)
		}
	}
	for _, undecided := range in.Undecided {
		if undecided.Blocks {
			block(undecided.Resource, undecided.Rule, "rule "+undecided.Rule+" is undecided until it is applied")
		}
	}
	return held, whole
}

// spread holds what depends on something held, until nothing more is.
func spread(held map[resource.Key]string, changes []resource.Change, needs map[resource.Key][]resource.Key) {
	names := map[resource.Key]resource.ID{}
	for _, change := range changes {
		if change.Action != resource.ActionNone && change.Action != resource.ActionDelete {
			names[change.ID.Key()] = change.ID
		}
	}
	for again := true; again; {
		again = false
		for _, change := range changes { // in order, so that the reasons are the same each time
			key := change.ID.Key()
			_, done := held[key]
			if _, pending := names[key]; done || !pending {
				continue
			}
			for _, need := range needs[key] {
				if _, isHeld := held[need]; isHeld {
					held[key] = fmt.Sprintf("depends on %s, which is held back", names[need])
					again = true
					break
				}
			}
		}
	}
}

// Needs joins the driver's edges with those that resources declare with the
// annotation holdfast.dev/depends-on. A reference that no resource answers to
// is a problem, with the place of its resource.
func Needs(resources []resource.Resource, driver map[resource.Key][]resource.Key) (map[resource.Key][]resource.Key, resource.Problems) {
	needs := maps.Clone(driver)
	if needs == nil {
		needs = map[resource.Key][]resource.Key{}
	}
	var problems resource.Problems
	for i := range resources {
		res := &resources[i]
		value, ok := res.Annotation(resource.AnnotationDependsOn)
		if !ok {
			continue
		}
		keys, err := references(value, resources)
		if err != nil {
			problems = append(problems, resource.Problem{
				Msg:      fmt.Sprintf("%s: annotation %s: %v", res.ID, resource.AnnotationDependsOn, err),
				Location: resource.Location{File: res.Origin.File, Line: res.Origin.Line, Column: res.Origin.Column},
			})
			continue
		}
		needs[res.ID.Key()] = slices.Concat(needs[res.ID.Key()], keys)
	}
	return needs, problems
}

// cycleAmong is what is wrong where resources need each other in a circle, nil
// where none do.
func cycleAmong(resources []resource.Resource, needs map[resource.Key][]resource.Key) *resource.Problem {
	keys := make([]resource.Key, len(resources))
	byKey := make(map[resource.Key]*resource.Resource, len(resources))
	for i := range resources {
		keys[i] = resources[i].ID.Key()
		byKey[keys[i]] = &resources[i]
	}
	if len(byKey) < len(keys) {
		return nil // identities that appear twice are a problem of their own
	}
	circle := (*Cycle[resource.Key])(nil)
	if _, err := Order(keys, needs); !errors.As(err, &circle) {
		return nil
	}
	names := make([]string, len(circle.Members))
	for i, key := range circle.Members {
		names[i] = byKey[key].ID.String()
	}
	first := byKey[circle.Members[0]]
	return &resource.Problem{
		Msg:      "dependency cycle: " + strings.Join(names, " → "),
		Location: resource.Location{File: first.Origin.File, Line: first.Origin.Line, Column: first.Origin.Column},
	}
}
