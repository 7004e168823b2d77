package rego

import (
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// unknowns is what of a case is known only after apply.
type unknowns struct {
	id    resource.ID
	live  bool // of what is live
	paths []resource.Path
}

// appendGaps adds what of a resource, nil for none, is known only after apply.
func appendGaps(list []unknowns, r *resource.Resource) []unknowns {
	if r == nil || len(r.Unknown) == 0 {
		return list
	}
	return append(list, unknowns{id: r.ID, paths: r.Unknown})
}

// waitsFor are the unknown paths that the rule may read when it judges the
// subject, nil for a scope wider than one resource. Where there are any, its
// answer means nothing yet: a rule that does not fire might, and one that
// fires might not.
func waitsFor(r *rule, subject *policy.Subject, everywhere []unknowns) []resource.Path {
	paths := waitsForOwn(r, subject)
	for i := range everywhere {
		paths = append(paths, everywhere[i].readBy(r)...)
	}
	return distinct(paths)
}

// waitsForOwn are those of the subject itself.
func waitsForOwn(r *rule, subject *policy.Subject) []resource.Path {
	if subject == nil {
		return nil
	}
	var paths []resource.Path
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
	return slices.DeleteFunc(distinct(paths), func(p resource.Path) bool { return !r.reads.mayName(p) })
}

// readBy are the paths that the rule may read where it looks at resources.
func (u *unknowns) readBy(r *rule) []resource.Path {
	groupKind := u.id.GroupKind()
	if !r.reads.readsKind(groupKind) || !r.dialect.asks(groupKind) || strings.HasPrefix(groupKind, terraformGroup) && !r.aboutTerraform() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(u.paths), func(p resource.Path) bool { return !r.reads.mayName(p) })
}

// aboutTerraform reports whether a rule has to do with Terraform's resources,
// by its kinds or by what its code says. One that goes through all kinds of a
// target, and is about Kubernetes' alone, does not take these for its own.
func (r *rule) aboutTerraform() bool {
	if len(r.Kinds) == 0 {
		return true
	}
	for _, kind := range r.Kinds {
		if strings.HasPrefix(kind, terraformGroup) || strings.HasPrefix(kind, "*/") {
			return true
		}
	}
	for key := range r.reads.keys {
		if strings.Contains(key, "terraform") {
			return true
		}
	}
	return false
}

// readFrom is readBy as far as an evaluation, whose store noted what it read,
// came upon the resource.
func (u *unknowns) readFrom(r *rule, seen map[string]struct{}) []resource.Path {
	at := slices.Concat(resourcesAt, []string{u.id.Target, u.id.GroupKind(), u.id.Namespace, u.id.Name})
	for n := range at {
		if _, read := seen[strings.Join(at[:n+1], pathSeparator)]; read {
			return u.readBy(r)
		}
	}
	return nil
}

func distinct(paths []resource.Path) []resource.Path {
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
