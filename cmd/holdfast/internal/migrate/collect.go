package migrate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of what is read of a repository.
const (
	maxFiles    = 50_000
	maxFileSize = 4 << 20
	maxObjects  = 20_000
)

// object is one document with an identity.
type object struct {
	apiVersion, kind, namespace, name string
	file                              string
	content                           map[string]any
}

func (o *object) group() string {
	group, _, _ := strings.Cut(o.apiVersion, "/")
	return group
}

func (o *object) String() string {
	name := o.name
	if o.namespace != "" {
		name = o.namespace + "/" + name
	}
	return o.kind + " " + name
}

// found is what was read.
type found struct {
	tree    fs.FS
	objects []*object
	// plain are files with objects of neither Flux nor Argo CD, and own those with
	// objects of theirs, with the kinds of these as excludeKinds names them.
	plain     map[string]bool
	own       map[string]map[string]bool
	confirmed map[string]bool // files with objects that Argo CD asks about before it deletes them
	hooks     map[string]bool // files with hooks that Argo CD runs at no sync
	// patched are files that a kustomization takes in as patches, with its folder.
	patched map[string]string
	// generated are the files of ConfigMaps that kustomizations generate, by
	// name and key.
	generated map[string]map[string]string
	folders   map[string]bool // that hold manifests, all those above them too
	// kustomizations are by their folders.
	kustomizations map[string]folder
	// holders are Kustomizations of Flux, by the files that they take in.
	holders map[string][]*object
	files   int
	notes   []Note
	streams bool
}

func collect(input Input) (*found, error) {
	f := &found{
		tree: input.Tree, plain: map[string]bool{}, own: map[string]map[string]bool{}, confirmed: map[string]bool{}, hooks: map[string]bool{}, patched: map[string]string{},
		generated: map[string]map[string]string{}, folders: map[string]bool{".": true}, kustomizations: map[string]folder{}, holders: map[string][]*object{}, streams: len(input.Streams) > 0,
	}
	if input.Tree != nil {
		if err := fs.WalkDir(input.Tree, ".", f.visit); err != nil {
			return nil, fmt.Errorf("look at the repository: %w", err)
		}
	}
	f.dropPatches()
	f.place()
	for _, stream := range input.Streams {
		objects, err := documents(stream.Name, stream.Content)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", stream.Name, err)
		}
		f.objects = append(f.objects, objects...)
	}
	if len(f.objects) > maxObjects {
		return nil, fmt.Errorf("more than %d objects; carry over one cluster at a time", maxObjects)
	}
	return f, nil
}

func (f *found) visit(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	base := path.Base(name)
	if entry.IsDir() {
		hidden := strings.HasPrefix(base, ".") && name != "."
		if hidden || base == "node_modules" || base == "vendor" || f.isTemplates(name) {
			return fs.SkipDir
		}
		return nil
	}
	switch path.Ext(base) {
	case ".yaml", ".yml", ".json":
	default:
		if !isKustomization(base) {
			return nil
		}
	}
	if !entry.Type().IsRegular() {
		return nil
	}
	if f.files++; f.files > maxFiles {
		return fs.SkipAll
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		f.folders[dir] = true
		if dir == "." {
			break
		}
	}
	content, err := readFile(f.tree, name)
	if err != nil || content == nil {
		return err
	}
	f.file(name, content)
	return nil
}

// kustomizationFiles are the names by which kustomize finds a kustomization in a folder.
var kustomizationFiles = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func isKustomization(base string) bool { return slices.Contains(kustomizationFiles, base) }

// isBuilt reports whether a folder is a chart or a kustomization.
func (f *found) isBuilt(folder string) bool {
	return slices.ContainsFunc(append([]string{"Chart.yaml"}, kustomizationFiles...), func(base string) bool { return f.exists(path.Join(folder, base)) })
}

// isTemplates reports whether a folder holds a chart's templates, which are no manifests yet.
func (f *found) isTemplates(folder string) bool {
	return path.Base(folder) == "templates" && f.exists(path.Join(path.Dir(folder), "Chart.yaml"))
}

func (f *found) exists(name string) bool {
	if f.tree == nil || !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(f.tree, name)
	return err == nil
}

// readFile gives nil for a file that is too large to be one that people write.
func readFile(tree fs.FS, name string) ([]byte, error) {
	file, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil || len(content) > maxFileSize {
		return nil, err
	}
	return content, nil
}

var (
	ofInterest = regexp.MustCompile(`toolkit\.fluxcd\.io/|argoproj\.io/`)
	holdsData  = regexp.MustCompile(`(?m)\bkind"?[ \t]*:[ \t]*["']?(ConfigMap|Secret)\b`)
	otherHooks = regexp.MustCompile(`argocd\.argoproj\.io/hook"?[ \t]*:[ \t]*["']?(SyncFail|PreDelete|PostDelete)\b`)
	confirms   = regexp.MustCompile(`\b(Prune|Delete)=confirm\b`)
	hasVersion = regexp.MustCompile(`(?m)^[ \t{]*"?apiVersion"?[ \t]*:[ \t]*["']?([^\s"',#]+)`)
)

func (f *found) file(name string, content []byte) {
	if isKustomization(path.Base(name)) {
		f.kustomization(path.Dir(name), content)
		return
	}
	interesting := false
	for _, version := range hasVersion.FindAllSubmatch(content, -1) {
		if ofInterest.Match(version[1]) {
			interesting = true
		} else {
			f.plain[name] = true
		}
	}
	if confirms.Match(content) {
		f.confirmed[name] = true
	}
	if otherHooks.Match(content) {
		f.hooks[name] = true
	}
	if !interesting && !holdsData.Match(content) {
		return
	}
	objects, err := documents(name, content)
	if err != nil {
		if interesting {
			f.notes = append(f.notes, Note{Msg: fmt.Sprintf("%s was not read: %s", name, err)})
		}
		return
	}
	for _, o := range objects {
		kind, isOwn := o.own()
		if isOwn {
			put(f.own, name, kind)
		} else {
			f.plain[name] = true
		}
		if !isOwn || !f.streams {
			f.objects = append(f.objects, o)
		}
	}
}

// own reports whether an object is one of Flux's or Argo CD's, which nobody else
// understands, and how excludeKinds names what is like it. Argo's other
// programs have objects in the same group.
func (o *object) own() (kind string, own bool) {
	switch group := o.group(); {
	case strings.HasSuffix(group, "toolkit.fluxcd.io"):
		return group + "/*", true
	case group == "argoproj.io" && ownKinds[o.kind]:
		return group + "/" + o.kind, true
	}
	return "", false
}

// kustomization notes what of its files are no objects by themselves.
func (f *found) kustomization(dir string, content []byte) {
	var k struct {
		Namespace                string
		Resources, Bases         []string
		PatchesStrategicMerge    []string                `yaml:"patchesStrategicMerge"`
		Patches, PatchesJSON6902 []struct{ Path string } `yaml:",omitempty"`
		ConfigMapGenerator       []struct {
			Name  string
			Files []string
		} `yaml:"configMapGenerator"`
	}
	if yaml.Unmarshal(content, &k) != nil {
		return
	}
	own := folder{namespace: k.Namespace}
	for _, name := range append(k.Resources, k.Bases...) {
		own.resources = append(own.resources, path.Join(dir, name))
	}
	f.kustomizations[dir] = own
	for _, patch := range k.Patches {
		k.PatchesStrategicMerge = append(k.PatchesStrategicMerge, patch.Path)
	}
	for _, name := range k.PatchesStrategicMerge {
		f.patched[path.Join(dir, name)] = dir
	}
	for _, generator := range k.ConfigMapGenerator {
		for _, file := range generator.Files {
			key, name, named := strings.Cut(file, "=")
			if !named {
				key, name = path.Base(file), file
			}
			if f.generated[generator.Name] == nil {
				f.generated[generator.Name] = map[string]string{}
			}
			f.generated[generator.Name][key] = path.Join(dir, name)
		}
	}
}

// dropPatches takes out what is a patch of an object, and says so.
func (f *found) dropPatches() {
	kept := f.objects[:0]
	for _, o := range f.objects {
		dir, isPatch := f.patched[o.file]
		if !isPatch {
			kept = append(kept, o)
			continue
		}
		if _, own := o.own(); own {
			f.notes = append(f.notes, Note{Msg: fmt.Sprintf(
				"%s is patched by the kustomization in %s (%s), which was not followed; what is in the cluster has the patch: see `holdfast init --help`", o, dir, o.file)})
		}
	}
	f.objects = kept
}

// documents are the objects of a file; lists are taken apart.
func documents(name string, content []byte) ([]*object, error) {
	var all []*object
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document map[string]any
		err := decoder.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case errors.As(err, new(*yaml.TypeError)):
			continue // no mapping, so no object
		case err != nil:
			return nil, fmt.Errorf("not valid YAML: %s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
		}
		items, isList := document["items"].([]any)
		if kind, _ := document["kind"].(string); !isList || !strings.HasSuffix(kind, "List") {
			items = []any{document}
		}
		for _, item := range items {
			if o := identify(name, item); o != nil {
				all = append(all, o)
			}
		}
		if len(all) > maxObjects {
			return nil, fmt.Errorf("more than %d objects", maxObjects)
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func identify(file string, item any) *object {
	content, _ := item.(map[string]any)
	metadata, _ := content["metadata"].(map[string]any)
	o := &object{file: file, content: content}
	o.apiVersion, _ = content["apiVersion"].(string)
	o.kind, _ = content["kind"].(string)
	o.name, _ = metadata["name"].(string)
	o.namespace, _ = metadata["namespace"].(string)
	if o.apiVersion == "" || o.kind == "" || o.name == "" {
		return nil
	}
	return o
}
