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
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// adopted is the answer to a dry run as it would be once the fields of
// predecessors are holdfast's own: without those that are no longer asked for,
// but with the server's defaults for them. The server cannot take over and
// apply in one dry run, so it is asked for the sum of both.
func (p *planner) adopted(ctx context.Context, o *outcome, out *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	left, err := p.leftBehind(o.live, out)
	if err != nil || left.taken.Empty() {
		return out, err
	}
	rest := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(out.Object)}
	others := p.ignore.Paths(o.live)
	for _, field := range left.fields() {
		left.prune(rest.Object, field, others)
	}
	if same(rest, out) {
		return out, nil
	}
	return p.cluster.patch(ctx, o.at, difference(o.live, rest), true)
}

// estate is what an object has from predecessors, and what of it others have
// as well, or the target asks for.
type estate struct{ taken, kept *fieldpath.Set }

// leftBehind tells them apart, once out is applied to obj.
func (d *Driver) leftBehind(obj, out *unstructured.Unstructured) (e estate, err error) {
	e = estate{fieldpath.NewSet(), fieldpath.NewSet()}
	isOurs := func(entry *metav1.ManagedFieldsEntry) bool {
		return entry.Manager == live.Manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == ""
	}
	for _, entry := range obj.GetManagedFields() {
		switch {
		case isOurs(&entry):
		case d.isTaken(&entry):
			e.taken, err = with(e.taken, &entry)
		default:
			e.kept, err = with(e.kept, &entry)
		}
		if err != nil {
			return e, err
		}
	}
	for _, entry := range out.GetManagedFields() {
		if isOurs(&entry) {
			e.kept, err = with(e.kept, &entry)
		}
	}
	return e, err
}

func with(set *fieldpath.Set, entry *metav1.ManagedFieldsEntry) (*fieldpath.Set, error) {
	if entry.FieldsV1 == nil {
		return set, nil
	}
	var more fieldpath.Set
	if err := more.FromJSON(entry.FieldsV1.GetRawReader()); err != nil {
		return set, fmt.Errorf("read which fields %s manages: %w", entry.Manager, err)
	}
	return set.Union(&more), nil
}

// fields are those that nobody keeps, the deepest first.
func (e estate) fields() []fieldpath.Path {
	var paths []fieldpath.Path
	for path := range e.taken.Difference(e.kept).All() {
		paths = append(paths, path.Copy())
	}
	slices.SortStableFunc(paths, func(a, b fieldpath.Path) int { return len(b) - len(a) })
	return paths
}

// prune takes a field away, an item of a list with all that it holds; but not
// what holds something that stays, nor what is to be left to others.
func (e estate) prune(content map[string]any, field fieldpath.Path, others []resource.Path) {
	path := resource.Path{}
	var node, parent any = content, nil
	for _, element := range field {
		step, ok := stepTo(node, element)
		if !ok {
			return
		}
		parent = node
		path = append(path, step)
		node, _ = resource.Lookup(node, resource.Path{step})
	}
	if len(path) == 0 || below(e.kept, field) || slices.ContainsFunc(others, path.Overlaps) {
		return
	}
	switch last := path[len(path)-1].(type) {
	case string:
		if fields, ok := node.(map[string]any); ok && len(fields) > 0 && below(e.taken, field) {
			return
		}
		delete(parent.(map[string]any), last)
	case int:
		shorten(content, path)
	}
}

// below reports whether something under a field is in the set.
func below(set *fieldpath.Set, field fieldpath.Path) bool {
	for _, element := range field {
		child, ok := set.Children.Get(element)
		if !ok {
			return false
		}
		set = child
	}
	return !set.Empty()
}

// shorten takes an item out of a list.
func shorten(content map[string]any, path resource.Path) {
	above, index := path[:len(path)-1], path[len(path)-1].(int)
	list, _ := resource.Lookup(content, above)
	holder, _ := resource.Lookup(content, above[:len(above)-1])
	items := slices.Delete(slices.Clone(list.([]any)), index, index+1)
	switch holder := holder.(type) {
	case map[string]any:
		holder[above[len(above)-1].(string)] = items
	case []any:
		holder[above[len(above)-1].(int)] = items
	}
}

// stepTo is the key or the index of an element of a managed field in node.
func stepTo(node any, element fieldpath.PathElement) (any, bool) {
	if element.FieldName != nil {
		fields, ok := node.(map[string]any)
		_, there := fields[*element.FieldName]
		return *element.FieldName, ok && there
	}
	items, _ := node.([]any)
	for i, item := range items {
		switch {
		case element.Index != nil && *element.Index == i,
			element.Value != nil && reflect.DeepEqual(item, (*element.Value).Unstructured()),
			element.Key != nil && hasKeys(item, *element.Key):
			return i, true
		}
	}
	return nil, false
}

func hasKeys(item any, keys value.FieldList) bool {
	fields, ok := item.(map[string]any)
	return ok && !slices.ContainsFunc(keys, func(key value.Field) bool {
		return !reflect.DeepEqual(fields[key.Name], key.Value.Unstructured())
	})
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
