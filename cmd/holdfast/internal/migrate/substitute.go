package migrate

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"go.yaml.in/yaml/v3"
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

// usedVariable is one that has no default of its own.
var usedVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// filledIn is an object with the variables of the Kustomization that takes it in, as
// far as the repository says their values, and the names of the others.
func (c *carrier) filledIn(o *object) (filled *object, open string) {
	holders := c.found.holders[o.file]
	if len(holders) != 1 || fieldsOf(holders[0].content["spec"]).any("postBuild") == nil {
		return o, ""
	}
	build := fieldsOf(holders[0].content["spec"]).mapping("postBuild")
	values := map[string]any{}
	for _, from := range build.mappings("substituteFrom") {
		if found := c.object(holders[0], "", "ConfigMap", holders[0].namespace, from.text("name")); found != nil && from.text("kind") == "ConfigMap" && found.content["sops"] == nil {
			maps.Copy(values, fieldsOf(found.content["data"]).values)
		}
	}
	literal, _ := build.any("substitute").(map[string]any)
	maps.Copy(values, literal)
	text, err := yaml.Marshal(o.content)
	if err != nil {
		return o, ""
	}
	unknown := map[string]bool{}
	for _, use := range usedVariable.FindAllStringSubmatch(string(text), -1) {
		if _, known := values[use[1]]; !known {
			unknown[use[1]], values[use[1]] = true, use[0] // it stays as it is
		}
	}
	open = strings.Join(slices.Sorted(maps.Keys(unknown)), ", ")
	made, err := envsubst.Eval(string(text), func(name string) (string, bool) {
		value, known := values[name]
		return strings.ReplaceAll(asText(value), "\n", ""), known
	})
	if err != nil || len(made) > maxFileSize {
		return o, open
	}
	objects, err := documents(o.file, []byte(made))
	if err != nil || len(objects) != 1 {
		return o, open
	}
	objects[0].namespace = o.namespace
	return objects[0], open
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
