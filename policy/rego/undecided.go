package rego

import (
	"slices"
	"sync"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// unknowns is what of a case's resources is known only after apply. What a rule
// can meet of it is found once: there may be as much as there are resources,
// and a rule is asked about each.
type unknowns struct {
	paths map[string][]resource.Path // by group and kind
	met   sync.Map                   // of *rule to []resource.Path
}

// add takes in a resource, nil for none.
func (u *unknowns) add(r *resource.Resource) {
	if r == nil || len(r.Unknown) == 0 {
		return
	}
	if u.paths == nil {
		u.paths = map[string][]resource.Path{}
	}
	kind := r.ID.GroupKind()
	u.paths[kind] = append(u.paths[kind], r.Unknown...)
}

// metBy are the paths that the rule's code can read of any resource, each once.
func (u *unknowns) metBy(r *rule) []resource.Path {
	if len(u.paths) == 0 {
		return nil
	}
	if known, ok := u.met.Load(r); ok {
		return known.([]resource.Path)
	}
	var paths []resource.Path
	for kind, unknown := range u.paths {
		if r.reads.readsKind(kind) {
			paths = append(paths, unknown...)
		}
	}
	known, _ := u.met.LoadOrStore(r, inOrder(paths))
	return known.([]resource.Path)
}

func inOrder(paths []resource.Path) []resource.Path {
	slices.SortFunc(paths, resource.Path.Compare)
	return slices.CompactFunc(paths, resource.Path.Equal)
}

// mayWaitFor are the unknown paths that the rule's code can read when it judges
// the subject, nil for a scope wider than one resource. It is too much rather
// than too little: which of them an evaluation does read, probes tell.
func mayWaitFor(r *rule, subject *policy.Subject, everywhere *unknowns) []resource.Path {
	var own []resource.Path
	if subject != nil {
		for _, read := range r.reads.input {
			if r.dialect == conftest {
				read = append([]any{"resource"}, read...)
			}
			if subject.Resource != nil {
				own = append(own, readUnknown(read, "resource", subject.Resource.Unknown)...)
			}
			if subject.Live != nil {
				own = append(own, readUnknown(read, "live", subject.Live.Unknown)...)
			}
		}
	}
	others := everywhere.metBy(r)
	if len(own) == 0 {
		return others
	}
	return inOrder(append(own, others...))
}

// readUnknown are the unknown paths below input[key] that a read of input can
// meet. The diff of a change holds what the resource holds, so reading it
// counts as reading all of it.
func readUnknown(read []any, key string, unknown []resource.Path) []resource.Path {
	if overlap(read, []any{"change", "diff"}) {
		return unknown
	}
	if !overlap(read, []any{key}) {
		return nil
	}
	var paths []resource.Path
	for _, path := range unknown {
		if overlap(read, append([]any{key}, path...)) {
			paths = append(paths, path)
		}
	}
	return paths
}
