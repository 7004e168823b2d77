package kubernetes

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// checker finds what is wrong with one resource.
type checker struct {
	index   int
	invalid []drivers.Invalid
}

func (c *checker) fault(path resource.Path, format string, args ...any) {
	c.invalid = append(c.invalid, drivers.Invalid{Resource: c.index, Path: path, Msg: fmt.Sprintf(format, args...)})
}

// validate finds what no API server would take, whatever kinds it serves. The
// fields of a kind are the server's to judge, at the dry run.
func validate(_ fs.FS, _ string, resources []resource.Resource) []drivers.Invalid {
	var invalid []drivers.Invalid
	for i := range resources {
		c := &checker{index: i}
		c.check(&resources[i])
		invalid = append(invalid, c.invalid...)
	}
	return invalid
}

func (c *checker) check(res *resource.Resource) {
	fields := fieldsOf(res)
	if fields == nil {
		c.fault(nil, "a Kubernetes object is a mapping with apiVersion, kind and metadata")
		return
	}
	c.kind(fields)
	metadata, ok := fields["metadata"].(map[string]any)
	if !ok {
		c.fault(resource.Path{"metadata"}, "metadata is missing, or not a mapping")
		return
	}
	c.name(res.ID, metadata)
	if value, ok := metadata["namespace"]; ok && value != nil {
		c.matches(resource.Path{"metadata", "namespace"}, value, validation.IsDNS1123Label)
	}
	c.entries(metadata, "labels", validation.IsValidLabelValue)
	c.entries(metadata, "annotations", func(string) []string { return nil })
	if _, ok := resource.Lookup(metadata, resource.Path{"labels", live.Label}); ok {
		c.fault(resource.Path{"metadata", "labels", live.Label}, "holdfast sets this label itself: remove it")
	}
	c.words(res)
}

func (c *checker) kind(fields map[string]any) {
	version, _ := fields["apiVersion"].(string)
	gv, err := schema.ParseGroupVersion(version)
	if err != nil || gv.Version == "" || len(validation.IsDNS1035Label(gv.Version)) > 0 ||
		gv.Group != "" && len(validation.IsDNS1123Subdomain(gv.Group)) > 0 {
		c.fault(resource.Path{"apiVersion"}, "apiVersion must be a version, such as v1, or a group and a version, such as apps/v1")
	}
	if kind, _ := fields["kind"].(string); len(validation.IsDNS1035Label(strings.ToLower(kind))) > 0 {
		c.fault(resource.Path{"kind"}, "kind must be a word, such as Deployment")
	}
}

func (c *checker) name(id resource.ID, metadata map[string]any) {
	at := resource.Path{"metadata", "name"}
	if metadata["name"] == nil && metadata["generateName"] != nil {
		c.fault(resource.Path{"metadata", "generateName"}, "an object needs a name of its own to be kept in line: give metadata.name in the place of generateName")
		return
	}
	// Of RBAC objects, and of those of other groups, names may have more characters.
	check := content.IsPathSegmentName
	switch {
	case id.GroupKind() == "core/Namespace":
		check = validation.IsDNS1123Label
	case id.Group() == "" || id.Group() == "apps" || id.Group() == "batch":
		check = validation.IsDNS1123Subdomain
	}
	if metadata["name"] == nil {
		c.fault(at, "metadata.name is missing")
		return
	}
	c.matches(at, metadata["name"], check)
}

func (c *checker) matches(at resource.Path, value any, check func(string) []string) {
	text, ok := value.(string)
	if !ok {
		c.fault(at, "%s must be a text: put it in quotes", at)
		return
	}
	for _, fault := range check(text) {
		c.fault(at, "%s: %s", at, fault)
	}
}

// entries checks labels or annotations. That a value is no text is the most
// usual mistake of all.
func (c *checker) entries(metadata map[string]any, group string, check func(string) []string) {
	at := resource.Path{"metadata", group}
	if metadata[group] == nil {
		return
	}
	entries, ok := metadata[group].(map[string]any)
	if !ok {
		c.fault(at, "%s must be a mapping", at)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		for _, fault := range validation.IsQualifiedName(strings.ToLower(key)) {
			c.fault(at.Append(key), "%s: the key is not valid: %s", at.Append(key), fault)
		}
		if entries[key] != nil {
			c.matches(at.Append(key), entries[key], check)
		}
	}
}

// words checks the annotations that the driver obeys.
func (c *checker) words(res *resource.Resource) {
	at := func(name string) resource.Path { return resource.Path{"metadata", "annotations", name} }
	if word, ok := res.Annotation(annotationReplace); ok && word != "allow" {
		c.fault(at(annotationReplace), "%s: %q has no meaning; the one word is allow", annotationReplace, word)
	}
	for _, name := range []string{argoWave, helmWeight} {
		if text, ok := res.Annotation(name); ok {
			if _, err := strconv.Atoi(strings.TrimSpace(text)); err != nil {
				c.fault(at(name), "%s: %q is not a whole number", name, text)
			}
		}
	}
	for _, name := range []string{resource.AnnotationArgoHook, resource.AnnotationHelmHook} {
		text, ok := res.Annotation(name)
		for word := range strings.SplitSeq(text, ",") {
			word = strings.TrimSpace(word)
			if _, known := hookWords[word]; ok && !known {
				c.fault(at(name), "%s: %q is no hook that there is; there are %s", name, word, strings.Join(slices.Sorted(maps.Keys(hookWords)), ", "))
			}
		}
	}
	for _, name := range []string{argoDelete, helmDelete} {
		text, ok := res.Annotation(name)
		for word := range strings.SplitSeq(text, ",") {
			word = strings.TrimSpace(word)
			known := slices.ContainsFunc(deletePolicies[name], func(policy string) bool { return strings.EqualFold(policy, word) })
			if ok && word != "" && !known {
				c.fault(at(name), "%s: %q has no meaning; there are %s", name, word, strings.Join(deletePolicies[name], ", "))
			}
		}
	}
}
