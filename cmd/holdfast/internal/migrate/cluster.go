package migrate

import (
	"path"
	"slices"
	"strings"
)

// contexts keeps the targets of several clusters apart, by a context for each:
// the targets are of one daemon, in which the current context is one and the same.
func (c *carrier) contexts() {
	roots := c.clusterFolders()
	for _, t := range c.targets {
		switch in := c.clustersOf(t, roots); {
		case len(in) == 1:
			t.context(in[0], "the name of the folder")
		case len(in) > 1:
			t.note("it is of several clusters (%s); write a target for each, with settings.context", strings.Join(in, ", "))
		}
	}
	var servers []string
	for _, t := range c.targets {
		if t.server != "" && !slices.Contains(servers, t.server) {
			servers = append(servers, t.server)
		}
	}
	for _, t := range c.targets {
		if t.server != "" && len(servers) > 1 && t.Settings["context"] == nil {
			t.context(t.server, "made of what Argo CD calls the cluster")
		}
	}
}

func (t *target) context(name, how string) {
	if name = label(name); name == "" {
		return
	}
	t.set("context", name)
	t.notes = slices.Insert(t.notes, 0, "which cluster: settings.context is "+how+"; change it to the context of your kubeconfig")
}

// clusterFolders are the folders of different clusters: one cluster has one
// Kustomization of a name, and where there are several they are of several clusters.
func (c *carrier) clusterFolders() []string {
	var roots []string
	namesakes := map[string][]*object{}
	for _, a := range c.found.objects {
		if a.kind != "Kustomization" || a.group() != kustomizations || a.namespace == "" {
			continue
		}
		for _, b := range namesakes[a.String()] {
			for _, file := range []string{a.file, b.file} {
				steps := strings.Split(path.Dir(file), "/")
				n := common(a.file, b.file)
				if n >= len(steps) {
					continue
				}
				if root := path.Join(steps[:n+1]...); !slices.Contains(roots, root) {
					roots = append(roots, root)
				}
			}
		}
		namesakes[a.String()] = append(namesakes[a.String()], a)
	}
	return roots
}

// clustersOf are the names of the clusters that a target is of: that in whose folder
// its object is, or else those whose Kustomizations take the object in.
func (c *carrier) clustersOf(t *target, roots []string) []string {
	var names []string
	of := func(file string) bool {
		at := slices.IndexFunc(roots, func(root string) bool { return below(file, root) })
		if at >= 0 && !slices.Contains(names, path.Base(roots[at])) {
			names = append(names, path.Base(roots[at]))
		}
		return at >= 0
	}
	if of(t.origin.file) {
		return names
	}
	for _, holder := range c.found.holders[t.origin.file] {
		of(holder.file)
	}
	slices.Sort(names)
	return names
}
