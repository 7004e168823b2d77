package kustomize

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Root says what to build.
type Root struct {
	Folder string
	// Resources are built in place of a kustomization that is not there: files
	// and folders with kustomizations, by their paths in the tree, below Folder.
	Resources []string
	// Namespace is put on every namespaced object, in place of the kustomization's own.
	Namespace string
	// Overlay is put into the kustomization, in its own words. Its components are
	// folders of the tree, as []string.
	Overlay map[string]any
}

// Object is one object that a build made.
type Object struct {
	JSON []byte
	// File is where it was written, "" if that is not known: a file of
	// resources or, if it is generated, the kustomization that says so.
	File      string
	Generated bool
}

// turn is taken by whoever runs the library: it keeps the schema of what it
// builds in variables of its own, which all of a process have in common.
var turn = make(chan struct{}, 1)

// Files are the files of resources that a build takes in, in order.
func (t *Tree) Files(root Root) []string {
	used := t.Look(root.folders(t)).Used
	for _, name := range root.Resources {
		used[name] = used[name] || !t.Has(name)
	}
	maps.DeleteFunc(used, func(_ string, resources bool) bool { return !resources })
	return slices.Sorted(maps.Keys(used))
}

// folders are those that the build begins with.
func (r *Root) folders(t *Tree) []string {
	begins := []string{r.Folder}
	if len(r.Resources) > 0 {
		begins = slices.DeleteFunc(slices.Clone(r.Resources), func(name string) bool { return !t.Has(name) })
	}
	return append(begins, r.components()...)
}

// Build builds a kustomization. What is in its files by mistake, and what is
// not done here, are problems, and then there are no objects.
func (t *Tree) Build(root Root) ([]Object, []resource.Problem) {
	b := &build{tree: t, root: root, files: &files{
		tree: t, roles: map[string]role{}, texts: map[string][]byte{}, left: t.options.Bytes,
		until: time.Now().Add(t.options.Timeout),
	}}
	if wrong := b.prepare(); len(wrong) > 0 {
		return nil, wrong
	}
	done := make(chan outcome, 1)
	go func() {
		turn <- struct{}{}
		defer func() { <-turn }()
		b.files.until = time.Now().Add(t.options.Timeout)
		done <- b.run()
	}()
	// What cannot be stopped is left behind: nothing in Go can end it.
	timer := time.NewTimer(t.options.Timeout + time.Second)
	defer timer.Stop()
	select {
	case out := <-done:
		return out.objects, out.wrong
	case <-timer.C:
		return nil, b.failed(fmt.Sprintf("building it takes longer than %s; simplify it or exclude it", t.options.Timeout))
	}
}

// build is one build under way.
type build struct {
	tree   *Tree
	root   Root
	file   string // the kustomization
	files  *files
	schema bool // whether the library's schema is changed
	// keep says that the user wants to see the annotations that origins are told by.
	keep bool
}

type outcome struct {
	objects []Object
	wrong   []resource.Problem
}

// prepare takes the files together and writes the kustomization of the root.
func (b *build) prepare() []resource.Problem {
	content := types.Kustomization{}
	if f := b.tree.folder(b.root.Folder); len(b.root.Resources) == 0 {
		if f == nil {
			return []resource.Problem{{Msg: "there is no kustomization in this folder", Location: resource.Location{File: b.root.Folder}}}
		}
		b.file, content = f.names[0], f.content
	} else {
		b.file = path.Join(b.root.Folder, "kustomization.yaml")
		for _, name := range b.root.Resources {
			content.Resources = append(content.Resources, "./"+below(b.root.Folder, name))
			if !b.tree.Has(name) {
				b.files.roles[name] = roleResource
			}
		}
	}
	var wrong []resource.Problem
	for _, name := range b.root.components() {
		if !b.tree.Has(name) {
			wrong = append(wrong, b.failed(fmt.Sprintf("the component %s of render.kustomize is no folder with a kustomization; correct the path, which begins at the root of the repository", name))...)
		}
	}
	for _, name := range b.root.folders(b.tree) {
		b.tree.reach(name, func(f *folder) {
			wrong = append(append(wrong, f.refused...), f.wrong...)
			b.add(f)
		})
		if b.cost(name, nil) > b.tree.options.Folders {
			wrong = append(wrong, b.failed(fmt.Sprintf("it goes into folders more than %d times, or around in a circle; simplify it", b.tree.options.Folders))...)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return b.write(content)
}

// add takes in what a kustomization needs.
func (b *build) add(f *folder) {
	for file, role := range f.files {
		if known := b.files.roles[file]; known == 0 || role < known {
			b.files.roles[file] = role
		}
	}
	b.schema = b.schema || len(f.content.OpenAPI) > 0
	b.files.texts[f.names[0]] = f.text // what was surveyed, and nothing else
}

// cost is how often a build goes into folders, more than is allowed for a circle.
func (b *build) cost(name string, above []string) int {
	most := b.tree.options.Folders + 1
	f := b.tree.folder(name)
	if f == nil {
		return 0
	}
	if slices.Contains(above, name) {
		return most
	}
	total := 1
	for _, base := range f.bases {
		if total += b.cost(base, append(above, name)); total >= most {
			return most
		}
	}
	return total
}

// write puts the root's kustomization in its place, with what a build here adds.
func (b *build) write(content types.Kustomization) []resource.Problem {
	content.BuildMetadata = slices.Clone(content.BuildMetadata)
	if b.keep = slices.Contains(content.BuildMetadata, types.OriginAnnotations); !b.keep {
		content.BuildMetadata = append(content.BuildMetadata, types.OriginAnnotations)
	}
	if b.root.Namespace != "" {
		content.Namespace = b.root.Namespace
	}
	if err := b.overlay(&content); err != nil {
		return b.failed("render.kustomize: " + err.Error())
	}
	text, err := yaml.Marshal(content)
	if err != nil {
		return b.failed("cannot be written anew: " + err.Error())
	}
	b.files.texts[b.file] = text
	return nil
}

func (b *build) failed(msg string) []resource.Problem {
	return []resource.Problem{{Msg: msg, Location: resource.Location{File: b.file}}}
}

// run is the build itself.
func (b *build) run() (out outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			out = outcome{wrong: b.fault(fmt.Errorf("the build cannot cope with this kustomization: %v", cause))}
		}
	}()
	if b.schema {
		defer openapi.ResetOpenAPI()
	}
	// Files are read from anywhere in the source, as Flux has it: what keeps
	// them in is that there is nothing else.
	options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
	made, err := krusty.MakeKustomizer(options).Run(b.files, mounted(b.root.Folder))
	if err != nil || len(b.files.wrong) > 0 {
		return outcome{wrong: b.fault(err)}
	}
	out.objects, err = b.objects(made)
	if err != nil {
		return outcome{wrong: b.fault(err)}
	}
	return out
}

func (b *build) objects(made resmap.ResMap) ([]Object, error) {
	objects := make([]Object, 0, made.Size())
	for _, res := range made.Resources() {
		var object Object
		if origin, err := res.GetOrigin(); err == nil && origin != nil {
			// A patch may take all annotations away, and then it passes for the origin.
			kind := origin.ConfiguredBy.Kind
			object.Generated = kind == "ConfigMapGenerator" || kind == "SecretGenerator"
			switch {
			case object.Generated:
				object.File = b.origin(path.Join(b.root.Folder, origin.ConfiguredIn))
			case origin.Path != "":
				object.File = b.origin(path.Join(b.root.Folder, origin.Path))
			}
		}
		objects = append(objects, object)
	}
	if !b.keep {
		if err := made.RemoveOriginAnnotations(); err != nil {
			return nil, fmt.Errorf("take out the annotations of origin: %w", err)
		}
	}
	for i, res := range made.Resources() {
		text, err := res.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("write %s %s: %w", res.GetKind(), res.GetName(), err)
		}
		objects[i].JSON = text
	}
	return objects, nil
}

// origin is the file that an object is said to be from. Where a link leads
// elsewhere, and back from there, the library's path may lead nowhere; then the
// only file of that name is meant.
func (b *build) origin(file string) string {
	if resolved, _, err := b.tree.real(file); err == nil {
		return resolved
	}
	only := ""
	for name := range b.files.roles {
		if path.Base(name) == path.Base(file) {
			if only != "" {
				return ""
			}
			only = name
		}
	}
	return only
}

// below is a path within a folder, from there.
func below(folder, name string) string {
	if folder == "." {
		return name
	}
	return name[len(folder)+1:]
}
