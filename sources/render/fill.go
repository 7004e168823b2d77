package render

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// filler fills in the variables of resources, whether these are written plainly
// or come out of a build. It is safe for concurrent use.
type filler struct {
	*Renderer
	snapshot  sources.Snapshot
	unseal    *unsealer
	variables kustomize.Variables
	// written are the variables with resource.Encrypted for the values that are
	// encrypted in the source, if sealed is set: where there are any.
	written kustomize.Variables
	sealed  bool
}

// fill is what fills in the selection's variables, nil where it has none. What
// is wrong with them is a problem among what was found.
func (r *Renderer) fill(snapshot sources.Snapshot, selection sources.Selection, found *walker) *filler {
	build := selection.Build
	if len(build.Substitute)+len(build.SubstituteFrom) == 0 {
		return nil
	}
	f := &filler{Renderer: r, snapshot: snapshot, unseal: found.unseal}
	before := len(found.problems)
	for _, file := range build.SubstituteFrom {
		found.problems = append(found.problems, f.from(file)...)
	}
	for _, name := range slices.Sorted(maps.Keys(build.Substitute)) {
		if err := f.set(name, build.Substitute[name], build.Substitute[name], false); err != nil {
			found.problems = append(found.problems, resource.Problem{Msg: "render.substitute: " + err.Error()})
		}
	}
	if len(found.problems) > before {
		return nil // that they have no values would be told once more at each place
	}
	return f
}

// from takes in the data of the ConfigMaps and Secrets in a file.
func (f *filler) from(file string) []resource.Problem {
	read := f.newReader(f.unseal, sources.Selection{}, nil).render(file)
	problems := read.Problems
	for i := range read.Resources {
		res := &read.Resources[i]
		wrong := func(at resource.Path, msg string) {
			problems = append(problems, resource.Problem{Msg: msg, Location: f.Locate(f.snapshot, res.Origin, at)})
		}
		secret := res.ID.Kind == "Secret"
		if res.ID.APIVersion != "v1" || !secret && res.ID.Kind != "ConfigMap" {
			wrong(nil, "values of variables come from a ConfigMap or a Secret, and this is neither")
			continue
		}
		for _, field := range []string{"data", "stringData"} {
			data, _ := resource.Lookup(res.Content, resource.Path{field})
			values, _ := data.(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(values)) {
				at := resource.Path{field, name}
				hidden := secret || slices.ContainsFunc(res.Sensitive, at.HasPrefix)
				value, err := variableOf(values[name], secret && field == "data")
				written := value
				if was, _ := resource.Lookup(res.Written, at); was == resource.Encrypted {
					written, f.sealed = resource.Encrypted, true
				}
				if err == nil {
					err = f.set(name, value, written, hidden)
				}
				if err != nil {
					wrong(at, err.Error())
				}
			}
		}
	}
	return problems
}

// variableOf is the text that a value of a ConfigMap or a Secret holds.
func variableOf(value any, encoded bool) (string, error) {
	text, isText := value.(string)
	if !isText {
		return "", errors.New("the value of a variable is a text; quote it")
	}
	if !encoded {
		return text, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", errors.New("the data of a Secret is base64; write it under stringData if it is not")
	}
	return string(decoded), nil
}

func (f *filler) set(name, value, written string, hidden bool) error {
	if err := f.written.Set(name, written, hidden); err != nil {
		return err
	}
	return f.variables.Set(name, value, hidden)
}

// all fills in the variables of resources. Those for which that cannot be done
// are not among what it returns, and a problem says why.
func (f *filler) all(resources []resource.Resource, problems []resource.Problem) ([]resource.Resource, []resource.Problem) {
	filled := resources[:0]
	for i := range resources {
		res := resources[i]
		if wrong := f.one(&res); wrong != nil {
			problems = append(problems, resource.Problem{Msg: wrong.Msg, Location: f.Locate(f.snapshot, res.Origin, wrong.Path)})
			continue
		}
		filled = append(filled, res)
	}
	return filled, problems
}

func (f *filler) one(res *resource.Resource) *kustomize.Mistake {
	content, isObject := res.Content.(map[string]any)
	if !isObject {
		return nil
	}
	filled, err := f.variables.Substitute(content)
	var wrong *kustomize.Mistake
	switch {
	case errors.As(err, &wrong):
		return wrong
	case err != nil:
		return &kustomize.Mistake{Msg: err.Error()}
	case filled == nil:
		return nil
	}
	after, understood := f.parseOne(filled.YAML)
	if !understood {
		// What is wrong is not quoted, as it may be a secret's value.
		return &kustomize.Mistake{Msg: "with its variables filled in this is no YAML any more; quote the values, or choose others"}
	}
	id := identity(after)
	id.Target, id.Scope = res.ID.Target, res.ID.Scope
	for _, part := range []resource.Path{{"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}} {
		if slices.ContainsFunc(filled.Secret, part.HasPrefix) {
			return &kustomize.Mistake{Path: part, Msg: fmt.Sprintf("the value of a Secret is part of %s, which is shown wherever the resource is named; take another variable", part)}
		}
	}
	res.Written = f.asWritten(res)
	res.ID, res.Content = id, after
	res.Sensitive = slices.Concat(res.Sensitive, sensitivePaths(after), filled.Secret)
	slices.SortFunc(res.Sensitive, resource.Path.Compare)
	res.Sensitive = slices.CompactFunc(res.Sensitive, resource.Path.Equal)
	return nil
}

// asWritten is what a resource is with its variables filled in, as far as that is
// written in the source; nil where nothing of it is encrypted there.
func (f *filler) asWritten(res *resource.Resource) any {
	before, encrypted := res.Written.(map[string]any)
	if !encrypted && !f.sealed {
		return nil
	}
	if !encrypted {
		before, _ = res.Content.(map[string]any)
	}
	filled, err := f.written.Substitute(before)
	switch {
	case err != nil:
		return nil // then it is judged as it is
	case filled == nil:
		return res.Written
	}
	if after, understood := f.parseOne(filled.YAML); understood {
		return after
	}
	return nil
}

// parseOne is the one object that a text holds.
func (f *filler) parseOne(data []byte) (object map[string]any, understood bool) {
	file := manifest{parser: formatYAML, limits: &f.limits}
	count := 0
	wrong := file.eachDocument(data, func(doc document) {
		count++
		c := converter{limits: &f.limits, words: newWords(), line: doc.line}
		if value, refused := c.value(doc.root, 0); refused == nil {
			object, understood = value.(map[string]any)
		}
	})
	return object, understood && wrong == nil && count == 1
}
