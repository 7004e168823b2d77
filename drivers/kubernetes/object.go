package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const (
	// annotationSensitive lists the paths of an object that hold secrets
	// though its kind does not say so: decrypted values. It is there for when
	// the object is no longer desired, and nothing else tells.
	annotationSensitive = "holdfast.dev/sensitive"
	// lastApplied is kubectl's copy of the whole object. It is not shown, as it
	// holds what the object holds.
	lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
)

// given is the metadata that the server gives an object. Where a manifest has
// it, from an export, it is not applied.
var given = []string{
	"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink",
	"deletionTimestamp", "deletionGracePeriodSeconds",
}

// fieldsOf are a resource's fields, nil if it has none.
func fieldsOf(res *resource.Resource) map[string]any {
	fields, _ := res.Content.(map[string]any)
	return fields
}

// manifest is a desired resource as it is applied at its place.
func (d *Driver) manifest(res *resource.Resource, at place) *unstructured.Unstructured {
	obj := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(without(fieldsOf(res), given, nil))}
	if at.namespace == "" {
		unstructured.RemoveNestedField(obj.Object, "metadata", "namespace")
	} else {
		obj.SetNamespace(at.namespace)
	}
	mark(obj, "labels", live.Label, d.target)
	if isSecret(res.ID) {
		encode(obj.Object)
	} else if text, err := json.Marshal(res.Sensitive); err == nil && len(res.Sensitive) > 0 {
		mark(obj, "annotations", annotationSensitive, string(text))
	}
	return obj
}

// mark sets a label or an annotation. What is no object is left for the server
// to complain of.
func mark(obj *unstructured.Unstructured, group, key, value string) {
	metadata, ok := obj.Object["metadata"].(map[string]any)
	if !ok {
		return
	}
	entries, ok := metadata[group].(map[string]any)
	if !ok && metadata[group] != nil {
		return
	}
	if entries == nil {
		entries = map[string]any{}
		metadata[group] = entries
	}
	entries[key] = value
}

func isSecret(id resource.ID) bool { return id.GroupKind() == "core/Secret" }

// encode turns a Secret's stringData into data, as the server does on each
// write: but the fields of the former do not go when they are no longer applied.
func encode(secret map[string]any) {
	plain, ok := secret["stringData"].(map[string]any)
	if !ok {
		return
	}
	data, ok := secret["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
	}
	for key, value := range plain {
		text, isText := value.(string)
		if !isText {
			return // the server says what is wrong with it
		}
		data[key] = base64.StdEncoding.EncodeToString([]byte(text))
	}
	secret["data"] = data
	delete(secret, "stringData")
}

// shown is a live object as it is judged and shown: without the record of who
// manages its fields.
func shown(obj *unstructured.Unstructured) map[string]any {
	return without(obj.Object, []string{"managedFields"}, nil)
}

// planned is what an object would be: without what differs at each try.
func planned(obj *unstructured.Unstructured) map[string]any {
	return without(obj.Object, given, []string{"status"})
}

// without is content without some of its metadata and fields. It shares the rest.
func without(content map[string]any, metadata, fields []string) map[string]any {
	content = maps.Clone(content)
	for _, field := range fields {
		delete(content, field)
	}
	if meta, ok := content["metadata"].(map[string]any); ok {
		meta = maps.Clone(meta)
		for _, key := range metadata {
			delete(meta, key)
		}
		if annotations, ok := meta["annotations"].(map[string]any); ok && annotations[lastApplied] != nil {
			annotations = maps.Clone(annotations)
			delete(annotations, lastApplied)
			meta["annotations"] = annotations
			if len(annotations) == 0 {
				delete(meta, "annotations")
			}
		}
		content["metadata"] = meta
	}
	return content
}

// same reports whether two objects differ in nothing that is applied: not in
// their status, nor in who manages which field.
func same(a, b *unstructured.Unstructured) bool {
	return reflect.DeepEqual(planned(a), planned(b))
}

// sensitive are the paths in content that hold secrets: those of its kind, those
// of the resource that asks for it, and those that it says itself.
func sensitive(id resource.ID, content map[string]any, desired *resource.Resource) []resource.Path {
	if isSecret(id) {
		paths := []resource.Path{{"data"}, {"stringData"}}
		if desired != nil { // a misspelt field too
			paths = append(paths, desired.Sensitive...)
		}
		return paths
	}
	var marked []resource.Path
	if text, ok := resource.Lookup(content, resource.Path{"metadata", "annotations", annotationSensitive}); ok {
		text, _ := text.(string)
		if json.Unmarshal([]byte(text), &marked) != nil {
			marked = nil // somebody else's word
		}
	}
	if desired != nil {
		marked = append(marked, desired.Sensitive...)
	}
	var paths []resource.Path
	for _, path := range marked {
		paths = append(paths, anywhere(content, path)...)
	}
	slices.SortFunc(paths, resource.Path.Compare)
	return slices.CompactFunc(paths, resource.Path.Equal)
}

// anywhere are the paths in content that are like path but for the places in
// lists: items are added and moved.
func anywhere(content any, path resource.Path) []resource.Path {
	if len(path) == 0 {
		return []resource.Path{{}}
	}
	var paths []resource.Path
	add := func(step, child any) {
		for _, rest := range anywhere(child, path[1:]) {
			paths = append(paths, resource.Path{step}.Append(rest...))
		}
	}
	switch node := content.(type) {
	case map[string]any:
		if key, ok := path[0].(string); ok && node[key] != nil {
			add(key, node[key])
		}
	case []any:
		if _, ok := path[0].(int); ok {
			for i, child := range node {
				add(i, child)
			}
		}
	}
	return paths
}

// generated are fields for which the server makes up a value when an object is
// created, another one at each try. They are left out of what is planned.
var generated = map[string][]resource.Path{
	"core/Service": {
		{"spec", "clusterIP"}, {"spec", "clusterIPs"}, {"spec", "healthCheckNodePort"}, {"spec", "ports", 0, "nodePort"},
	},
	"batch/Job": {
		{"spec", "selector"},
		{"spec", "template", "metadata", "labels", "batch.kubernetes.io/controller-uid"},
		{"spec", "template", "metadata", "labels", "controller-uid"},
	},
}

// withoutGenerated is content without generated fields that desired does not ask for.
func withoutGenerated(id resource.ID, content map[string]any, desired *unstructured.Unstructured) map[string]any {
	patterns := generated[id.GroupKind()]
	if len(patterns) == 0 {
		return content
	}
	content = runtime.DeepCopyJSON(content)
	for _, pattern := range patterns {
		for _, path := range anywhere(content, pattern) {
			if _, asked := resource.Lookup(desired.Object, path); asked {
				continue
			}
			above, _ := resource.Lookup(content, path[:len(path)-1])
			if parent, ok := above.(map[string]any); ok {
				delete(parent, path[len(path)-1].(string))
			}
		}
	}
	return content
}

// overlaid is content with what is asked for in its place: what it would be
// where the server does not tell.
func overlaid(content, asked any) any {
	below, isObject := content.(map[string]any)
	above, isAsked := asked.(map[string]any)
	if !isObject || !isAsked {
		return asked
	}
	out := maps.Clone(below)
	for key, value := range above {
		if old, ok := out[key]; ok {
			value = overlaid(old, value)
		}
		out[key] = value
	}
	return out
}
