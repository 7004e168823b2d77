package config

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// layout is what Init found of manifests for Kubernetes.
type layout struct {
	kustomizations map[string]kustomization // by folder
	charts         map[string]bool          // folders; false for a library, which is not installed
	manifests      map[string]bool          // files
	flux, argo     bool                     // objects of these were met
}

// kustomization is what one says of where its parts are.
type kustomization struct {
	Kind                       string
	Resources, Bases           []string
	Components, CRDs           []string
	PatchesStrategicMerge      []string
	Patches, PatchesJSON6902   []struct{ Path string }
	Generators, Transformers   []string
	Configurations, Validators []string
	ConfigMapGenerator         []struct{ Files, Envs []string }
	SecretGenerator            []struct{ Files, Envs []string }
}

const plainManifests = "plain manifests"

// folderTarget is a folder that Init makes a target of.
type folderTarget struct {
	dir, what string
	exclude   []string // of the repository
}

func (l *layout) kustomization(dir string, content []byte) {
	var k kustomization
	// One that cannot be read is found all the same; building it says what is wrong.
	_ = yaml.Unmarshal(content, &k)
	l.kustomizations[dir] = k
}

func (l *layout) chart(dir string, content []byte) {
	var about struct{ Type string }
	_ = yaml.Unmarshal(content, &about)
	l.charts[dir] = about.Type != "library"
}

// notForClusters are what has a version and a kind, and yet is read by some
// tool and never by an API server.
var notForClusters = regexp.MustCompile(`^(skaffold/|kind\.x-k8s\.io/|k3d\.io/|ctlptl\.dev/|(kustomize|audit|apiserver|kubelet|kubeproxy|kubescheduler|client)\.config\.k8s\.io/|kubeadm\.k8s\.io/|eksctl\.io/|test\.gatekeeper\.sh/)`)

func (l *layout) version(name, version string) {
	switch {
	case notForClusters.MatchString(version):
		return
	case strings.HasPrefix(version, "kustomize.toolkit.fluxcd.io/"), strings.HasPrefix(version, "helm.toolkit.fluxcd.io/"):
		l.flux = true
	case strings.HasPrefix(version, "argoproj.io/"):
		l.argo = true
	}
	l.manifests[name] = true
}

// within reports whether anything lies in a folder or below it.
func (l *layout) within(dir string) bool {
	for name := range l.manifests {
		if under(path.Dir(name), dir) {
			return true
		}
	}
	return within(dir, l.charts) || within(dir, l.kustomizations)
}

// patches are the files that a kustomization changes its resources by.
func (k *kustomization) patches() []string {
	parts := slices.Clone(k.PatchesStrategicMerge)
	for _, patch := range slices.Concat(k.Patches, k.PatchesJSON6902) {
		parts = append(parts, patch.Path)
	}
	return parts
}

// isPart reports whether a file is a patch, or lies in a chart, and so is no
// whole manifest.
func (l *layout) isPart(name string) bool {
	for dir, k := range l.kustomizations {
		if slices.ContainsFunc(k.patches(), func(patch string) bool { return path.Join(dir, patch) == name }) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(l.charts)), func(chart string) bool { return under(path.Dir(name), chart) })
}

// used are the folders and files that kustomizations are made of.
func (l *layout) used() map[string]bool {
	used := map[string]bool{}
	for dir, k := range l.kustomizations {
		parts := slices.Concat(k.Resources, k.Bases, k.Components, k.CRDs, k.patches(), k.Generators, k.Transformers, k.Configurations, k.Validators)
		for _, generator := range slices.Concat(k.ConfigMapGenerator, k.SecretGenerator) {
			for _, file := range slices.Concat(generator.Files, generator.Envs) {
				_, name, named := strings.Cut(file, "=")
				if !named {
					name = file
				}
				parts = append(parts, name)
			}
		}
		for _, part := range parts {
			if name := path.Join(dir, part); part != "" && name != dir {
				used[name] = true
			}
		}
	}
	return used
}

// targets are the charts, the kustomizations that no other one uses, and the
// topmost folders of plain manifests, with whatever lies below these and is no
// part of them left out. others are folders that belong to other drivers.
func (l *layout) targets(others map[string]bool) []folderTarget {
	used := l.used()
	var found []folderTarget
	built := map[string]bool{}
	for _, dir := range topmost(l.charts) {
		built[dir] = true
		if l.charts[dir] && !used[dir] {
			found = append(found, folderTarget{dir: dir, what: "a Helm chart"})
		}
	}
	inChart := func(dir string) bool {
		return slices.ContainsFunc(topmost(l.charts), func(chart string) bool { return under(dir, chart) })
	}
	for dir, k := range l.kustomizations {
		if inChart(dir) {
			continue
		}
		built[dir] = true
		if !used[dir] && k.Kind != "Component" {
			found = append(found, folderTarget{dir: dir, what: "a kustomization"})
		}
	}
	plain := map[string]bool{}
	parts := map[string]bool{}
	for name := range l.manifests {
		switch dir := path.Dir(name); {
		case used[name]:
			parts[name] = true
		case !built[dir] && !inChart(dir) && !others[dir]:
			plain[dir] = true
		}
	}
	for _, dir := range topmost(plain) {
		target := folderTarget{dir: dir, what: plainManifests}
		for _, folder := range topmost(together(built, others)) {
			if folder != dir && under(folder, dir) {
				target.exclude = append(target.exclude, rootedPattern(folder))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			if under(name, dir) && !slices.ContainsFunc(topmost(built), func(folder string) bool { return under(name, folder) }) {
				target.exclude = append(target.exclude, rootedPattern(name))
			}
		}
		found = append(found, target)
	}
	slices.SortFunc(found, func(a, b folderTarget) int { return strings.Compare(a.dir, b.dir) })
	return found
}

func together(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}

// special are the characters that mean something in patterns as in .gitignore.
var special = regexp.MustCompile(`[\\*?\[\]!# ]`)

// rootedPattern is the pattern for one folder or file of the source.
func rootedPattern(name string) string { return "/" + special.ReplaceAllString(name, `\$0`) }

// kubernetesFile takes in a file that has to do with Kubernetes by its name,
// and reports whether it has.
func (found *survey) kubernetesFile(tree fs.FS, dir, name string) (bool, error) {
	var take func(dir string, content []byte)
	switch path.Base(name) {
	case "Chart.yaml":
		take = found.layout.chart
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		take = found.layout.kustomization
	default:
		return false, nil
	}
	content, err := read(tree, name)
	if err == nil {
		take(dir, content)
	}
	return true, err
}
