package kustomize

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	kyaml "sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// role says what a kustomization takes a file for.
type role int

const (
	roleResource role = iota + 1
	rolePatch         // or another manifest that makes no resource by itself
	roleInput         // of a generator, in any form
)

// folder is a folder with a kustomization, as far as one must know it before
// it is built.
type folder struct {
	name      string
	names     []string // its kustomization; more than one is a mistake
	content   types.Kustomization
	component bool
	bases     []string // folders that it builds on, in order, one as often as it does
	files     map[string]role
	// refused are what it asks for and is not done here, and wrong the user's mistakes.
	refused, wrong []resource.Problem

	tree  *Tree
	text  []byte
	node  *yaml.Node
	moved bool // entries of content are not those that are written
}

// api is what says that a file is a kustomization, or is none.
type api struct {
	APIVersion string `yaml:"apiVersion"`
}

// survey reads the kustomization in a folder.
func (t *Tree) survey(name string) *folder {
	f := &folder{name: name, names: t.Named(name), files: map[string]role{}, tree: t}
	if len(f.names) == 0 {
		return nil
	}
	if len(f.names) > 1 {
		f.mistake("", fmt.Sprintf("there are several kustomizations in this folder: %s; keep one", strings.Join(f.names, ", ")))
		return f
	}
	if f.read() {
		f.collect()
		f.rewrite()
	} else if len(f.wrong) == 0 {
		return nil
	}
	return f
}

// Named are the files of a folder that have a kustomization's name.
func (t *Tree) Named(folder string) []string {
	var names []string
	for _, base := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(folder, base)
		if info, err := fs.Stat(t.files, file); err == nil && info.Mode().IsRegular() {
			names = append(names, file)
		}
	}
	return names
}

// read reports whether the file is a kustomization that can be read.
func (f *folder) read() bool {
	data, err := f.tree.options.Read(f.names[0])
	if err == nil {
		err = f.tree.options.Admit(f.names[0], data)
	}
	if err != nil {
		f.fault(f.names[0], err)
		return false
	}
	var node yaml.Node
	var is api
	if yaml.Unmarshal(data, &node) == nil && node.Decode(&is) == nil && is.APIVersion != "" &&
		!strings.HasPrefix(is.APIVersion, "kustomize.config.k8s.io/") {
		return false
	}
	f.text, f.node = data, &node
	if err := f.content.Unmarshal(data); err != nil {
		f.misread(err)
		return false
	}
	f.content.FixKustomization()
	f.component = f.content.Kind == types.ComponentKind
	return true
}

// rewrite makes the text that the library reads anew, where bases are in
// another place than is written.
func (f *folder) rewrite() {
	if !f.moved {
		return
	}
	text, err := kyaml.Marshal(f.content)
	if err != nil {
		f.mistake("", "cannot be written anew: "+err.Error())
		return
	}
	f.text = text
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// misread places an error of reading the kustomization.
func (f *folder) misread(err error) {
	if field := unknownField.FindStringSubmatch(err.Error()); field != nil {
		f.mistake(field[1], fmt.Sprintf("a kustomization has no field %q; correct its name, or remove it", field[1]))
		return
	}
	msg := strings.TrimPrefix(strings.TrimPrefix(firstLine(err.Error()), "invalid Kustomization: "), "json: ")
	f.mistake("", "not a kustomization: "+msg)
}

// collect notes all that the kustomization takes in.
func (f *folder) collect() {
	k := &f.content
	f.refuseCharts()
	for i, entry := range k.Resources {
		k.Resources[i] = f.base(entry, roleResource)
	}
	for i, entry := range k.Components {
		k.Components[i] = f.base(entry, 0)
	}
	for _, entry := range slices.Concat(k.Crds, k.Configurations) {
		f.file(entry, rolePatch)
	}
	if file, given := k.OpenAPI["path"]; given {
		f.file(file, rolePatch)
	}
	//lint:ignore SA1019 kustomizations that have the field are still built
	for _, patch := range slices.Concat(k.Patches, k.PatchesJson6902) {
		f.file(patch.Path, rolePatch)
		f.inline(patch.Patch)
	}
	//lint:ignore SA1019 as above
	for _, patch := range k.PatchesStrategicMerge {
		if text := string(patch); strings.ContainsAny(text, "\n{:") && !isRemote(text) {
			f.inline(text)
		} else {
			f.file(text, rolePatch)
		}
	}
	for _, replacement := range k.Replacements {
		f.file(replacement.Path, rolePatch)
	}
	for _, generator := range k.ConfigMapGenerator {
		f.inputs(generator.KvPairSources)
	}
	for _, generator := range k.SecretGenerator {
		f.inputs(generator.KvPairSources)
	}
	for _, entry := range slices.Concat(k.Generators, k.Transformers, k.Validators) {
		f.plugin(entry)
	}
}

func (f *folder) inputs(from types.KvPairSources) {
	for _, entry := range from.FileSources {
		f.file(source(entry), roleInput)
	}
	for _, entry := range from.EnvSources {
		f.file(entry, roleInput)
	}
}

// inline takes in a manifest, or a patch, that is written in the kustomization.
func (f *folder) inline(text string) {
	name := f.names[0]
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		name += ".json"
	}
	err := f.tree.options.Admit(name, []byte(text))
	if err == nil || text == "" {
		return
	}
	msg := err.Error()
	var placed resource.Problem
	if errors.As(err, &placed) {
		msg = placed.Msg
	}
	f.mistake(text, "the text that is written here: "+msg)
}

// source is the file of a generator's entry, which may be KEY=file.
func source(entry string) string {
	if _, file, named := strings.Cut(entry, "="); named {
		return file
	}
	return entry
}

// base takes in a folder or, if it has a role, a file, and gives the entry with
// which the library finds it.
func (f *folder) base(entry string, as role) string {
	if isRemote(entry) {
		f.moved = true
		return f.remoteBase(entry)
	}
	target, info := f.resolve(entry)
	switch {
	case info == nil:
	case info.IsDir() && len(f.tree.Named(target)) > 0:
		f.bases = append(f.bases, target)
	case info.IsDir():
		f.mistake(entry, fmt.Sprintf("the folder %s has no kustomization; name its files, or write one there", target))
	case as == 0:
		f.mistake(entry, fmt.Sprintf("%s is a file; a component is a folder with a kustomization of kind Component", target))
	default:
		f.take(target, as)
	}
	return entry
}

// file takes in a file; "" is none.
func (f *folder) file(entry string, as role) {
	if entry == "" {
		return
	}
	target, info := f.resolve(entry)
	switch {
	case info == nil:
	case info.IsDir():
		f.mistake(entry, target+" is a folder; name a file")
	default:
		f.take(target, as)
	}
}

func (f *folder) take(file string, as role) {
	if known := f.files[file]; known == 0 || as < known {
		f.files[file] = as
	}
}

// resolve is the path within the tree that an entry leads to, and what is
// there. It is nil where there is nothing for the library to look at.
func (f *folder) resolve(entry string) (string, fs.FileInfo) {
	if isRemote(entry) {
		f.refuseRemote(entry)
		return "", nil
	}
	if path.IsAbs(entry) {
		f.leadsOut(entry)
		return "", nil
	}
	return f.lookUp(entry, path.Join(f.name, entry))
}

// lookUp is what is at a path in the tree to which an entry leads.
func (f *folder) lookUp(entry, at string) (string, fs.FileInfo) {
	target, info, err := f.tree.real(at)
	switch {
	case errors.Is(err, sources.ErrEscapes) || err != nil && f.tree.ends(at) || !isRemote(entry) && f.tree.rootOf(at) != f.tree.rootOf(f.name):
		f.leadsOut(entry)
		return "", nil
	case errors.Is(err, fs.ErrNotExist):
		f.mistake(entry, fmt.Sprintf("%s is not there; correct the path, which begins at %s, or remove it", entry, f.name))
		return "", nil
	case err != nil:
		f.mistake(entry, fmt.Sprintf("%s cannot be read: %s", entry, plain(err)))
		return "", nil
	}
	return target, info
}

func (f *folder) leadsOut(entry string) {
	f.mistake(entry, fmt.Sprintf("%s leads out of the source, where nothing is read; put what it needs into the source, or begin at a folder that has it all", entry))
}

// ends reports whether a path leads out of the tree, and nothing is around that.
func (t *Tree) ends(target string) bool {
	if fs.ValidPath(target) {
		return false
	}
	_, err := fs.Stat(t.files, "..")
	return err != nil
}

// plain is an error about a file without the file's name.
func plain(err error) string {
	var about *fs.PathError
	if errors.As(err, &about) {
		return about.Err.Error()
	}
	return err.Error()
}

// mistake notes a problem at the place where an entry is written; "" is the file's.
func (f *folder) mistake(entry, msg string) {
	f.wrong = append(f.wrong, resource.Problem{Msg: msg, Location: f.place(entry)})
}

// fault notes why a file cannot be read.
func (f *folder) fault(file string, err error) {
	f.wrong = append(f.wrong, problemOf(file, err))
}

func problemOf(file string, err error) resource.Problem {
	var placed resource.Problem
	if errors.As(err, &placed) {
		return placed
	}
	return resource.Problem{Msg: err.Error(), Location: resource.Location{File: file}}
}

// place is where a text is first written in the kustomization.
func (f *folder) place(entry string) resource.Location {
	at := resource.Location{File: f.names[0]}
	if f.node == nil || entry == "" {
		return at
	}
	var find func(*yaml.Node) bool
	find = func(n *yaml.Node) bool {
		if n.Kind == yaml.ScalarNode && n.Value == entry {
			at.Line, at.Column = n.Line, n.Column
			return true
		}
		return slices.ContainsFunc(n.Content, find)
	}
	find(f.node)
	return at
}

// isFile reports whether an entry leads to a file of the tree.
func (f *folder) isFile(entry string) bool {
	_, info, err := f.tree.real(path.Join(f.name, entry))
	return err == nil && !path.IsAbs(entry) && !info.IsDir()
}
