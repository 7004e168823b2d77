package render

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// builder makes resources of folders that are built: kustomizations and charts.
// Each is a sources.File that is a module.
type builder struct {
	*Renderer
	snapshot  sources.Snapshot
	selection sources.Selection
	tree      *kustomize.Tree
	unseal    *unsealer
	fill      *filler // nil where no variables are filled in
}

// file is a build as a file. What is in it is found out when it is read.
func (b *builder) file(name string, build func(*built)) *sources.File {
	target := b.selection.Target
	if b.selection.Loose && name != b.selection.Path && name != path.Dir(b.selection.Path) {
		target = name
	}
	return &sources.File{Name: name, Module: true, Read: func() sources.FileRendering {
		out := &built{builder: b, target: target, places: map[string]*placed{}}
		build(out)
		b.unseal.snapshot.rename(&out.FileRendering)
		return out.FileRendering
	}}
}

// content is an object that a build made, as it is when it is read from a file.
func (b *builder) content(text []byte) (map[string]any, *mistake) {
	root, wrong := parseJSON(text, &b.limits)
	if wrong != nil {
		return nil, wrong
	}
	c := converter{limits: &b.limits, words: newWords()}
	value, wrong := c.value(root, 0)
	if wrong != nil {
		return nil, wrong
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return nil, &mistake{msg: "what is built of it is no object"}
	}
	return object, nil
}

// built is what a build made.
type built struct {
	sources.FileRendering
	*builder
	target string
	places map[string]*placed // by file
}

// written says where an object comes from, as far as the build tells.
type written struct {
	files     []string // it is from one of these
	generated bool     // by a generator of the kustomization that is in the file
	whole     string   // what stands for the build where it is from none of these
}

// placed are the resources of a file, to find the one that an object was made of.
type placed struct {
	resources []resource.Resource
	used      []int // how often each was found
}

// add takes in an object, and finds where it was written.
func (out *built) add(content map[string]any, from written) {
	id := identity(content)
	id.Target = out.target
	var origin resource.Origin
	if from.generated {
		origin = out.generator(id, from.files[0])
	} else {
		origin = out.document(id, from.files)
	}
	origin.File = cmp.Or(origin.File, from.whole)
	first := len(out.Resources)
	out.Resources = append(out.Resources, resource.Resource{ID: id, Content: content, Origin: origin, Sensitive: sensitivePaths(content)})
	out.finish(first)
}

// finish does to the resources from an index on what is done to all that are
// built: variables are filled in, and what was encrypted is marked.
func (out *built) finish(first int) {
	made := out.Resources[first:]
	if out.fill != nil {
		made, out.Problems = out.fill.all(made, out.Problems)
	}
	for i := range made {
		if wrong := out.unseal.trace(&made[i]); wrong != nil {
			at := made[i].Origin.Location()
			out.Problems = append(out.Problems, resource.Problem{Msg: fmt.Sprintf("%s: %s", made[i].ID, wrong.msg), Location: at})
		}
	}
	out.Resources = out.Resources[:first+len(made)]
}

// read are the resources of a file as they are written.
func (out *built) read(file string) *placed {
	known := out.places[file]
	if known == nil {
		reader := out.newReader(out.unseal, sources.Selection{}, nil)
		read := reader.render(file)
		known = &placed{resources: read.Resources, used: make([]int, len(read.Resources))}
		out.places[file] = known
	}
	return known
}

// document is the origin of an object in files of resources: the one of its
// kind whose name the object's has in it, as a build puts something before and
// after names. Of several the one that was found least often so far.
func (out *built) document(id resource.ID, files []string) resource.Origin {
	var in *placed
	best, fit := 0, 0
	for _, file := range files {
		known := out.read(file)
		for i := range known.resources {
			match := likeness(id, known.resources[i].ID)
			if match > 0 && (in == nil || cmp.Or(match-fit, in.used[best]-known.used[i]) > 0) {
				in, best, fit = known, i, match
			}
		}
	}
	if in != nil {
		in.used[best]++
		return in.resources[best].Origin
	}
	if len(files) == 1 {
		return resource.Origin{File: files[0]}
	}
	return resource.Origin{} // that of the build
}

// likeness is how much a built object looks as if it were made of a written
// one, 0 if it cannot be.
func likeness(id, is resource.ID) int {
	switch {
	case is.Kind != id.Kind || is.Group() != id.Group():
		return 0
	case is.Name == id.Name:
		return 1 << 20
	case strings.Contains(id.Name, is.Name):
		return 1 + len(is.Name)
	}
	return 1 // a patch may change the whole name
}

// generator is the origin of an object that a kustomization's generator made.
func (out *built) generator(id resource.ID, file string) resource.Origin {
	field := "configMapGenerator"
	if id.Kind == "Secret" {
		field = "secretGenerator"
	}
	known := out.read(file)
	if len(known.resources) != 1 {
		return resource.Origin{File: file}
	}
	content, _ := known.resources[0].Content.(map[string]any)
	list, _ := content[field].([]any)
	origin, longest := known.resources[0].Origin, -1
	for i, each := range list {
		object, _ := each.(map[string]any)
		if name := text(object["name"]); strings.Contains(id.Name, name) && len(name) > longest {
			longest = len(name)
			origin.Within = resource.Path{field, i}
		}
	}
	at := out.Locate(out.unseal.snapshot, origin, nil)
	origin.Line, origin.Column = at.Line, at.Column
	return origin
}
