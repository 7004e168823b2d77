package config

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
)

// wireRender is what a target says of how its manifests are built. A chart's
// values, and what is kustomize's, are taken from the document, as settings are.
type wireRender struct {
	Namespace      string
	Substitute     map[string]string
	SubstituteFrom []string
	ExcludeKinds   []string
	Kustomize      struct{ Components []string }
	Chart          struct {
		URL, Digest, Version, Name      string
		Release, Namespace, KubeVersion string
		ValuesFiles, APIVersions        []string
		SkipCRDs                        bool
	}
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

func (c *Config) build(w *wireRender, steps []string) sources.Build {
	below := func(names ...string) []string { return append(slices.Clone(steps), names...) }
	chart := sources.Chart{
		URL: w.Chart.URL, Digest: w.Chart.Digest, Version: w.Chart.Version, Name: w.Chart.Name,
		Release: w.Chart.Release, Namespace: w.Chart.Namespace,
		KubeVersion: w.Chart.KubeVersion, APIVersions: w.Chart.APIVersions, SkipCRDs: w.Chart.SkipCRDs,
		ValuesFiles: c.treePaths(w.Chart.ValuesFiles, below("chart", "valuesFiles")),
	}
	chart.Values, _ = c.doc.value(below("chart", "values")).(map[string]any)
	c.checkChart(&chart, below("chart"))
	if chart.URL != "" && c.doc.has(below("kustomize")...) {
		c.doc.failKey(pointer(below("kustomize")...), label(steps)+"kustomize does not reach what a chart makes; change its values")
	}
	for name := range w.Substitute {
		if !variable.MatchString(name) {
			c.doc.failKey(pointer(below("substitute", name)...), fmt.Sprintf(
				"%s%s is no name of a variable: expected letters, digits and _, not beginning with a digit", label(below("substitute")), show(name)))
		}
	}
	build := sources.Build{
		Namespace: w.Namespace, Substitute: w.Substitute, Chart: chart,
		SubstituteFrom: c.treePaths(w.SubstituteFrom, below("substituteFrom")),
		ExcludeKinds:   w.ExcludeKinds,
	}
	build.Kustomize, _ = c.doc.value(below("kustomize")).(map[string]any)
	if len(w.Kustomize.Components) > 0 {
		build.Kustomize = maps.Clone(build.Kustomize)
		build.Kustomize["components"] = c.treePaths(w.Kustomize.Components, below("kustomize", "components"))
	}
	switch {
	case chart.URL != "":
		build.At = c.doc.place(pointer(below("chart", "url")...)).value
	case c.doc.has(steps...):
		build.At = c.doc.place(pointer(steps...)).key
	}
	return build
}

// treePaths are files within the source in the order in which they are given,
// in which later ones win.
func (c *Config) treePaths(list []string, steps []string) []string {
	var out []string
	for i, text := range list {
		if clean := c.treePath(text, append(slices.Clone(steps), strconv.Itoa(i))...); clean != "" {
			out = append(out, clean)
		}
	}
	return out
}

func (c *Config) checkChart(chart *sources.Chart, steps []string) {
	at := func(key string) string { return pointer(append(slices.Clone(steps), key)...) }
	has := func(key string) bool { return c.doc.has(append(slices.Clone(steps), key)...) }
	if chart.URL == "" {
		for _, key := range []string{"digest", "version", "name"} {
			if has(key) && !has("url") {
				c.doc.failKey(at(key), fmt.Sprintf("%sa %s is of a chart that is fetched; give its url", label(steps), key))
			}
		}
		return
	}
	u, err := parseRemote(chart.URL)
	if err != nil {
		c.doc.failValue(at("url"), fmt.Sprintf("%s.url: %s", dotted(steps), err))
		return
	}
	oci, tagged := u.Scheme == "oci", strings.ContainsAny(path.Base(u.Path), ":@")
	switch {
	case oci && has("name"):
		c.doc.failKey(at("name"), label(steps)+"a name is of a chart in a Helm repository; the URL of OCI has it already")
	case oci && has("version") && tagged:
		c.doc.failValue(at("url"), label(steps)+"the version is the tag; leave out the one in the URL")
	case !oci && has("version") && !has("name"):
		c.doc.failKey(at("version"), label(steps)+"a version is looked for in the index of a Helm repository; add the name that the chart has there")
	case !oci && has("name") && !has("version"):
		c.doc.failKey(at("name"), label(steps)+"a name is of a chart in a Helm repository; add its exact version")
	case !has("digest") && !has("version"):
		c.doc.failValue(at("url"), label(steps)+"what comes over the network is pinned: add its digest (sha256:…), or an exact version")
	}
}
