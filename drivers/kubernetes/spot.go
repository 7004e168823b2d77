package kubernetes

import (
	"cmp"
	"fmt"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// spot is an object's identity in the cluster.
type spot struct{ kind, namespace, name string }

// scopesOf are the scopes of kinds: those that the server tells, and of what it
// does not serve yet those that their definitions say, whichever target makes them.
func (p *planner) scopesOf() map[string]bool {
	scopes := map[string]bool{}
	define := func(resources []resource.Resource) {
		for i := range resources {
			if kind, ok := definedBy(&resources[i]); ok {
				scope, _ := resource.Lookup(resources[i].Content, resource.Path{"spec", "scope"})
				scopes[kind] = scope == "Cluster"
			}
		}
	}
	for _, other := range p.Elsewhere {
		define(other.Resources)
	}
	define(p.Desired)
	for key, at := range p.sight.places {
		scopes[key.GroupKind] = at.namespace == ""
	}
	return scopes
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
// names for one namespace, or by another target as well.
func (p *planner) contested() resource.Problems {
	var problems resource.Problems
	wanted := map[spot]*resource.Resource{}
	for i := range p.Desired {
		res := &p.Desired[i]
		s := p.spotOf(res.ID)
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
