package render

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/helm"
	"github.com/holdfast-dev/holdfast/sources/render/kustomize"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// chartName is the file that says that a folder is a chart.
const chartName = "Chart.yaml"

// reasonTemplates says why a chart's templates are not read by themselves.
const reasonTemplates = "templates of a Helm chart, which are no manifests by themselves; name the chart's folder"

// isPartOfChart reports whether a folder is one of a chart's, whose files are
// read when the chart is rendered.
func isPartOfChart(name string) bool {
	switch path.Base(name) {
	case "templates", "crds", "charts":
		return true
	}
	return false
}

// charts are the charts among what was found, and the one that the target
// names by its URL.
func (b *builder) charts(ctx context.Context, found *walker) []*sources.File {
	var files []*sources.File
	for _, folder := range found.charts {
		files = append(files, b.file(folder, func(out *built) { out.chart(ctx, helm.Request{Folder: folder}) }))
	}
	if chart := &b.selection.Build.Chart; chart.URL != "" {
		files = append(files, b.file(b.selection.Path, func(out *built) { out.remoteChart(ctx, chart) }))
	}
	return files
}

// remoteChart renders a chart that is fetched, by its digest or exact version only.
func (out *built) remoteChart(ctx context.Context, chart *sources.Chart) {
	wrong := func(msg string) {
		out.Problems = append(out.Problems, resource.Problem{Msg: fmt.Sprintf("the chart %s %s", shownChart(chart), msg)})
	}
	switch {
	case out.limits.Remotes.Chart == nil && out.selection.Unknown:
		out.Skipped = append(out.Skipped, sources.Skipped{
			What: shownChart(chart), Reason: "a chart elsewhere, which is fetched only where the operator's remotes allow it",
		})
		return
	case chart.Digest == "" && chart.Version == "":
		wrong("is not pinned; give the sha256 digest of its archive, or an exact version")
		return
	case out.limits.Remotes.Chart == nil:
		wrong("is not fetched here; put it into the source, or allow its address in the operator's remotes")
		return
	}
	archive, err := out.limits.Remotes.Chart(ctx, chart)
	if err != nil {
		out.Problems = append(out.Problems, sources.NotHad("the chart "+shownChart(chart), err))
		return
	}
	out.chart(ctx, helm.Request{Archive: archive, ArchiveName: shownChart(chart)})
}

// shownChart is what a chart elsewhere is called: its URL, without the query, in
// which a secret may be, and what it is pinned by beside that.
func shownChart(chart *sources.Chart) string {
	shown, _, _ := strings.Cut(chart.URL, "?")
	if chart.Name != "" {
		shown += "/" + chart.Name
	}
	if chart.Version != "" {
		shown += "@" + chart.Version
	}
	return shown
}

// chart renders a chart into resources.
func (out *built) chart(ctx context.Context, request helm.Request) {
	request.Files, request.Chart, request.Read, request.Hide = out.snapshot, out.selection.Build.Chart, out.unseal.text, out.unseal.redact
	request.Options = helm.Options{Timeout: 3 * out.limits.ParseTimeout, MaxDepth: out.limits.MaxDepth}
	if len(out.selection.Build.Kustomize) > 0 {
		out.Problems = append(out.Problems, resource.Problem{
			Msg:      "render.kustomize does not reach what a chart makes; change its values, or take render.kustomize away",
			Location: out.selection.Build.At,
		})
		return
	}
	namespace := out.selection.Build.Namespace
	if request.Chart.Namespace == "" {
		request.Chart.Namespace = namespace
	}
	result, err := helm.Render(ctx, request)
	if err != nil {
		out.Problems = append(out.Problems, resource.Problem{Msg: "rendering the chart was broken off", Location: resource.Location{File: request.Folder}})
		return
	}
	out.Skipped = append(out.Skipped, result.Skipped...)
	if out.selection.Loose && result.Wanting {
		for _, problem := range result.Problems {
			out.Skipped = append(out.Skipped, sources.Skipped{
				What:   cmp.Or(problem.Location.String(), request.Folder),
				Reason: "Helm: " + problem.Msg + " (say in a target how the chart is rendered)",
			})
		}
		return
	}
	out.Problems = append(out.Problems, result.Problems...)
	if !out.selection.Unknown {
		for _, unstable := range result.Unstable {
			out.Problems = append(out.Problems, unstable.Problem)
		}
	}
	decoys, err := out.decoys(ctx, request)
	if err != nil {
		out.Problems = append(out.Problems, resource.Problem{Msg: "rendering the chart was broken off", Location: resource.Location{File: request.Folder}})
		return
	}
	first := len(out.Resources)
	for i := range result.Documents {
		before := len(out.Resources)
		out.manifest(&result.Documents[i])
		if decoys != nil {
			out.derived(out.Resources[before:], decoys.twin(result.Documents, i), decoys.closed)
		}
	}
	made := out.Resources[first:]
	switch {
	case namespace != "":
		inNamespace(made, namespace, true)
	case out.selection.Build.Chart.Namespace != "":
		inNamespace(made, out.selection.Build.Chart.Namespace, false)
	}
	out.finish(first)
}

// manifest makes resources of a document that a chart made.
func (out *built) manifest(doc *helm.Document) {
	read := out.parseManifest(doc, doc.Text)
	if doc.Again != "" && len(read.Problems) == 0 {
		again := out.parseManifest(doc, doc.Again)
		for i := range read.Resources {
			res := &read.Resources[i]
			if len(again.Resources) != len(read.Resources) {
				res.Unknown = append(res.Unknown, resource.Path{})
				continue
			}
			res.Unknown = differing(res.Unknown, nil, res.Content, again.Resources[i].Content)
			res.Sensitive = append(res.Sensitive, res.Unknown...)
			tidy(res)
		}
	}
	out.Resources = append(out.Resources, read.Resources...)
	out.Skipped = append(out.Skipped, read.Skipped...)
	out.Problems = append(out.Problems, read.Problems...)
}

// parseManifest reads a document as files are read. What stands in a folder
// crds/ is written there as it is; of others it is known which template made them.
func (out *built) parseManifest(doc *helm.Document, text string) sources.FileRendering {
	file := manifest{name: doc.Origin.File, parser: formatYAML, limits: &out.limits}
	s := splitter{name: doc.Origin.File, target: out.target, limits: &out.limits, words: newWords()}
	data, wrong := decodeText([]byte(text))
	if wrong == nil {
		wrong = file.eachDocument(data, s.document)
	}
	if wrong != nil {
		s.Problems = append(s.Problems, wrong.at(doc.Origin.File))
	}
	if doc.CRD && doc.Origin.Line > 0 {
		return s.FileRendering
	}
	for i := range s.Resources {
		s.Resources[i].Origin = doc.Origin
	}
	for i := range s.Problems {
		at := &s.Problems[i].Location
		s.Problems[i].Msg += fmt.Sprintf(" (on line %d of document %d that this template makes)", at.Line, doc.Origin.Document+1)
		*at = doc.Origin.Location()
	}
	return s.FileRendering
}

// differing are the paths at which two values are not the same.
func differing(found []resource.Path, at resource.Path, a, b any) []resource.Path {
	switch v := a.(type) {
	case map[string]any:
		w, same := b.(map[string]any)
		if !same || len(v) != len(w) {
			return append(found, at)
		}
		for key := range v {
			if _, both := w[key]; !both {
				return append(found, at)
			}
		}
		for key, child := range v {
			found = differing(found, at.Append(key), child, w[key])
		}
		return found
	case []any:
		w, same := b.([]any)
		if !same || len(v) != len(w) {
			return append(found, at)
		}
		for i := range v {
			found = differing(found, at.Append(i), v[i], w[i])
		}
		return found
	}
	if a != b {
		return append(found, at)
	}
	return found
}

// inNamespace puts a namespace on what belongs into one: as Helm does on what
// has none, or on all. A kind that is not known, and for which the chart has no
// definition, is taken for one that is in a namespace.
func inNamespace(made []resource.Resource, namespace string, all bool) {
	scopes := map[string]bool{}
	for i := range made {
		if made[i].ID.Kind != "CustomResourceDefinition" {
			continue
		}
		scope, _ := resource.Lookup(made[i].Content, resource.Path{"spec", "scope"})
		group, _ := resource.Lookup(made[i].Content, resource.Path{"spec", "group"})
		kind, _ := resource.Lookup(made[i].Content, resource.Path{"spec", "names", "kind"})
		scopes[text(group)+"/"+text(kind)] = scope != "Cluster"
	}
	for i := range made {
		res := &made[i]
		content, isObject := res.Content.(map[string]any)
		metadata, _ := content["metadata"].(map[string]any)
		if !isObject || metadata == nil || res.ID.Kind == "" || metadata["namespace"] != nil && !all {
			continue
		}
		is, known := kustomize.Namespaced(res.ID.APIVersion, res.ID.Kind)
		if own, defined := scopes[res.ID.GroupKind()]; defined && !known {
			is, known = own, true
		}
		if is || !known {
			metadata["namespace"], res.ID.Namespace = namespace, namespace
		}
	}
}

// chartFiles are the files of a chart that may say which kinds it makes; it is
// false if that is in an archive.
func chartFiles(snapshot fs.FS, folder string) (files []string, told bool) {
	told = true
	err := fs.WalkDir(snapshot, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		told = told && path.Ext(name) != ".tgz" && entry.Type()&fs.ModeSymlink == 0
		if strings.Contains(name, "/templates/") || strings.Contains(name, "/crds/") {
			files = append(files, name)
		}
		return nil
	})
	return files, told && err == nil
}
