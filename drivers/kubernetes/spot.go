package kubernetes

import (
	"cmp"
	"fmt"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// spot is an object's identity in the cluster.
type spot struct{ kind, namespace, name string }

// scopesOf are the scopes of kinds: those that the server tells, and of what it
// does not serve yet those that their definitions say, whichever target makes them;
// but not those of targets that may make none.
func (p *planner) scopesOf(others []settings) map[string]bool {
	scopes := map[string]bool{}
	define := func(resources []resource.Resource) {
		for i := range resources {
			if kind, ok := definedBy(&resources[i]); ok {
				scope, _ := resource.Lookup(resources[i].Content, resource.Path{"spec", "scope"})
				scopes[kind] = scope == "Cluster"
			}
		}
	}
	define(p.Observed.Live) // of what is to go, too
	for i, other := range p.Elsewhere {
		if others[i].within("") {
			define(other.Resources)
		}
	}
	if p.settings.within("") {
		define(p.Desired)
	}
	for key, at := range p.sight.places {
		scopes[key.GroupKind] = at.namespace == ""
	}
	return scopes
}

// lookElsewhere finds what other targets want that they may have. That one writes
// down what is not its own to write takes nothing from whose it is.
func (p *planner) lookElsewhere() error {
	others := make([]settings, len(p.Elsewhere))
	for i, other := range p.Elsewhere {
		var err error
		if others[i], err = readSettings(other.Settings); err != nil {
			return fmt.Errorf("target %s: %w", other.Target, err)
		}
	}
	p.scopes = p.scopesOf(others)
	for i, other := range p.Elsewhere {
		p.others[other.Target] = true
		for j := range other.Resources {
			res := &other.Resources[j]
			s, key := p.spotAt(res.ID, other.Place), res.ID.Key()
			if others[i].within(s.namespace) {
				p.elsewhere[s] = res
				delete(p.beyond, key)
			} else if twin := p.elsewhere[s]; twin == nil || twin.ID.Key() != key { // of another revision, whose settings let it
				p.beyond[key] = true
			}
		}
	}
	return nil
}

func (p *planner) spotOf(id resource.ID) spot { return p.spotAt(id, p.namespace) }

// spotAt is where an object is that leaves it to its target to be in namespace.
func (p *planner) spotAt(id resource.ID, namespace string) spot {
	s := spot{id.GroupKind(), cmp.Or(id.Namespace, namespace), id.Name}
	wide, known := p.scopes[s.kind]
	if wide || !known && isClusterWide(id) {
		s.namespace = ""
	}
	return s
}

// isOutside reports whether the settings keep the target from a resource.
func (p *planner) isOutside(id resource.ID) bool { return !p.settings.within(p.spotOf(id).namespace) }

// contested finds objects that are wanted twice: by this target under two
// names for one namespace, or by another target as well. What lies outside of the
// settings is refused by itself.
func (p *planner) contested() resource.Problems {
	var problems resource.Problems
	wanted := map[spot]*resource.Resource{}
	for i := range p.Desired {
		res := &p.Desired[i]
		s := p.spotOf(res.ID)
		if !p.settings.within(s.namespace) {
			continue
		}
		if first := wanted[s]; first != nil {
			problems = append(problems, resource.Problem{
				Msg:      fmt.Sprintf("%s is the same object as %s (%s): remove one of the two", res.ID, first.ID, first.Origin.Location()),
				Location: res.Origin.Location(), Other: first.Origin.Location(),
			})
		}
		wanted[s] = res
		if other := p.elsewhere[s]; other != nil {
			problems = append(problems, resource.Problem{
				Msg:      fmt.Sprintf("target %s wants %s as well (%s): remove one of the two", other.ID.Target, res.ID, other.Origin.Location()),
				Location: res.Origin.Location(), Other: other.Origin.Location(),
			})
		}
	}
	return problems
}
