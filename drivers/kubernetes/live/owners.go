package live

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// owner is one entry of an object's managedFields: who wrote which fields, and
// when last.
type owner struct {
	manager string
	time    time.Time
	fields  []resource.Path // as they lie in the object; of a list or map that is owned whole, the whole
}

// owners reads managedFields, without what was written to the status. What
// cannot be read is left out: that a field's owner is unknown stops nobody.
func owners(obj *unstructured.Unstructured) []owner {
	var all []owner
	for _, entry := range obj.GetManagedFields() {
		var set fieldpath.Set
		if entry.Subresource == "status" || entry.FieldsV1 == nil || set.FromJSON(entry.FieldsV1.GetRawReader()) != nil {
			continue
		}
		o := owner{manager: entry.Manager}
		if entry.Time != nil {
			o.time = entry.Time.UTC()
		}
		for leaf := range set.Leaves().All() {
			if path, ok := Locate(obj.Object, leaf); ok {
				o.fields = append(o.fields, path)
			}
		}
		all = append(all, o)
	}
	return all
}

// Locate is the path to a field in content, in which items of lists are found
// by the keys or the value that managedFields know them by. It is false where
// such an item is not there.
func Locate(content any, field fieldpath.Path) (resource.Path, bool) {
	var path resource.Path
	for _, element := range field {
		var step any
		switch {
		case element.FieldName != nil:
			step = *element.FieldName
		case element.Index != nil:
			step = *element.Index
		default:
			list, _ := content.([]any)
			at := indexOf(list, element)
			if at < 0 {
				return nil, false
			}
			step = at
		}
		path = append(path, step)
		content, _ = resource.Lookup(content, resource.Path{step})
	}
	return path, true
}

func indexOf(list []any, element fieldpath.PathElement) int {
	return slices.IndexFunc(list, func(item any) bool { return IsKnownBy(item, element) })
}

// IsKnownBy reports whether managedFields know an item of a list by an element.
// A number is a float in them, whatever it is in the object.
func IsKnownBy(item any, element fieldpath.PathElement) bool {
	switch {
	case element.Value != nil:
		return value.Equals(value.NewValueInterface(item), *element.Value)
	case element.Key != nil:
		fields, ok := item.(map[string]any)
		return ok && !slices.ContainsFunc(*element.Key, func(key value.Field) bool {
			return !value.Equals(value.NewValueInterface(fields[key.Name]), key.Value)
		})
	}
	return false
}

// overlapping reports whether one of the fields is, contains or lies under path.
func overlapping(fields []resource.Path, path resource.Path) bool {
	for _, field := range fields {
		if field.Overlaps(path) {
			return true
		}
	}
	return false
}
