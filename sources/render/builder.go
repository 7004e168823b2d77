package render

import (
	"bytes"
	"cmp"
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
}

// file is a build as a file. What is in it is found out when it is read.
func (b *builder) file(name string, build func(*built)) *sources.File {
	target := b.selection.Target
	if b.selection.Loose && name != "." {
		target = name
	}
	return &sources.File{Name: name, Module: true, Read: func() sources.FileRendering {
		out := &built{builder: b, target: target, places: map[string]*placed{}}
		build(out)
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
	file      string
	generated bool // by a generator of the kustomization that is in the file
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
	origin := resource.Origin{File: from.file}
	switch {
	case from.file == "":
	case from.generated:
		origin = out.generator(id, from.file)
	default:
		origin = out.document(id, from.file)
	}
	out.Resources = append(out.Resources, resource.Resource{
		ID: id, Content: content, Origin: origin, Sensitive: sensitivePaths(content),
	})
}

// read are the resources of a file as they are written.
func (out *built) read(file string) *placed {
	known := out.places[file]
	if known == nil {
		reader := fileReader{limits: &out.limits, snapshot: out.snapshot, words: newWords(), buffer: bytes.Buffer{}}
		read := reader.render(file)
		known = &placed{resources: read.Resources, used: make([]int, len(read.Resources))}
		out.places[file] = known
	}
	return known
}

// document is the origin of an object in a file of resources: the one of its
// kind whose name the object's has in it, as a build puts something before and
// after names. Of several the one that was found least often so far.
func (out *built) document(id resource.ID, file string) resource.Origin {
	known := out.read(file)
	best, fit := -1, -1
	for i := range known.resources {
		is := known.resources[i].ID
		match := -1
		switch {
		case is.Kind != id.Kind || is.Group() != id.Group():
			continue
		case is.Name == id.Name:
			match = 1 << 20
		case strings.Contains(id.Name, is.Name):
			match = len(is.Name)
		default:
			match = 0 // a patch may change the whole name
		}
		if best < 0 || cmp.Or(match-fit, known.used[best]-known.used[i]) > 0 {
			best, fit = i, match
		}
	}
	if best < 0 {
		return resource.Origin{File: file}
	}
	known.used[best]++
	return known.resources[best].Origin
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
	at := out.Locate(out.snapshot, origin, nil)
	origin.Line, origin.Column = at.Line, at.Column
	return origin
}
