package migrate

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// folder is what a kustomization says of the files that it takes in.
type folder struct {
	namespace string
	resources []string // files and folders, from the root of the repository
}

// place gives objects the namespace that they get where they are built: that of
// the outermost kustomization that takes them in, and over it the targetNamespace
// of the Kustomization of Flux. One that differs by who takes it in is left as it is.
func (f *found) place() {
	inner := map[string]bool{}
	for _, k := range f.kustomizations {
		for _, name := range k.resources {
			inner[name] = true
		}
	}
	spaces := map[string]map[string]bool{}
	for _, dir := range slices.Sorted(maps.Keys(f.kustomizations)) {
		if !inner[dir] {
			f.follow(dir, "", 0, func(file, namespace string) { put(spaces, file, namespace) })
		}
	}
	imposed := map[string]map[string]bool{}
	for _, o := range f.objects {
		spec := fieldsOf(o.content["spec"])
		if o.kind != "Kustomization" || o.group() != kustomizations {
			continue
		}
		f.takenIn(path.Clean(strings.TrimLeft(spec.text("path"), "/")), func(file string) {
			f.holders[file] = append(f.holders[file], o)
			if target := spec.text("targetNamespace"); target != "" {
				put(imposed, file, target)
			}
		})
	}
	for _, o := range f.objects {
		for _, by := range []map[string]map[string]bool{imposed, spaces} {
			if names := slices.Collect(maps.Keys(by[o.file])); len(names) == 1 && names[0] != "" {
				o.namespace = names[0]
				break
			}
		}
	}
}

func put(all map[string]map[string]bool, file, namespace string) {
	if all[file] == nil {
		all[file] = map[string]bool{}
	}
	all[file][namespace] = true
}

// maxNested bounds how deep kustomizations are followed, which may go round in circles.
const maxNested = 20

// follow visits the files that a kustomization takes in, with their namespace.
func (f *found) follow(dir, outer string, depth int, visit func(file, namespace string)) {
	k, there := f.kustomizations[dir]
	if !there || depth > maxNested {
		return
	}
	if outer == "" {
		outer = k.namespace
	}
	for _, name := range k.resources {
		if _, isFolder := f.kustomizations[name]; isFolder {
			f.follow(name, outer, depth+1, visit)
		} else {
			visit(name, outer)
		}
	}
}

// takenIn visits the files of which Flux builds what is at a path: those of its
// kustomization, or else of those below it and all that lie plainly there.
func (f *found) takenIn(dir string, visit func(file string)) {
	seen := map[string]bool{}
	for _, o := range f.objects {
		if !below(o.file, dir) {
			continue
		}
		built := f.outermost(o.file, dir)
		switch {
		case built != "" && !seen[built]:
			seen[built] = true
			f.follow(built, "", 0, func(file, _ string) { visit(file) })
		case built == "" && !seen[o.file]:
			seen[o.file] = true
			visit(o.file)
		}
	}
}

// outermost is the folder with a kustomization that a file lies in, the nearest
// to dir, "" if there is none.
func (f *found) outermost(file, dir string) (built string) {
	for folder := path.Dir(file); below(folder, dir); folder = path.Dir(folder) {
		if _, there := f.kustomizations[folder]; there {
			built = folder
		}
		if folder == dir || folder == "." {
			break
		}
	}
	return built
}
