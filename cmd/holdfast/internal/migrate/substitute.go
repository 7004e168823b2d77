package migrate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

// substitutions takes over variables: values as they are, and files of the
// repository in place of objects in the cluster.
func (t *target) substitutions(c *carrier, build *fields) {
	values, _ := build.any("substitute").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := asText(values[name])
		if !variable.MatchString(name) || len(value) > 65536 {
			t.note("postBuild.substitute: %.60q is no name of a variable, or its value is too long", name)
			continue
		}
		if t.rendering().Substitute == nil {
			t.Render.Substitute = map[string]string{}
		}
		t.Render.Substitute[name] = value
	}
	for _, from := range build.mappings("substituteFrom") {
		kind, name := from.text("kind"), from.text("name")
		from.ignore("optional")
		o := c.object(t.origin, "", kind, t.origin.namespace, name)
		switch {
		case o == nil || !c.found.exists(o.file):
			t.note("postBuild.substituteFrom: %s %s is in no file of this repository; put it into one and name that under render.substituteFrom", kind, name)
			continue
		case o.content["sops"] != nil:
			t.note("postBuild.substituteFrom: %s %s is encrypted; the operator's file names the keys: decryption: {ageKeyFile: …}", kind, name)
		}
		if count := c.holders(o.file); count > 1 {
			t.note("postBuild.substituteFrom: all %d ConfigMaps and Secrets in %s are taken, not %s alone", count, o.file, name)
		}
		if !slices.Contains(t.rendering().SubstituteFrom, o.file) {
			t.Render.SubstituteFrom = append(t.Render.SubstituteFrom, o.file)
		}
	}
	t.unknown("postBuild", build)
}

// holders counts the ConfigMaps and Secrets in a file.
func (c *carrier) holders(file string) int {
	n := 0
	for _, o := range c.found.objects {
		if o.file == file && o.apiVersion == "v1" && (o.kind == "ConfigMap" || o.kind == "Secret") {
			n++
		}
	}
	return n
}

// merge puts one mapping over another, key by key all the way down, as Helm does.
func merge(under, over map[string]any) map[string]any {
	out := maps.Clone(under)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range over {
		below, isMap := out[key].(map[string]any)
		above, alsoMap := value.(map[string]any)
		if isMap && alsoMap {
			value = merge(below, above)
		}
		out[key] = value
	}
	return out
}

// describe names an object as people write it.
func describe(kind, namespace, name string) string {
	if namespace == "" {
		return fmt.Sprintf("%s %s", kind, name)
	}
	return fmt.Sprintf("%s %s/%s", kind, namespace, name)
}
