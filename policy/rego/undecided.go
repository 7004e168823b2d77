package rego

import (
	"slices"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// unknowns is what of a case is known only after apply.
type unknowns struct {
	groupKind string
	paths     []resource.Path
}

// appendGaps adds what of a resource, nil for none, is known only after apply.
func appendGaps(list []unknowns, r *resource.Resource) []unknowns {
	if r == nil || len(r.Unknown) == 0 {
		return list
	}
	return append(list, unknowns{r.ID.GroupKind(), r.Unknown})
}

// mayWaitFor are the unknown paths that the rule's code can read when it judges
// the subject, nil for a scope wider than one resource. It is too much rather
// than too little: which of them an evaluation does read, probes tell.
func mayWaitFor(r *rule, subject *policy.Subject, everywhere []unknowns) []resource.Path {
	var paths []resource.Path
	if subject != nil {
		for _, read := range r.reads.input {
			if r.dialect == conftest {
				read = append([]any{"resource"}, read...)
			}
			if subject.Resource != nil {
				paths = append(paths, readUnknown(read, "resource", subject.Resource.Unknown)...)
			}
			if subject.Live != nil {
				paths = append(paths, readUnknown(read, "live", subject.Live.Unknown)...)
			}
		}
	}
	for _, u := range everywhere {
		if r.reads.readsKind(u.groupKind) {
			paths = append(paths, u.paths...)
		}
	}
	slices.SortFunc(paths, resource.Path.Compare)
	return slices.CompactFunc(paths, resource.Path.Equal)
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
