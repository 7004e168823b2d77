package render

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Why kustomizations are not built, and files beside them not read.
const (
	reasonPatch     = "a patch of a kustomization, which is no resource by itself"
	reasonComponent = "kustomize: a component is no build by itself, and no kustomization here takes this one in"
	reasonPlainly   = "; the plain resources that it takes in are read as they are"
)

func (r *Renderer) kustomizations(ctx context.Context, unseal *unsealer) *kustomize.Tree {
	options := kustomize.Options{
		Read:    unseal.text,
		Admit:   r.admitManifest,
		Timeout: 3 * r.limits.ParseTimeout,
	}
	if r.limits.Remotes.Repository != nil {
		options.Base = func(url, commit string) (string, error) {
			return unseal.snapshot.fetch(ctx, &r.limits.Remotes, url, commit)
		}
	}
	return kustomize.New(unseal.snapshot, options)
}

// admitManifest refuses what is not YAML, or too much once its aliases are
// expanded, before a parser without bounds sees it.
func (r *Renderer) admitManifest(name string, data []byte) error {
	data, wrong := decodeText(data)
	if wrong != nil {
		return wrong.at(name)
	}
	file := manifest{name: name, limits: &r.limits}
	if file.format() != formatJSON {
		file.parser = formatYAML
	}
	var refused *mistake
	wrong = file.eachDocument(data, func(doc document) {
		c := converter{limits: &r.limits, words: newWords(), line: doc.line}
		if _, err := c.value(doc.root, 0); err != nil && refused == nil {
			refused = err
		}
	})
	if wrong == nil {
		wrong = refused
	}
	if wrong != nil {
		return wrong.at(name)
	}
	return nil
}

// kustomizationSecrets are the places in a kustomization, which need not say
// that it is one, in which the values of Secrets are written.
func kustomizationSecrets(content map[string]any) []resource.Path {
	if kind := text(content["kind"]); kind != "" && kind != "Kustomization" && kind != "Component" {
		return nil
	}
	var found []resource.Path
	generators, _ := content["secretGenerator"].([]any)
	for i, each := range generators {
		if object, _ := each.(map[string]any); object["literals"] != nil {
			found = append(found, resource.Path{"secretGenerator", i, "literals"})
		}
	}
	for _, field := range []string{"patches", "patchesStrategicMerge"} {
		patches, _ := content[field].([]any)
		for i, each := range patches {
			at := resource.Path{field, i}
			if object, isObject := each.(map[string]any); isObject {
				each, at = object["patch"], at.Append("patch")
			}
			if strings.Contains(text(each), "Secret") {
				found = append(found, at)
			}
		}
	}
	return found
}

// builds are the kustomizations to build among what was found. The files that
// they take in are no longer among those to be read plainly.
func (b *builder) builds(found *walker) []*sources.File {
	build := &b.selection.Build
	switch {
	case b.selection.Loose:
	case len(found.files) > 0 && (build.Namespace != "" || len(build.Kustomize) > 0), len(found.kustomizations) > 1 && len(build.Kustomize) > 0:
		return []*sources.File{b.together(found)}
	}
	if len(found.kustomizations) == 0 {
		return nil
	}
	looked := b.tree.Look(found.kustomizations)
	if b.selection.Loose {
		looked.Roots = b.buildable(found, looked.Roots)
	}
	for _, name := range looked.Parts {
		if components, _ := build.Kustomize["components"].([]string); slices.Contains(components, name) {
			continue
		}
		if found.skip(name, reasonComponent); b.selection.Loose {
			found.skipped[len(found.skipped)-1].Reason += reasonPlainly
		}
	}
	var files []*sources.File
	for _, name := range looked.Roots {
		files = append(files, b.file(name, b.kustomization(name)))
	}
	built := b.tree.Look(looked.Roots).Used
	found.files = slices.DeleteFunc(found.files, func(name string) bool {
		_, inBuild := built[name]
		resources, used := looked.Used[name]
		if used && !inBuild && !resources && !kustomize.IsName(name) {
			found.skip(name, reasonPatch)
		}
		return inBuild || used && !resources
	})
	return files
}

// buildable are the roots that can be built here. One that asks for what is not
// done is passed over where a folder is merely looked at, and what it takes in
// is read plainly.
func (b *builder) buildable(found *walker, roots []string) []string {
	return slices.DeleteFunc(roots, func(name string) bool {
		refused := b.tree.Refused(name)
		for _, each := range refused {
			found.skip(each.Location.String(), "kustomize: "+each.Msg+reasonPlainly)
		}
		return len(refused) > 0
	})
}

func (b *builder) kustomization(folder string) func(*built) {
	root := kustomize.Root{Folder: folder, Namespace: b.selection.Build.Namespace, Overlay: b.selection.Build.Kustomize}
	return func(out *built) { b.build(out, root) }
}

// together is everything that was found as one kustomization that nobody wrote,
// for what is done to all of it.
func (b *builder) together(found *walker) *sources.File {
	root := kustomize.Root{Folder: b.selection.Path, Namespace: b.selection.Build.Namespace, Overlay: b.selection.Build.Kustomize}
	if found.single {
		root.Folder = path.Dir(b.selection.Path)
	}
	looked := b.tree.Look(found.kustomizations)
	root.Resources = slices.Concat(found.files, looked.Roots)
	slices.Sort(root.Resources)
	found.files = nil
	return b.file(b.selection.Path, func(out *built) { b.build(out, root) })
}

func (b *builder) build(out *built, root kustomize.Root) {
	if refused := b.tree.RefusedOf(root); b.selection.Unknown && onlyElsewhere(refused) {
		for _, each := range refused {
			out.Skipped = append(out.Skipped, sources.Skipped{What: each.Location.String(), Reason: "kustomize: " + each.Msg})
		}
		return
	}
	objects, problems := b.tree.Build(root)
	out.Problems = append(out.Problems, problems...)
	for i := range objects {
		object := &objects[i]
		content, wrong := b.content(object.JSON)
		if wrong != nil {
			out.Problems = append(out.Problems, resource.Problem{Msg: wrong.msg, Location: resource.Location{File: object.File}})
			continue
		}
		from := written{files: []string{object.File}, generated: object.Generated, whole: root.Folder}
		if object.File == "" {
			from.files = b.tree.Files(root)
		}
		if names := b.tree.Named(root.Folder); len(names) > 0 {
			from.whole = names[0]
		}
		out.add(content, from)
	}
}

// onlyElsewhere reports whether all that is refused would have to be fetched.
func onlyElsewhere(refused []resource.Problem) bool {
	return len(refused) > 0 && !slices.ContainsFunc(refused, func(p resource.Problem) bool { return !p.Elsewhere })
}
