package kubernetes

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// adopted is the answer to a dry run as it would be once the fields of
// predecessors are holdfast's own: without those that are no longer asked for,
// but with the server's defaults for them. The server cannot take over and
// apply in one dry run, so it is asked for the sum of both.
func (p *planner) adopted(ctx context.Context, o *outcome, out *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if o.merge {
		return out, nil
	}
	left, err := p.leftBehind(o.live, out)
	if err != nil || left.taken.Empty() {
		return out, err
	}
	content, _ := left.remains(out.Object)
	rest := &unstructured.Unstructured{Object: content.(map[string]any)}
	if same(rest, out) {
		return out, nil
	}
	return p.cluster.patch(ctx, o.at, difference(o.live, rest), true)
}

// estate is what an object has from predecessors, and what of it others have
// as well, or the target asks for.
type estate struct{ taken, kept *fieldpath.Set }

// leftBehind tells them apart, once out is applied to obj.
func (d *Driver) leftBehind(obj, out *unstructured.Unstructured) (estate, error) {
	e := estate{fieldpath.NewSet(), fieldpath.NewSet()}
	alone := d.ignore.Paths(obj)
	for _, entry := range obj.GetManagedFields() {
		set, err := managed(&entry)
		switch {
		case err != nil:
			return e, err
		case isOurs(&entry):
		case d.isTaken(&entry):
			left := within(obj, set, alone)
			e.taken, e.kept = e.taken.Union(set.Difference(left)), e.kept.Union(left)
		default:
			e.kept = e.kept.Union(set)
		}
	}
	for _, entry := range out.GetManagedFields() {
		if !isOurs(&entry) {
			continue
		}
		set, err := managed(&entry)
		if err != nil {
			return e, err
		}
		e.kept = e.kept.Union(set)
	}
	return e, nil
}

func isOurs(entry *metav1.ManagedFieldsEntry) bool {
	return entry.Manager == live.Manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == ""
}

// managed are the fields of an entry.
func managed(entry *metav1.ManagedFieldsEntry) (*fieldpath.Set, error) {
	set := fieldpath.NewSet()
	if entry.FieldsV1 == nil {
		return set, nil
	}
	if err := set.FromJSON(entry.FieldsV1.GetRawReader()); err != nil {
		return set, fmt.Errorf("read which fields %s manages: %w", entry.Manager, err)
	}
	return set, nil
}

// within are the fields of a set that are at or below one of the paths; those
// that hold one of them only if they are managed whole.
func within(obj *unstructured.Unstructured, set *fieldpath.Set, paths []resource.Path) *fieldpath.Set {
	some := fieldpath.NewSet()
	if len(paths) == 0 {
		return some
	}
	whole := set.Leaves()
	for field := range set.All() {
		at, ok := live.Locate(obj.Object, field)
		if ok && slices.ContainsFunc(paths, func(path resource.Path) bool {
			return at.HasPrefix(path) || path.HasPrefix(at) && whole.Has(field)
		}) {
			some.Insert(field.Copy())
		}
	}
	return some
}

// remains is what of a value the server leaves when its fields are no longer
// asked for, as it does in an apply: what was taken and nobody keeps goes with
// all that it holds, defaults and an item's keys too. It is false for nothing.
func (e estate) remains(node any) (any, bool) {
	switch node := node.(type) {
	case map[string]any:
		rest := map[string]any{}
		for key, child := range node {
			element := fieldpath.FieldNameElement(key)
			if has(e.taken, element) && !has(e.kept, element) {
				continue
			}
			if child, ok := e.under(element).remains(child); ok {
				rest[key] = child
			}
		}
		return rest, len(rest) > 0 || len(node) == 0
	case []any:
		rest := make([]any, 0, len(node))
		for _, item := range node {
			element, ok := elementOf(e.taken, item)
			if !ok {
				rest = append(rest, item)
				continue
			}
			if e.taken.Members.Has(element) && !e.kept.Members.Has(element) {
				continue
			}
			if item, ok := e.under(element).remains(item); ok {
				rest = append(rest, item)
			}
		}
		return rest, len(rest) > 0 || len(node) == 0
	}
	return node, true
}

// under is the estate below a field or an item.
func (e estate) under(element fieldpath.PathElement) estate {
	return estate{e.taken.WithPrefix(element), e.kept.WithPrefix(element)}
}

// has reports whether a field is in the set, or something below it: the record
// of who manages what names no object that a kind always has.
func has(set *fieldpath.Set, element fieldpath.PathElement) bool {
	return set.Members.Has(element) || !set.WithPrefix(element).Empty()
}

// elementOf is what an item of a list is known by in the set.
func elementOf(set *fieldpath.Set, item any) (fieldpath.PathElement, bool) {
	for element := range set.Members.All() {
		if live.IsKnownBy(item, element) {
			return element, true
		}
	}
	for element := range set.Children.All() {
		if live.IsKnownBy(item, element) {
			return element, true
		}
	}
	return fieldpath.PathElement{}, false
}

// difference is the patch that leads from one object to the other, field by
// field of the topmost, and of the metadata.
func difference(from, to *unstructured.Unstructured) []operation {
	var operations []operation
	compare := func(prefix string, a, b map[string]any, skip []string) {
		keys := map[string]any{}
		maps.Copy(keys, a)
		maps.Copy(keys, b)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			path := prefix + "/" + strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
			wanted, isWanted := b[key]
			switch {
			case slices.Contains(skip, key) || reflect.DeepEqual(a[key], wanted):
			case isWanted:
				operations = append(operations, operation{Op: "add", Path: path, Value: wanted})
			default:
				operations = append(operations, operation{Op: "remove", Path: path})
			}
		}
	}
	compare("", from.Object, to.Object, []string{"metadata", "status"})
	metadata := func(obj *unstructured.Unstructured) map[string]any {
		fields, _ := obj.Object["metadata"].(map[string]any)
		return fields
	}
	compare("/metadata", metadata(from), metadata(to), given)
	return operations
}
