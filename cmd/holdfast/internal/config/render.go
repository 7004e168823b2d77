package config

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
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

// parseRemote reads a URL that may be fetched, or the beginning of one. What is
// wrong with it may be a password in it, so it is not shown.
func parseRemote(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a URL that can be read")
	case u.User != nil:
		return nil, fmt.Errorf("a user name, password or token does not belong in the URL")
	case u.Scheme != "https" && u.Scheme != "oci":
		return nil, fmt.Errorf("expected a URL of https or oci, got one of %q", u.Scheme)
	case u.Host == "":
		return nil, fmt.Errorf("the URL names no host")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("expected a URL without ? and #")
	// What a server makes of such a path need not be what we make of it.
	case u.RawPath != "" || strings.Contains(u.Path, "\\") || u.Path != "" && path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") && u.Path != "/":
		return nil, fmt.Errorf("expected a plain path, without .., // and escaped slashes")
	}
	return u, nil
}

// Allows reports whether an address is within Remotes: it equals one of them,
// or goes on from it at the end of a path's step, or with the tag or digest of OCI.
func (c *Config) Allows(address string) bool {
	u, err := parseRemote(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(c.Remotes, func(remote string) bool {
		r, err := parseRemote(remote)
		if err != nil || r.Scheme != u.Scheme || !strings.EqualFold(r.Host, u.Host) {
			return false
		}
		rest, ok := strings.CutPrefix(u.Path, strings.TrimSuffix(r.Path, "/"))
		if !ok || rest == "" || rest[0] == '/' {
			return ok
		}
		return u.Scheme == "oci" && (rest[0] == ':' || rest[0] == '@') && !strings.HasSuffix(r.Path, "/")
	})
}

// AllowsRepository is Allows of a Git repository, whose name may end in .git.
func (c *Config) AllowsRepository(address string) bool {
	return c.Allows(address) || c.Allows(strings.TrimSuffix(address, ".git"))
}

func (c *Config) checkRemotes() {
	for i, remote := range c.Remotes {
		if remote == "" {
			continue // reported already
		}
		if _, err := parseRemote(remote); err != nil {
			at := []string{"remotes", strconv.Itoa(i)}
			c.doc.failValue(pointer(at...), label(at)+err.Error())
		}
	}
	// A file for a person alone may also be the repository's own, read where
	// the operator's is not at hand: then nothing is fetched, which the
	// renderer says.
	if c.role == Operator || c.role == Both && c.doc.has("remotes") {
		c.doc.problems = append(c.doc.problems, c.strange(c)...)
	}
}

// strange are the charts of another file that c does not allow to be fetched.
func (c *Config) strange(of *Config) resource.Problems {
	var problems resource.Problems
	for i := range of.Targets {
		address := of.Targets[i].Build.Chart.URL
		u, err := parseRemote(address)
		if err != nil || c.Allows(address) {
			continue
		}
		steps := []string{"targets", strconv.Itoa(i), "render", "chart", "url"}
		u.Path, _, _ = strings.Cut(u.Path, ":")
		if above := strings.TrimSuffix(path.Dir(u.Path), "/"); of.Targets[i].Build.Chart.Name == "" && (above != "" || u.Scheme != "oci") {
			u.Path = above // else it is a repository already
		}
		problems = append(problems, resource.Problem{
			Msg:      fmt.Sprintf("%sit is not within what %s allows to be fetched; to allow it, add to remotes there: %s", label(steps), c.File, u),
			Location: of.doc.place(pointer(steps...)).value,
		})
	}
	return problems
}
