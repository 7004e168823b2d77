package rego

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// surroundings are what sessions make of a policy.Context: they are made once,
// however many sessions look at it, or else a pass over many targets would cost
// the square of them. Digests stay for as long as the Context does; terms and
// what is made of them until Release.
type surroundings struct {
	targets  map[string]*surrounding
	redactor *resource.Redactor // nil if nothing is sensitive
	unknown  []*resource.Resource
	topics   func() topics
}

// surrounding is the resources of one target. Its tree is part of many forests,
// and so is never planted in.
type surrounding struct {
	resources []*standing
	tree      func() *branch // what rules find below the target's name, nil for nothing
}

// standing is a resource that stays as it is, with its content as Rego sees it
// once that was asked for.
type standing struct {
	leaf
	mu   sync.Mutex
	term *ast.Term
}

func newStanding(res *resource.Resource, secret []byte) *standing {
	s := &standing{}
	s.leaf = leaf{
		id:      res.ID,
		unknown: res.Unknown,
		digest:  sync.OnceValues(func() (string, error) { return digestUnder(secret, res) }),
		content: func() (*ast.Term, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.term == nil {
				s.term = toTerm(res.Content)
			}
			return s.term, nil
		},
	}
	return s
}

func (s *standing) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.term = nil
}

// surroundingsKey is the key of a Context under which they are kept: digests are
// those of one memory, and where there is none nobody asks for them.
type surroundingsKey struct{ secret string }

func surroundingsOf(c *policy.Context, kept policy.Memory) *surroundings {
	if c == nil {
		return newSurroundings(nil, nil)
	}
	var secret []byte
	if kept != nil {
		secret = kept.Secret()
	}
	made := c.Kept(surroundingsKey{string(secret)}, func(all []resource.Resource) any { return newSurroundings(all, secret) })
	return made.(*surroundings)
}

func newSurroundings(all []resource.Resource, secret []byte) *surroundings {
	s := &surroundings{targets: map[string]*surrounding{}}
	for i := range all {
		res := &all[i]
		if len(res.Sensitive) > 0 {
			if s.redactor == nil {
				s.redactor = &resource.Redactor{}
			}
			s.redactor.Add(res)
		}
		if len(res.Unknown) > 0 {
			s.unknown = append(s.unknown, res)
		}
		of := s.targets[res.ID.Target]
		if of == nil {
			of = &surrounding{}
			of.tree = sync.OnceValue(of.plant)
			s.targets[res.ID.Target] = of
		}
		of.resources = append(of.resources, newStanding(res, secret))
	}
	s.topics = sync.OnceValue(func() topics {
		index := topics{}
		for i := range all {
			index.add(all[i].ID, &all[i])
		}
		return index
	})
	return s
}

// Release lets go of the terms. A session that is still at work makes those that
// it reads once more.
func (s *surroundings) Release() {
	for _, of := range s.targets {
		if tree := of.tree(); tree != nil {
			tree.release()
		}
		for _, r := range of.resources {
			r.release()
		}
	}
}

func (s *surrounding) plant() *branch {
	f := newForest()
	for _, r := range s.resources {
		f.put(&r.leaf, nil)
	}
	for _, tree := range f.root.children { // there is but the one target
		return tree
	}
	return nil
}

// plantContext adds the case's Context to the forest, but for the resources that
// are shadowed. Below a target that subjects have too each is planted by itself.
func (s *session) plantContext(f *forest, shadowed map[resource.Key]bool, put func(*leaf)) {
	beside := map[string]bool{}
	for key := range shadowed {
		beside[key.Target] = true
	}
	inventory, left := s.readsInventory(), s.c.Context.Left()
	for name, of := range s.around.targets {
		switch {
		case name != "" && name == left:
		case beside[name]:
			for _, r := range of.resources {
				if !shadowed[r.id.Key()] {
					put(&r.leaf)
				}
			}
		default:
			f.graft(of.tree(), resourcesAt, name)
			if inventory {
				for _, r := range of.resources {
					f.plantInventory(&r.leaf)
				}
			}
		}
	}
}
