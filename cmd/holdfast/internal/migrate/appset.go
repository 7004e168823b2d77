package migrate

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxGenerated bounds the Applications of one set.
const maxGenerated = 500

// applicationSet makes the Applications of a set whose generator is a list of
// elements, or the folders of this repository. Others are named as left out.
func (c *carrier) applicationSet(o *object) []*object {
	spec := fieldsOf(o.content["spec"])
	generators := spec.mappings("generators")
	refuse := func(why string) []*object {
		c.note("ApplicationSet %s: %s; write a target for each of its Applications, as the cluster lists them", o.name, why)
		return nil
	}
	if len(generators) != 1 {
		return refuse("several generators, or none")
	}
	var sets []map[string]string
	switch g := generators[0]; {
	case g.has("list"):
		sets = c.elements(g.mapping("list"))
	case g.has("git") && g.mapping("git").has("directories"):
		sets = c.directories(g.mapping("git"))
	default:
		return refuse("only generators of a list and of the folders of a repository are understood, not " + strings.Join(g.rest(), ", "))
	}
	if len(sets) == 0 {
		return refuse("its generator gives nothing in this repository")
	}
	if len(sets) > maxGenerated {
		return refuse("it gives too many Applications")
	}
	template, _ := spec.any("template").(map[string]any)
	var all []*object
	for _, set := range sets {
		content, ok := filled(template, set).(map[string]any)
		if !ok || unfilled(content) {
			return refuse("its template is more than names in braces")
		}
		content["apiVersion"], content["kind"] = o.apiVersion, "Application"
		if app := identify(o.file, content); app != nil {
			app.namespace = o.namespace
			all = append(all, app)
		}
	}
	spec.ignore("goTemplate", "goTemplateOptions", "syncPolicy", "generators", "template", "strategy", "preservedFields")
	for _, key := range spec.rest() {
		c.note("ApplicationSet %s: spec.%s", o.name, key)
	}
	return all
}

func (c *carrier) elements(list *fields) []map[string]string {
	var sets []map[string]string
	for _, element := range list.mappings("elements") {
		set := map[string]string{}
		flatten(set, "", element.values)
		sets = append(sets, set)
	}
	return sets
}

// flatten names what lies deeper by the way to it: values.zone.
func flatten(set map[string]string, before string, values map[string]any) {
	for key, value := range values {
		if below, ok := value.(map[string]any); ok {
			flatten(set, before+key+".", below)
			continue
		}
		set[before+key] = asText(value)
	}
}

func (c *carrier) directories(git *fields) []map[string]string {
	var names []string
	for _, wanted := range git.mappings("directories") {
		pattern, out := wanted.text("path"), wanted.flag("exclude")
		if c.found.tree == nil {
			return nil
		}
		matches, err := fs.Glob(c.found.tree, pattern)
		if err != nil {
			return nil
		}
		for _, name := range matches {
			at := slices.Index(names, name)
			info, err := fs.Stat(c.found.tree, name)
			switch {
			case err != nil || !info.IsDir() || strings.HasPrefix(path.Base(name), "."):
			case out && at >= 0:
				names = slices.Delete(names, at, at+1)
			case !out && at < 0:
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	var sets []map[string]string
	for _, name := range names {
		set := map[string]string{}
		for _, key := range []string{"path", "path.path"} { // the latter in Go templates
			set[key] = name
		}
		set["path.basename"] = path.Base(name)
		set["path.basenameNormalized"] = label(path.Base(name))
		sets = append(sets, set)
	}
	return sets
}

var placeholder = regexp.MustCompile(`\{\{-?[ \t]*\.?([A-Za-z0-9_][A-Za-z0-9_.-]*?)[ \t]*-?\}\}`)

// filled is a copy of a template with the names in braces replaced by their values.
func filled(value any, set map[string]string) any {
	switch v := value.(type) {
	case string:
		return placeholder.ReplaceAllStringFunc(v, func(found string) string {
			name := placeholder.FindStringSubmatch(found)[1]
			if text, ok := set[name]; ok {
				return text
			}
			return found
		})
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, below := range v {
			out[key] = filled(below, set)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = filled(v[i], set)
		}
		return out
	}
	return value
}

// unfilled reports whether anything in braces is left.
func unfilled(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, "{{")
	case map[string]any:
		for _, below := range v {
			if unfilled(below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unfilled)
	}
	return false
}
