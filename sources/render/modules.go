package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/terraform"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// modules are the folders among what was found whose files make resources
// together: kustomizations, charts, and root modules of Terraform.
func (r *Renderer) modules(ctx context.Context, snapshot sources.Snapshot, selection sources.Selection, found *walker, fill *filler) []*sources.File {
	b := &builder{Renderer: r, snapshot: snapshot, selection: selection, tree: found.tree, unseal: found.unseal, fill: fill}
	return append(append(b.builds(found), b.charts(ctx, found)...), r.terraformModules(snapshot, selection, found)...)
}

// terraformModules are the root modules of Terraform.
func (r *Renderer) terraformModules(snapshot sources.Snapshot, selection sources.Selection, found *walker) []*sources.File {
	if len(found.modules) == 0 {
		return nil
	}
	tree := terraform.New(snapshot, terraform.Options{
		Read:    func(name string) ([]byte, error) { return r.text(snapshot, name) },
		Admit:   admitHCL,
		Timeout: r.limits.ParseTimeout,
	})
	if terraform.IsSource(selection.Path) {
		root := terraform.Root{Folder: found.modules[0], File: selection.Path, Target: selection.Target}
		return []*sources.File{moduleFile(tree, root, selection.Path)}
	}
	roots, tested := tree.Roots(found.modules)
	for _, folder := range tested {
		found.skip(folder, reasonTested)
	}
	var files []*sources.File
	for _, folder := range roots {
		root := terraform.Root{Folder: folder, Target: selection.Target}
		if folder != selection.Path {
			root.Prefix = below(selection.Path, folder)
		}
		files = append(files, moduleFile(tree, root, folder))
	}
	return files
}

const reasonTested = "a Terraform module that only tests call"

// below is a path within a folder, from there.
func below(folder, name string) string {
	if folder == "." {
		return name
	}
	return name[len(folder)+1:]
}

func moduleFile(tree *terraform.Tree, root terraform.Root, name string) *sources.File {
	return &sources.File{Name: name, Module: true, Read: func() sources.FileRendering { return tree.Evaluate(root) }}
}

// guarded visits a module. A panic is an error that names it.
func guarded(file *sources.File, index int, visit func(*sources.File) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%s: internal error: %v", file.Name, fault)
		}
	}()
	file.Index = index
	return visit(file)
}

// text is what a file of a module holds.
func (r *Renderer) text(snapshot sources.Snapshot, name string) ([]byte, error) {
	var buffer bytes.Buffer
	data, err := readFile(snapshot, name, &r.limits, &buffer)
	if err != nil {
		return nil, errors.New(readMessage(err, &r.limits))
	}
	if !isTerraform(name) {
		return data, nil // what a function reads need not be text
	}
	data, wrong := decodeText(data)
	if wrong != nil {
		return nil, wrong
	}
	return data, nil
}

// admitHCL refuses what its parser cannot take.
func admitHCL(data []byte) error {
	hcl, _ := formatNamed("hcl2")
	return hcl.admit(data)
}

// restTag marks a list of nodes whose last one stands for all that follow.
const restTag = "!rest"

// newModuleFile is a file of a module as Locate and Excerpt need it: one
// document, in which each block has the form of the resource that is made of it.
func newModuleFile(m *manifest, data []byte) *parsedFile {
	file := &parsedFile{size: len(data), lines: splitLines(string(data), false), masks: &masks{}}
	places, err := terraform.Places(m.name, data, admitHCL)
	if err != nil {
		file.dark = []span{{mark{1, 1}, mark{len(file.lines) + 1, 1}}}
	}
	root := &yaml.Node{Kind: yaml.SequenceNode, Line: 1, Column: 1}
	for i, place := range places {
		root.Content = append(root.Content, nodeOf(place))
		within := resource.Path{i}
		res := resource.Resource{Content: place.Secrets(), Origin: resource.Origin{File: m.name, Within: within, Parser: m.parser}}
		res.Sensitive = place.SecretPaths()
		file.resources = append(file.resources, res)
	}
	file.documents = []document{{line: 1, root: root, foreign: true}}
	file.finish(nil, false)
	return file
}

// nodeOf is a place as nodes.
func nodeOf(p *terraform.Place) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: "x", Line: p.Value.Line, Column: p.Value.Column}
	if len(p.Children) == 0 {
		return n
	}
	if p.List {
		n.Kind = yaml.SequenceNode
		if p.RestAsLast {
			n.Tag = restTag
		}
		for i := range len(p.Children) {
			n.Content = append(n.Content, nodeOf(p.Children[i]))
		}
		return n
	}
	n.Kind = yaml.MappingNode
	for _, key := range p.Keys() {
		child := p.Children[key]
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key, Line: child.Key.Line, Column: child.Key.Column}, nodeOf(child))
	}
	return n
}
