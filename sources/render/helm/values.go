package helm

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/chart/v2/util"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// valuesSources are where values come from, to find the place of one again.
type valuesSources struct {
	given map[string]any // all but the chart's own
	files []valuesFile   // as they were named
}

type valuesFile struct {
	name string
	text []byte
}

// givenValues are those of the target: its files, later ones over earlier
// ones, and over them what it says itself.
func (r *rendering) givenValues() map[string]any {
	values := map[string]any{}
	for _, name := range r.Chart.ValuesFiles {
		text, err := r.Read(name)
		if err != nil {
			r.problem(name, 0, "the values cannot be read: %s", err)
			continue
		}
		if err := checkDensity(string(text)); err != nil {
			r.problem(name, 0, "not a file of values: %s", err)
			continue
		}
		parsed, err := loader.LoadValues(bytes.NewReader(text))
		if err != nil {
			r.problem(name, errorLine(err.Error()), "not a file of values: %s", unquoted(err.Error()))
			continue
		}
		values = loader.MergeMaps(values, parsed)
		r.values.files = append(r.values.files, valuesFile{name, text})
	}
	// By way of JSON the numbers of the target become those of a file.
	text, err := json.Marshal(r.Chart.Values)
	if err == nil && len(r.Chart.Values) > 0 {
		var own map[string]any
		if own, err = loader.LoadValues(bytes.NewReader(text)); err == nil {
			values = loader.MergeMaps(values, own)
		}
	}
	if err != nil {
		r.problem("", 0, "the values of the target cannot be read: %s", unquoted(err.Error()))
	}
	r.values.given = values
	r.hide(values)
	return values
}

// hide keeps the values that look like credentials out of messages.
func (r *rendering) hide(values map[string]any) {
	var paths []resource.Path
	var find func(value any, at resource.Path)
	find = func(value any, at resource.Path) {
		switch v := value.(type) {
		case map[string]any:
			for key, child := range v {
				if here := at.Append(key); credential.MatchString(key) {
					paths = append(paths, here)
				} else {
					find(child, here)
				}
			}
		case []any:
			for i, child := range v {
				find(child, at.Append(i))
			}
		}
	}
	find(values, nil)
	r.hidden.Add(&resource.Resource{Content: values, Sensitive: paths})
}

var credential = regexp.MustCompile(`(?i)passw|passphrase|secret|token|credential|private|api_?key|access_?key|dsn$|webhook`)

// renderValues are what templates see, held against the schemas of the chart
// and its subcharts.
func (r *rendering) renderValues(given map[string]any, release common.ReleaseOptions, caps *common.Capabilities) common.Values {
	values, err := commonutil.ToRenderValuesWithSchemaValidation(r.chart, given, release, caps, true)
	if err != nil {
		r.problem(r.chartFile(), 0, "%s", r.clean(err.Error()))
		return nil
	}
	merged, err := values.Table("Values")
	if err != nil {
		r.problem(r.chartFile(), 0, "%s", r.clean(err.Error()))
		return nil
	}
	r.checkSchemas(r.chart, merged, nil)
	return values
}

// release is what .Release says: that of a first installation, as with helm template.
func (r *rendering) release() common.ReleaseOptions {
	release := common.ReleaseOptions{
		Name: r.Chart.Release, Namespace: r.Chart.Namespace, Revision: 1, IsInstall: true,
	}
	if release.Namespace == "" {
		release.Namespace = "default"
	}
	if release.Name == "" {
		release.Name = releaseName(r.chart.Name())
	} else if err := util.ValidateReleaseName(release.Name); err != nil {
		r.problem("", 0, "the release name %q of the chart %s is not valid; use at most 53 lower-case letters, digits, hyphens and dots, "+
			"with a letter or digit at both ends", release.Name, r.what())
	}
	return release
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// maxReleaseName is what Helm permits.
const maxReleaseName = 53

// releaseName is a chart's name in the form that a release's must have.
func releaseName(name string) string {
	name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(name) > maxReleaseName {
		name = strings.TrimRight(name[:maxReleaseName], "-")
	}
	if name == "" {
		return "release"
	}
	return name
}

// capabilities are the library's own, with what the target says of the cluster.
func (r *rendering) capabilities() *common.Capabilities {
	caps := common.DefaultCapabilities.Copy()
	if r.Chart.KubeVersion != "" {
		version, err := common.ParseKubeVersion(r.Chart.KubeVersion)
		if err != nil {
			r.problem("", 0, "the Kubernetes version %q of the chart %s is not one; write it as 1.33 or v1.33.4", r.Chart.KubeVersion, r.what())
			return caps
		}
		caps.KubeVersion = *version
	}
	caps.APIVersions = append(slices.Clone(caps.APIVersions), r.Chart.APIVersions...)
	if wants := r.chart.Metadata.KubeVersion; wants != "" && !util.IsCompatibleRange(wants, caps.KubeVersion.String()) {
		r.problem(r.chartFile(), r.lineOf("kubeVersion:"), "the chart is for Kubernetes %s, and this is %s; "+
			"say which version the cluster has in the target's kubeVersion", wants, caps.KubeVersion.Version)
	}
	return caps
}

// lineOf is the first line of Chart.yaml that begins so, 0 if there is none.
func (r *rendering) lineOf(start string) int {
	for _, at := range r.places {
		if at.file != r.chartFile() || at.archive {
			continue
		}
		for i, line := range strings.Split(string(at.text), "\n") {
			if strings.HasPrefix(strings.TrimLeft(line, " -"), start) {
				return i + 1
			}
		}
	}
	return 0
}

// placeOfValue is where a value was given: in the last file that has it, and
// else in the chart's own values.
func (r *rendering) placeOfValue(path []string) resource.Location {
	files := slices.Clone(r.values.files)
	for _, at := range r.places {
		if !at.archive && at.file == strings.TrimSuffix(r.chartFile(), "Chart.yaml")+"values.yaml" {
			files = append([]valuesFile{{at.file, at.text}}, files...)
		}
	}
	for _, file := range slices.Backward(files) {
		var document yaml.Node
		if yaml.Unmarshal(file.text, &document) != nil || len(document.Content) == 0 {
			continue
		}
		if line := lineAt(document.Content[0], path); line > 0 {
			return resource.Location{File: file.name, Line: line}
		}
	}
	return resource.Location{File: r.chartFile()}
}

// lineAt is the line of the key at the end of a path, 0 if it is not there.
func lineAt(n *yaml.Node, path []string) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if len(path) == 0 {
		return n.Line
	}
	if n.Kind != yaml.MappingNode {
		return n.Line // of a list; the element is not looked for
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != path[0] {
			continue
		}
		if len(path) == 1 {
			return n.Content[i].Line
		}
		return lineAt(n.Content[i+1], path[1:])
	}
	return 0
}
