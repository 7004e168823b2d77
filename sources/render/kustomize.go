package render

import (
	"bytes"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// kustomization is what is read of one: the files of its patches, by the
// current and by the older fields.
type kustomization struct {
	Patches               []patchFile `yaml:"patches"`
	PatchesJSON6902       []patchFile `yaml:"patchesJson6902"`
	PatchesStrategicMerge []string    `yaml:"patchesStrategicMerge"` // a file, or the patch itself
}

type patchFile struct {
	Path string `yaml:"path"`
}

// notePatches takes in the files that a kustomization names as patches. One
// that cannot be read names none: what is wrong with it, its build will tell.
func (w *walker) notePatches(name string) {
	var buffer bytes.Buffer
	data, err := readFile(w.snapshot, name, w.limits, &buffer)
	if err != nil {
		return
	}
	var k kustomization
	if yaml.Unmarshal(data, &k) != nil {
		return
	}
	names := slices.Clone(k.PatchesStrategicMerge)
	for _, p := range slices.Concat(k.Patches, k.PatchesJSON6902) {
		names = append(names, p.Path)
	}
	for _, file := range names {
		if file != "" {
			if w.patches == nil {
				w.patches = map[string]bool{}
			}
			w.patches[path.Join(path.Dir(name), file)] = true
		}
	}
}

// passPatches leaves the patches out of the files that were found.
func (w *walker) passPatches() {
	w.files = slices.DeleteFunc(w.files, func(name string) bool {
		if w.patches[name] {
			w.skip(name, reasonPatch)
		}
		return w.patches[name]
	})
}
