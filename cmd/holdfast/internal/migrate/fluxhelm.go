package migrate

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (c *carrier) helmRelease(o *object) {
	o, open := c.filledIn(o)
	spec := fieldsOf(o.content["spec"])
	t := newTarget(o)
	if open != "" {
		t.note("variables of its Kustomization without a value in this repository; write them in: %s", open)
	}
	t.Prune = true // as Helm does
	namespace := spec.text("targetNamespace")
	release := spec.text("releaseName")
	if release == "" {
		release = strings.TrimPrefix(namespace+"-"+o.name, "-")
	}
	if namespace == "" {
		namespace = o.namespace
	}
	t.release(release, namespace)
	if spec.has("chartRef") {
		c.chartRef(t, spec.mapping("chartRef"))
	} else {
		c.chartTemplate(t, spec.mapping("chart").mapping("spec"))
	}
	t.common(spec)
	c.valuesFrom(t, spec.mappings("valuesFrom"))
	if values, _ := spec.any("values").(map[string]any); len(values) > 0 {
		t.chart().Values = merge(t.chart().Values, values)
	}
	t.helmRemarks(spec)
	c.targets = append(c.targets, t)
}

func (t *target) release(name, namespace string) {
	if releases.MatchString(name) {
		t.chart().Release = name
	} else {
		t.note("releaseName %.80q is none that Helm accepts whole; see in the cluster what the release is called and set render.chart.release", name)
	}
	switch {
	case namespaces.MatchString(namespace):
		t.chart().Namespace = namespace
		t.set("namespace", namespace)
	case namespace != "":
		t.note("targetNamespace %.80q is no name of a namespace", namespace)
	default:
		t.note("the namespace of the release is not known; set render.chart.namespace and settings.namespace")
	}
}

// chartTemplate is a chart by name and version, or by its path in a repository.
func (c *carrier) chartTemplate(t *target, spec *fields) {
	ref := spec.mapping("sourceRef")
	name, version := spec.text("chart"), spec.text("version")
	spec.ignore("interval", "reconcileStrategy", "ignoreMissingValuesFiles")
	files := append(spec.texts("valuesFiles"), spec.text("valuesFile"))
	switch kind := ref.text("kind"); {
	case c.source(t, ref):
		t.settle(c.found, name)
		for _, file := range files {
			t.valuesFile(file, ".")
		}
	case kind == "HelmRepository":
		t.Path = path.Dir(t.origin.file)
		at := c.object(t.origin, fluxSources, kind, ref.text("namespace"), ref.text("name"))
		if at == nil {
			t.unfetched(fmt.Sprintf("its chart %s comes from HelmRepository %s, which is not among what was read", name, ref.text("name")))
			break
		}
		from := fieldsOf(at.content["spec"])
		c.remote(t, from.text("url"), name, version)
		c.credentials(t, at)
		for _, file := range files {
			if file != "" {
				t.note("chart.spec.valuesFiles: %s is a file within the chart; put a copy into this repository and name it under render.chart.valuesFiles", file)
			}
		}
	default:
		t.Path = path.Dir(t.origin.file)
		t.unfetched(fmt.Sprintf("its chart %s comes from %s %s", name, kind, ref.text("name")))
	}
	t.unknown("chart.spec", spec)
}

// chartRef is a chart that an object of its own says where to find.
func (c *carrier) chartRef(t *target, ref *fields) {
	t.Path = path.Dir(t.origin.file)
	kind, name := ref.text("kind"), ref.text("name")
	at := c.object(t.origin, fluxSources, kind, ref.text("namespace"), name)
	if at == nil {
		t.unfetched(fmt.Sprintf("its chart comes from %s %s, which is not among what was read", kind, name))
		return
	}
	spec := fieldsOf(at.content["spec"])
	if kind == "HelmChart" {
		c.chartTemplate(t, spec)
		return
	}
	version := spec.mapping("ref")
	if digest := version.text("digest"); digests.MatchString(digest) {
		t.chart().Digest = digest
	}
	tag := version.text("tag")
	if tag == "" {
		tag = version.text("semver")
	}
	c.remote(t, spec.text("url"), "", tag)
	c.credentials(t, at)
}

var digests = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// exact is a version that is one and no range.
var exact = regexp.MustCompile(`^v?(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}(-[0-9A-Za-z-][0-9A-Za-z.-]*)?(\+[0-9A-Za-z-][0-9A-Za-z.-]*)?$`)

// remote is a chart that is fetched, by its digest or an exact version: of that
// name in a Helm repository or a registry, or if it is "" at the address itself.
// What is not pinned is written as a comment.
func (c *carrier) remote(t *target, address, name, version string) {
	address = strings.TrimSuffix(withoutUser(address), "/")
	chart := t.chart()
	chart.URL = address
	oci := strings.HasPrefix(address, "oci://")
	if oci && name != "" {
		chart.URL += "/" + name
	} else {
		chart.Name = name
	}
	if chart.Digest == "" {
		chart.Version = version
	}
	switch {
	case !oci && !strings.HasPrefix(address, "https://"):
		t.unfetched(fmt.Sprintf("its chart is fetched from %s, and holdfast does so by https and oci alone", address))
	case chart.Digest == "" && !exact.MatchString(version):
		t.lacking = fmt.Sprintf("version %q of its chart is not one version; see in the cluster which one is in use, and write that", version)
	case !slices.Contains(c.remotes, chart.URL):
		c.remotes = append(c.remotes, chart.URL)
	}
}

// unfetched has the target written as a comment, for a chart that cannot be had.
func (t *target) unfetched(why string) {
	t.lacking = why + "; put the chart into the repository, or its URL with an exact version or digest under render.chart"
}

// withoutUser is a URL without what stands before its host.
func withoutUser(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, below, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		return scheme + "://" + host[at+1:] + "/" + below
	}
	return address
}

// valuesFile is a file of values, from a folder of the repository.
func (t *target) valuesFile(file, dir string) {
	if file == "" {
		return
	}
	name := path.Join(dir, file)
	if strings.HasPrefix(file, "/") {
		name = path.Clean(strings.TrimLeft(file, "/"))
	}
	if strings.Contains(name, "\\") || name == ".." || strings.HasPrefix(name, "../") || strings.Contains(file, "://") || len(name) > 1024 {
		t.note("values file %s is no file of this repository; put a copy into it and name that under render.chart.valuesFiles", withoutUser(file))
		return
	}
	t.chart().ValuesFiles = append(t.chart().ValuesFiles, name)
}

// valuesFrom takes in values that ConfigMaps hold, as far as the repository has these.
func (c *carrier) valuesFrom(t *target, all []*fields) {
	for _, from := range all {
		kind, name, key := from.text("kind"), from.text("name"), from.text("valuesKey")
		if key == "" {
			key = "values.yaml"
		}
		from.ignore("optional")
		if file := c.found.generated[name][key]; kind == "ConfigMap" && file != "" && !from.has("targetPath") {
			t.valuesFile(file, ".")
			continue
		}
		o := c.object(t.origin, "", kind, t.origin.namespace, name)
		switch values, ok := configured(o, key); {
		case kind == "ConfigMap" && ok && !from.has("targetPath"):
			t.chart().Values = merge(t.chart().Values, values)
			t.note("valuesFrom: what %s holds was written out under render.chart.values", describe(kind, t.origin.namespace, name))
		case kind == "Secret":
			t.note("valuesFrom: Secret %s: put its %s, encrypted with SOPS, into a file and name that under render.chart.valuesFiles", name, key)
		default:
			t.note("valuesFrom: %s %s: put its %s into a file and name that under render.chart.valuesFiles", kind, name, key)
		}
	}
}

// configured are the values that a ConfigMap holds under a key.
func configured(o *object, key string) (map[string]any, bool) {
	if o == nil || o.content["sops"] != nil {
		return nil, false
	}
	data, _ := o.content["data"].(map[string]any)
	text, _ := data[key].(string)
	var values map[string]any
	if text == "" || yaml.Unmarshal([]byte(text), &values) != nil {
		return nil, false
	}
	return values, true
}

// helmRemarks are about what Helm's life cycle has and a target has not.
func (t *target) helmRemarks(spec *fields) {
	spec.ignore("targetNamespace", "releaseName", "maxHistory", "storageNamespace", "persistentClient", "rollback", "uninstall")
	install, upgrade := spec.mapping("install"), spec.mapping("upgrade")
	if install.text("crds") == "Skip" && (upgrade.text("crds") == "Skip" || upgrade.text("crds") == "") {
		t.chart().SkipCRDs = true
	}
	if install.flag("createNamespace") {
		t.note("install.createNamespace: write a manifest of the Namespace into a target that this one depends on")
	}
	if upgrade.mapping("remediation").text("strategy") != "" || upgrade.mapping("remediation").has("retries") {
		t.note("upgrade.remediation: `rollback: true` goes back to the last revision that was healthy; a failed apply is tried again in any case")
	}
	if upgrade.flag("force") {
		t.note("upgrade.force: what cannot be changed is never replaced by itself")
	}
	if install.flag("disableHooks") || upgrade.flag("disableHooks") {
		t.note("disableHooks: hooks of install and upgrade are run")
	}
	if spec.mapping("test").flag("enable") {
		t.note("test: tests of charts are not run")
	}
	if spec.has("postRenderers") {
		t.note("postRenderers: put the chart's output into a kustomization, or change its values")
	}
	drift := spec.mapping("driftDetection")
	if mode := drift.text("mode"); mode != "" && mode != "enabled" {
		t.note("driftDetection.mode %s: drift is corrected in mode apply, and reported in mode flag", mode)
	}
	for _, rule := range drift.mappings("ignore") {
		t.driftIgnored(rule)
	}
	t.unknown("spec", spec)
}

// driftIgnored takes over a rule of Flux's: it chooses by regular expressions,
// and what it does not name may be anything.
func (t *target) driftIgnored(rule *fields) {
	which := map[string]any{"group": "*"}
	maps.Copy(which, rule.mapping("target").values)
	for _, key := range []string{"group", "kind", "namespace", "name"} {
		if text := asText(which[key]); text != "*" && !plainName.MatchString(text) {
			t.note("driftDetection.ignore: %s %.80q is a regular expression; write a rule of settings.ignoreDifferences for each %s that is meant", key, text, key)
			return
		}
	}
	t.ignoreDifference(fieldsOf(which), rule.texts("paths"), nil)
}

// plainName is a regular expression that means nothing but itself, "" too.
var plainName = regexp.MustCompile(`^[A-Za-z0-9.-]*$`)

// ignoreDifference adds a rule of settings.ignoreDifferences.
func (t *target) ignoreDifference(which *fields, pointers, managers []string) {
	rule := map[string]any{"kind": "*"}
	for _, key := range []string{"group", "kind", "namespace", "name"} {
		if value := which.text(key); value != "" {
			rule[key] = value
		}
	}
	var kept []string
	for _, pointer := range pointers {
		if strings.HasPrefix(pointer, "/") {
			kept = append(kept, pointer)
		} else {
			t.note("ignoreDifferences: %.80q is no JSON pointer", pointer)
		}
	}
	which.ignore("version")
	others := which.rest()
	for _, key := range others { // without it the rule would take in more than was meant
		t.note("ignoreDifferences: %s in a rule; write one that chooses objects by group, kind, namespace and name", key)
	}
	if len(others) > 0 || len(kept) == 0 && len(managers) == 0 {
		return
	}
	if len(kept) > 0 {
		rule["jsonPointers"] = kept
	}
	if len(managers) > 0 {
		rule["managers"] = managers
	}
	rules, _ := t.Settings["ignoreDifferences"].([]any)
	t.set("ignoreDifferences", append(rules, rule))
}
