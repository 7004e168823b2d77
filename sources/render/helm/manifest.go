package helm

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// manifests takes the templates' output apart into documents: those of crds/
// first, then the others by the names of their templates.
func (r *rendering) manifests(output, again map[string]string, called map[string]bool) {
	size := 0
	for _, text := range output {
		size += len(text)
	}
	if size > r.Options.MaxOutput {
		r.problem(r.chartFile(), 0, "the chart makes more than %d MiB of manifests; split it", r.Options.MaxOutput>>20)
		return
	}
	if !r.Chart.SkipCRDs {
		r.definitions()
	}
	places := r.templates()
	for _, name := range slices.Sorted(maps.Keys(output)) {
		if strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		t := rendered{place: places[name], finder: newFinder(places[name].text)}
		documents := split(output[name])
		var others []string
		if again != nil && again[name] != output[name] {
			r.unstable(t.place, places, called)
			if others = split(again[name]); len(others) != len(documents) {
				others = nil
			}
		}
		for i, text := range documents {
			document := Document{Text: text, Origin: t.origin(i, text)}
			if others != nil && others[i] != text {
				document.Again = others[i]
			}
			r.add(t, document)
		}
	}
}

// rendered is a template whose output is taken apart.
type rendered struct {
	place  place
	finder *finder
}

func (t rendered) origin(index int, text string) resource.Origin {
	origin := resource.Origin{File: t.place.file, Document: index}
	if !t.place.archive {
		origin.Line, origin.Column = t.finder.line(text), 1
	}
	return origin
}

// definitions are the files in the folders crds/, which are no templates.
func (r *rendering) definitions() {
	objects := r.chart.CRDObjects()
	slices.SortFunc(objects, func(a, b chart.CRD) int { return strings.Compare(a.Filename, b.Filename) })
	met := map[string]bool{}
	for _, object := range objects {
		if len(object.File.Data) == 0 {
			continue
		}
		// A subchart under two names has its definitions but once.
		at := r.places[&object.File.Data[0]]
		if met[at.String()] {
			continue
		}
		met[at.String()] = true
		document := Document{Text: string(object.File.Data), Origin: resource.Origin{File: at.file}, CRD: true}
		if !at.archive {
			document.Origin.Line = 1
		}
		r.Documents = append(r.Documents, document)
	}
}

// separator is where Helm takes a template's output apart. It is not YAML's
// own: a document may go on in the same line.
var separator = regexp.MustCompile(`(?m)^---[ \t]*`)

func split(output string) []string {
	var documents []string
	for _, text := range separator.Split(strings.TrimSpace(output), -1) {
		if !onlyComments(text) {
			documents = append(documents, strings.TrimLeft(text, " \t\r\n"))
		}
	}
	return documents
}

func onlyComments(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// Events of hooks, as Helm has them.
var (
	hooksOfApply = [...]string{"pre-install", "post-install", "pre-upgrade", "post-upgrade"}
	hooksOfElse  = [...]string{"pre-delete", "post-delete", "pre-rollback", "post-rollback", "test", "test-success", "test-failure"}
)

// add takes in a document, if it is not a hook of something that is not done.
func (r *rendering) add(t rendered, document Document) {
	reason := skipped(document.Text)
	if reason == "" {
		r.Documents = append(r.Documents, document)
		return
	}
	r.Skipped = append(r.Skipped, sources.Skipped{
		What: fmt.Sprintf("%s, document %d", t.place, document.Origin.Document+1), Reason: reason,
	})
}

// skipped says why a document is no resource to apply, "" if it is one.
func skipped(text string) string {
	if !strings.Contains(text, resource.AnnotationHelmHook) {
		return ""
	}
	var head struct {
		Metadata struct {
			Annotations map[string]any `yaml:"annotations"`
		} `yaml:"metadata"`
	}
	if checkDensity(text) != nil || yaml.Unmarshal([]byte(text), &head) != nil {
		return "" // whoever reads it will say what is wrong
	}
	hooks, isHook := head.Metadata.Annotations[resource.AnnotationHelmHook].(string)
	if !isHook {
		return ""
	}
	for event := range strings.SplitSeq(hooks, ",") {
		event = strings.ToLower(strings.TrimSpace(event))
		switch {
		case slices.Contains(hooksOfApply[:], event):
			return ""
		case event == "crd-install":
			return "a Helm hook of version 2, crd-install, which Helm passes over; move it to the folder crds/"
		case !slices.Contains(hooksOfElse[:], event):
			return fmt.Sprintf("Helm knows no hook %q, and passes it over", event)
		}
	}
	return fmt.Sprintf("a Helm hook for %s, which is not run", hooks)
}

// unstable notes that a template's output differs each time.
func (r *rendering) unstable(at place, places map[string]place, called map[string]bool) {
	function, line := "", 0
	for _, name := range slices.Sorted(maps.Keys(called)) {
		if line = mentionOf(name, at.text); line > 0 {
			function = name
			break
		}
	}
	shown := at
	if function == "" {
		function, shown, line = calledByPartial(places, called, at)
	}
	r.Unstable = append(r.Unstable, Unstable{Function: function, Problem: resource.Problem{
		Msg: fmt.Sprintf("the template %s makes something else each time it is rendered, since %s is called; "+
			"it would be changed for ever: set the value in the chart's values, or leave the call out", at, function),
		Location: shown.location(line),
	}})
}

// calledByPartial finds the template of which another one may have what is different.
func calledByPartial(places map[string]place, called map[string]bool, at place) (function string, shown place, line int) {
	names := slices.Sorted(maps.Keys(called))
	for _, key := range slices.Sorted(maps.Keys(places)) {
		if !strings.HasPrefix(path.Base(key), "_") {
			continue
		}
		for _, name := range names {
			if line := mentionOf(name, places[key].text); line > 0 {
				return name, places[key], line
			}
		}
	}
	return strings.Join(names, " or "), at, 1
}
