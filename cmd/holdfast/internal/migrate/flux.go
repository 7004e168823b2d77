package migrate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// carrier makes targets of objects.
type carrier struct {
	found   *found
	targets []*target
	notes   []Note
	sources map[string]*object // Git repositories that targets come from, by name
	empty   []*target          // that hold nothing but objects of the old reconciler
	remotes []string           // from which charts are fetched
	logins  []login            // to some of them
}

func (c *carrier) note(format string, args ...any) {
	c.notes = append(c.notes, Note{Msg: fmt.Sprintf(format, args...)})
}

const (
	kustomizations = "kustomize.toolkit.fluxcd.io"
	helmReleases   = "helm.toolkit.fluxcd.io"
	fluxSources    = "source.toolkit.fluxcd.io"
)

func (c *carrier) flux() {
	c.sources = map[string]*object{}
	others := map[string][]string{}
	for _, o := range c.found.objects {
		switch group := o.group(); {
		case group == kustomizations && o.kind == "Kustomization":
			c.fluxKustomization(o)
		case group == helmReleases && o.kind == "HelmRelease":
			c.helmRelease(o)
		case group == fluxSources && o.kind != "Bucket":
		case strings.HasSuffix(group, "toolkit.fluxcd.io"):
			others[o.kind] = append(others[o.kind], o.name)
		}
	}
	c.leaveElsewhere()
	for _, kind := range slices.Sorted(maps.Keys(others)) {
		mend := map[string]string{
			"Alert": "holdfast's metrics and `holdfast status` say how targets are doing", "Provider": "see Alert",
			"Receiver": "holdfast polls, and can be told to look at once with SIGUSR1 or its API",
			"Bucket":   "desired state comes from Git or a folder",
		}[kind]
		if mend == "" {
			mend = "holdfast has nothing of this kind"
		}
		c.note("%s %s: %s", kind, strings.Join(others[kind], ", "), mend)
	}
	c.noteSources()
}

// noteSources tells what the operator's file needs.
func (c *carrier) noteSources() {
	for _, name := range slices.Sorted(maps.Keys(c.sources)) {
		o := c.sources[name]
		if o == nil {
			c.note("source %s: it is not among what was read; name the repository in the operator's file: source: {git: {url: …}}", name)
			continue
		}
		spec := fieldsOf(o.content["spec"])
		ref := spec.mapping("ref")
		what := "url: " + spec.text("url")
		for _, key := range []string{"branch", "tag", "commit"} {
			if ref.has(key) {
				what += ", " + key + ": " + ref.text(key)
			}
		}
		if spec.has("interval") {
			what += ", interval: " + spec.text("interval")
		}
		c.note("source %s: name it in the operator's file: source: {git: {%s}}", name, what)
		if ref.has("semver") || ref.has("name") {
			c.note("source %s: a branch, tag or commit can be followed, no range of versions and no other ref", name)
		}
		if spec.has("secretRef") {
			c.note("source %s: the credentials of Secret %s go into files that source.git.auth names", name, spec.mapping("secretRef").text("name"))
		}
		if spec.has("verify") {
			c.note("source %s: its verification is source.verify in the operator's file, with the keys of Secret %s", name, spec.mapping("verify").mapping("secretRef").text("name"))
		}
		if spec.has("include") || spec.has("ignore") || spec.has("sparseCheckout") {
			c.note("source %s: include, ignore and sparseCheckout; leave files out with exclude", name)
		}
		spec.ignore("timeout")
		for _, key := range spec.rest() {
			c.note("source %s: spec.%s", name, key)
		}
	}
}

// source notes where a target comes from. It is false for what is no Git repository.
func (c *carrier) source(t *target, ref *fields) bool {
	kind, name := ref.text("kind"), ref.text("name")
	namespace := ref.text("namespace")
	if namespace == "" {
		namespace = t.origin.namespace
	}
	if kind != "GitRepository" {
		return false
	}
	if _, known := c.sources[name]; !known || c.sources[name] == nil {
		c.sources[name] = c.object(t.origin, fluxSources, kind, namespace, name)
	}
	t.repository = name
	if at := c.object(t.origin, fluxSources, kind, namespace, name); at != nil {
		t.repository = fieldsOf(at.content["spec"]).text("url")
	}
	return true
}

// object finds one by what refers to it: of several the one written nearest, as one
// without a namespace in its file may get any from a kustomization.
func (c *carrier) object(from *object, group, kind, namespace, name string) *object {
	var best *object
	for _, o := range c.found.objects {
		if o.kind != kind || o.name != name || o.namespace != namespace && o.namespace != "" && namespace != "" ||
			o.group() != group && (group != "" || strings.Contains(o.apiVersion, "/")) {
			continue
		}
		if best == nil || common(o.file, from.file) > common(best.file, from.file) {
			best = o
		}
	}
	return best
}

func (c *carrier) fluxKustomization(o *object) {
	spec := fieldsOf(o.content["spec"])
	t := newTarget(o)
	if !c.source(t, spec.mapping("sourceRef")) {
		ref := spec.mapping("sourceRef")
		t.lacking = fmt.Sprintf("it comes from %s %s; desired state is kept in Git or a folder here", ref.text("kind"), ref.text("name"))
	}
	lacking := t.lacking
	t.settle(c.found, spec.text("path"))
	if lacking != "" {
		t.lacking = lacking
	}
	t.common(spec)
	t.Prune = spec.flag("prune")
	if name := spec.text("targetNamespace"); name != "" {
		t.namespace(name)
	}
	t.substitutions(c, spec.mapping("postBuild"))
	t.fluxRemarks(spec)
	if c.onlyOwn(t.Path) && t.lacking == "" {
		c.note("Kustomization %s: all that lies in %s is objects of Flux, which the other targets take the place of", o.name, t.Path)
		c.empty = append(c.empty, t)
		return
	}
	if t.lacking == "" {
		t.holdsOwn(c.found)
	}
	c.targets = append(c.targets, t)
}

// common takes over what Kustomizations and HelmReleases have alike.
func (t *target) common(spec *fields) {
	t.Suspend = spec.flag("suspend")
	t.Interval = t.duration("interval", spec.text("interval"))
	t.HealthTimeout = t.duration("timeout", spec.text("timeout"))
	for _, on := range spec.mappings("dependsOn") {
		n := need{t.origin.kind, on.text("namespace"), on.text("name")}
		if n.namespace == "" {
			n.namespace = t.origin.namespace
		}
		t.needs = append(t.needs, n)
		if on.has("readyExpr") {
			t.note("dependsOn.readyExpr: a target is waited for until it is applied and healthy, whatever the expression says")
		}
	}
	if account := spec.text("serviceAccountName"); account != "" {
		namespace := t.origin.namespace
		if namespace == "" {
			namespace = "default"
			t.note("serviceAccountName: the namespace of account %s is not known; it was taken for default", account)
		}
		t.set("impersonate", map[string]any{"serviceAccount": map[string]any{"namespace": namespace, "name": account}})
	}
	if spec.has("kubeConfig") {
		secret := spec.mapping("kubeConfig").mapping("secretRef").text("name")
		t.cluster = "the one of the kubeconfig in Secret " + secret + " of the old cluster"
		t.note("kubeConfig: another cluster; put the kubeconfig of Secret %s into a file and name its context in settings.context", secret)
	}
}

// namespace is what the namespaced resources of the target all get.
func (t *target) namespace(name string) {
	if !namespaces.MatchString(name) {
		t.note("targetNamespace %q is no name of a namespace", name)
		return
	}
	t.rendering().Namespace = name
}

// fluxRemarks are about what needs another place in holdfast, or none.
func (t *target) fluxRemarks(spec *fields) {
	spec.ignore("retryInterval", "wait", "healthChecks", "deletionPolicy")
	if spec.has("decryption") {
		d := spec.mapping("decryption")
		secret := d.mapping("secretRef").text("name")
		t.note("decryption (%s): put the keys of Secret %s into files that the operator's file names: decryption: {ageKeyFile: …, pgpKeyFile: …}", d.text("provider"), secret)
	}
	if spec.flag("force") {
		t.note("force: what cannot be changed is never replaced by itself; holdfast says so, and what to put on that object")
	}
	if spec.text("deletionPolicy") != "" {
		t.note("deletionPolicy %s: a target that goes from the configuration leaves what it owns where it is", spec.text("deletionPolicy"))
	}
	if spec.has("healthCheckExprs") {
		t.note("healthCheckExprs: health is told by an object's conditions, as kstatus does")
	}
	t.fluxOverlay(spec)
	t.unknown("spec", spec)
}

// unknown are the keys that nothing was made of.
func (t *target) unknown(at string, f *fields) {
	for _, key := range f.rest() {
		t.note("%s.%s", at, key)
	}
}

// onlyOwn reports whether a folder holds objects of the old reconciler and no others.
func (c *carrier) onlyOwn(dir string) bool {
	own := false
	for name := range c.found.own {
		own = own || below(name, dir)
	}
	for name := range c.found.plain {
		// Of the controllers themselves, which flux bootstrap writes.
		if below(name, dir) && path.Base(path.Dir(name)) != "flux-system" {
			return false
		}
	}
	return own
}

func below(name, dir string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

// holdsOwn leaves out the objects of the old reconciler, of which there are other
// targets, and says which others need a word of holdfast's own.
func (t *target) holdsOwn(f *found) {
	kinds := map[string]bool{}
	for name, own := range f.own {
		if below(name, t.Path) {
			maps.Copy(kinds, own)
		}
	}
	if len(kinds) > 0 {
		t.rendering().ExcludeKinds = slices.Sorted(maps.Keys(kinds))
	}
	if files := t.among(f.hooks); files != "" {
		t.note("hooks of failed syncs and of deletions are not run: %s", files)
	}
	if files := t.among(f.confirmed); files != "" {
		t.note("nobody is asked before a delete (Prune=confirm, Delete=confirm); holdfast.dev/prune: never keeps an object: %s", files)
	}
}

// among are the first of the files that lie in the target's path.
func (t *target) among(all map[string]bool) string {
	const few = 3
	var files []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if below(name, t.Path) {
			files = append(files, name)
		}
	}
	if len(files) <= few {
		return strings.Join(files, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(files[:few], ", "), len(files)-few)
}
