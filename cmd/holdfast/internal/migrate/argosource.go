package migrate

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// argoChart is a chart of a Helm repository or registry.
func (c *carrier) argoChart(t *target, name, repository, version string) {
	if !strings.Contains(repository, "://") {
		repository = "oci://" + repository // as Argo CD writes registries
	}
	c.remote(t, repository, name, version)
}

func (c *carrier) argoHelm(t *target, helm *fields, sources map[string]bool, namespace string) {
	release := helm.text("releaseName")
	if release == "" {
		release = t.origin.name
	}
	if own := helm.text("namespace"); own != "" {
		namespace = own
	}
	t.release(release, namespace)
	for _, file := range helm.texts("valueFiles") {
		ref, rest, _ := strings.Cut(file, "/")
		switch {
		case sources[ref]:
			t.valuesFile("/"+rest, ".")
			if !c.found.exists(path.Clean(rest)) {
				t.note("helm.valueFiles: %s is in another repository; put a copy into this one", file)
			}
		case t.chart().URL != "" && !strings.Contains(file, "://"):
			t.note("helm.valueFiles: %s is a file within the chart; put a copy into this repository and name it under render.chart.valuesFiles", file)
		default:
			t.valuesFile(file, t.Path)
		}
	}
	t.argoValues(helm)
	t.chart().SkipCRDs = helm.flag("skipCrds")
	if version := helm.text("kubeVersion"); kubeVersions.MatchString(version) {
		t.chart().KubeVersion = version
	} else if version != "" {
		t.note("helm.kubeVersion %.40q", version)
	}
	t.chart().APIVersions = helm.texts("apiVersions")
	for _, parameter := range helm.mappings("fileParameters") {
		t.note("helm.fileParameters: %s; write the file's content into render.chart.values", parameter.text("name"))
	}
	helm.ignore("passCredentials", "version", "skipTests", "skipSchemaValidation")
	if helm.flag("ignoreMissingValueFiles") {
		t.note("helm.ignoreMissingValueFiles: each file that is named must be there")
	}
	t.unknown("helm", helm)
}

var kubeVersions = regexp.MustCompile(`^v?[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?$`)

// argoValues are the values of an Application: a mapping or a text, and single
// parameters over them.
func (t *target) argoValues(helm *fields) {
	var values map[string]any
	if text := helm.text("values"); text != "" && yaml.Unmarshal([]byte(text), &values) != nil {
		t.note("helm.values is not valid YAML")
	}
	if whole, ok := helm.any("valuesObject").(map[string]any); ok {
		values = whole // it takes the place of the text
	}
	values = merge(nil, values)
	for _, parameter := range helm.mappings("parameters") {
		name, text := parameter.text("name"), parameter.text("value")
		if !simpleParameter.MatchString(name) {
			t.note("helm.parameters: %.80s; write it into render.chart.values", name)
			continue
		}
		steps := splitParameter(name)
		value := any(text)
		if !parameter.flag("forceString") {
			value = typed(text)
		}
		for i := len(steps) - 1; i >= 0; i-- {
			value = map[string]any{steps[i]: value}
		}
		values = merge(values, value.(map[string]any))
	}
	if len(values) > 0 {
		t.chart().Values = values
	}
}

// simpleParameter is a path of plain keys, in which \. is a dot of a key.
var simpleParameter = regexp.MustCompile(`^([^.\\,={}\[\]]|\\\.)+(\.([^.\\,={}\[\]]|\\\.)+)*$`)

func splitParameter(name string) []string {
	const dot = "\x00"
	steps := strings.Split(strings.ReplaceAll(name, `\.`, dot), ".")
	for i := range steps {
		steps[i] = strings.ReplaceAll(steps[i], dot, ".")
	}
	return steps
}

// typed is what Helm takes a parameter's text for.
func typed(text string) any {
	switch text {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && (text == "0" || !strings.HasPrefix(text, "0")) {
		return n
	}
	return text
}

func (t *target) argoKustomize(k *fields) {
	if name := k.text("namespace"); name != "" {
		t.namespace(name)
	}
	k.ignore("version")
	t.argoOverlay(k)
	for _, key := range k.rest() {
		t.note("kustomize.%s: write it into the kustomization.yaml in %s, or one that has it as a resource", key, t.Path)
	}
}

// argoDirectory takes over which files of a plain folder are read. Argo CD does
// not look into folders below it unless it is told to.
func (c *carrier) argoDirectory(t *target, d *fields, built bool) {
	if built || t.lacking != "" || c.found.isBuilt(t.Path) {
		return
	}
	base := "/"
	if t.Path != "." {
		base += escaped(t.Path) + "/"
	}
	if !d.flag("recurse") {
		entries, err := fs.ReadDir(c.found.tree, t.Path)
		if err != nil {
			t.note("directory: %s could not be listed; folders below it are taken in too", t.Path)
		}
		for _, entry := range entries {
			if name := path.Join(t.Path, entry.Name()); entry.IsDir() && c.found.folders[name] {
				t.Exclude = append(t.Exclude, base+escaped(entry.Name()))
			}
		}
	}
	for _, glob := range alternatives(d.text("exclude")) {
		if _, err := path.Match(glob, ""); err != nil || strings.ContainsAny(glob, "{}") || strings.Contains(glob, "**") || len(glob) > 500 {
			t.note("directory.exclude: %.80q; write it as in .gitignore under exclude", glob)
			continue
		}
		t.Exclude = append(t.Exclude, base+glob)
	}
	if d.has("include") {
		t.note("directory.include %.80q: leave the others out with exclude", d.text("include"))
	}
	if d.has("jsonnet") {
		t.note("directory.jsonnet: Jsonnet is not rendered into a target")
	}
	t.unknown("directory", d)
}

// alternatives are the patterns of {a,b}, or the one pattern.
func alternatives(glob string) []string {
	if glob == "" {
		return nil
	}
	if inner, ok := strings.CutPrefix(glob, "{"); ok && strings.Count(glob, "{") == 1 && strings.HasSuffix(inner, "}") {
		var all []string
		for part := range strings.SplitSeq(strings.TrimSuffix(inner, "}"), ",") {
			if part != "" {
				all = append(all, part)
			}
		}
		return all
	}
	return []string{glob}
}

var special = regexp.MustCompile(`[\\*?\[\]!# ]`)

// escaped is a path as a pattern in .gitignore that means just it.
func escaped(name string) string { return special.ReplaceAllString(name, `\$0`) }
