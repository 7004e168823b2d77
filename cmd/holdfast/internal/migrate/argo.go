package migrate

import (
	"maps"
	"slices"
	"strings"
)

const argoGroup = "argoproj.io"

func (c *carrier) argo() {
	var projects []string
	repositories := map[string]bool{}
	for _, o := range c.found.objects {
		switch {
		case isRepositorySecret(o):
			c.repositorySecret(o)
		case o.group() != argoGroup:
		case o.kind == "Application":
			c.application(o, repositories)
		case o.kind == "ApplicationSet":
			for _, app := range c.applicationSet(o) {
				c.application(app, repositories)
			}
		case o.kind == "AppProject":
			projects = append(projects, o.name)
		}
	}
	c.leaveElsewhere()
	if len(projects) > 0 {
		c.note("AppProject %s: what targets may write to is the operator's: destinations, and whom each target acts as: settings.impersonate", strings.Join(projects, ", "))
	}
	for _, repository := range slices.Sorted(maps.Keys(repositories)) {
		c.note("source %s: name it in the operator's file: source: {git: {url: …}}", withoutUser(repository))
	}
}

func (c *carrier) application(o *object, repositories map[string]bool) {
	spec := fieldsOf(o.content["spec"])
	t := newTarget(o)
	source, values := c.argoSource(t, spec)
	if source == nil {
		c.targets = append(c.targets, t)
		return
	}
	destination := spec.mapping("destination")
	namespace := destination.text("namespace")
	if namespaces.MatchString(namespace) {
		t.set("namespace", namespace)
	}
	t.destination(destination)
	repository, revision := source.text("repoURL"), source.text("targetRevision")
	if source.has("chart") {
		t.Path = "."
		c.argoChart(t, source.text("chart"), repository, revision)
	} else {
		repositories[repository] = true
		t.repository = repository
		t.settle(c.found, source.text("path"))
		if revision != "" && revision != "HEAD" && revision != "main" && revision != "master" {
			t.note("targetRevision %s: all targets of a source are at its one revision; follow that branch or tag in the operator's file", revision)
		}
	}
	if c.found.exists(t.Path+"/Chart.yaml") || source.has("helm") || source.has("chart") {
		c.argoHelm(t, source.mapping("helm"), values, namespace)
	}
	t.argoKustomize(source.mapping("kustomize"))
	c.argoDirectory(t, source.mapping("directory"), source.has("kustomize") || source.has("helm") || source.has("chart"))
	if source.has("plugin") {
		t.lacking = "a plugin makes its manifests, and holdfast runs no programs; put what it makes into the repository"
	}
	source.ignore("ref", "name")
	t.unknown("source", source)
	t.argoSync(spec, namespace)
	t.unknown("spec", spec)
	ready := t.lacking == "" && !source.has("chart") // its path is what is applied
	if ready && c.onlyOwn(t.Path) {
		c.note("Application %s: all that lies in %s is objects of Argo CD, which the other targets take the place of", o.name, t.Path)
		return
	}
	if ready {
		t.holdsOwn(c.found)
	}
	c.targets = append(c.targets, t)
}

// argoSource is the one source that makes manifests, and the names of those
// that only values are taken from.
func (c *carrier) argoSource(t *target, spec *fields) (source *fields, values map[string]bool) {
	values = map[string]bool{}
	switch {
	case spec.has("sources"):
		spec.ignore("source")
	case spec.has("source"):
		return spec.mapping("source"), values
	default:
		t.Path, t.lacking = ".", "it names no source whose manifests lie ready; write a target for the folder that they are written to"
		return nil, nil
	}
	var making []*fields
	for _, one := range spec.mappings("sources") {
		if ref := one.text("ref"); ref != "" {
			values["$"+ref] = true
		}
		if one.has("path") || one.has("chart") {
			making = append(making, one)
		}
	}
	if len(making) == 1 {
		return making[0], values
	}
	t.Path, t.lacking = ".", "several sources make its manifests; write a target for each"
	return nil, nil
}

func (t *target) destination(d *fields) {
	switch server, name := d.text("server"), d.text("name"); {
	case name == "in-cluster", server == "https://kubernetes.default.svc":
		t.server, t.cluster = "in-cluster", "the one in which Argo CD runs; `inCluster: true` where holdfast runs there too"
	case name != "":
		t.server, t.cluster = name, "the one that Argo CD calls "+name
	case server != "":
		_, rest, _ := strings.Cut(withoutUser(server), "://")
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, ":")
		t.server, t.cluster = host, "the one at "+withoutUser(server)
	}
	d.ignore("namespace")
	t.unknown("destination", d)
}

// argoSync takes over how Argo CD was told to sync.
func (t *target) argoSync(spec *fields, namespace string) {
	spec.ignore("revisionHistoryLimit", "info")
	policy := spec.mapping("syncPolicy")
	automated := policy.mapping("automated")
	enabled := policy.has("automated") && automated.values["enabled"] != false
	automated.ignore("enabled")
	t.Prune = automated.flag("prune")
	switch {
	case !enabled:
		t.note("it was synced by hand; leave it in mode flag, or let holdfast apply with mode: apply")
	case !automated.flag("selfHeal"):
		t.note("selfHeal was off; in mode apply drift is corrected")
	}
	if automated.flag("allowEmpty") {
		t.note("allowEmpty: a target that becomes empty is never pruned without an approval")
	}
	automated.ignore("selfHeal")
	for _, option := range policy.texts("syncOptions") {
		t.syncOption(option, namespace)
	}
	if policy.has("managedNamespaceMetadata") {
		t.note("syncPolicy.managedNamespaceMetadata: write a manifest of the Namespace, with these labels and annotations")
	}
	policy.ignore("retry")
	t.unknown("syncPolicy.automated", automated)
	t.unknown("syncPolicy", policy)
	for _, rule := range spec.mappings("ignoreDifferences") {
		pointers, managers := rule.texts("jsonPointers"), rule.texts("managedFieldsManagers")
		for _, expression := range rule.texts("jqPathExpressions") {
			t.note("ignoreDifferences: the jq expression %.120q; say it with jsonPointers or managers", expression)
		}
		t.ignoreDifference(rule, pointers, managers)
	}
	if project := spec.text("project"); project != "" && project != "default" {
		t.note("project %s: what targets may write to is the operator's: destinations", project)
	}
	metadata, _ := t.origin.content["metadata"].(map[string]any)
	annotations := fieldsOf(metadata["annotations"])
	if annotations.has("argocd.argoproj.io/sync-wave") {
		t.note("sync-wave %s of the Application itself: say with dependsOn which targets come first", annotations.text("argocd.argoproj.io/sync-wave"))
	}
}

// kept are options of syncs that say what holdfast does anyway, or that have no meaning in it.
var kept = []string{
	"ServerSideApply=true", "PruneLast=true", "ApplyOutOfSyncOnly=true", "RespectIgnoreDifferences=true", "Validate=true", "CreateNamespace=false",
	"Replace=false", "Force=false", "FailOnSharedResource=true", "PrunePropagationPolicy=foreground", "ClientSideApplyMigration=true",
}

func (t *target) syncOption(option, namespace string) {
	switch {
	case slices.Contains(kept, option):
	case option == "Prune=false":
		t.Prune = false
	case option == "CreateNamespace=true":
		t.note("CreateNamespace: write a manifest of the Namespace %s into this target or one that it depends on", namespace)
	case option == "Replace=true" || option == "Force=true":
		t.note("%s: objects are changed in place, and never replaced without a word on the object itself", option)
	default:
		t.note("syncOptions: %.80s", option)
	}
}
