package helm

import (
	"fmt"
	"slices"
	"strings"

	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// checkDependencies looks for the charts that are listed, are not switched off,
// and are missing in charts/. Nothing fetches them here.
func (r *rendering) checkDependencies(c *chart.Chart) {
	for _, wanted := range c.Metadata.Dependencies {
		there := func(sub *chart.Chart) bool { return sub.Name() == wanted.Name }
		if wanted == nil || slices.ContainsFunc(c.Dependencies(), there) {
			continue
		}
		at := r.metadata(c)
		r.Problems = append(r.Problems, resource.Problem{
			Msg: fmt.Sprintf("the chart %s depends on %s %s, which is not in its folder charts/; "+
				"run helm dependency build, and commit what it puts there", c.Name(), wanted.Name, wanted.Version),
			Location: at.location(dependencyLine(string(at.text), wanted.Name)),
		})
	}
	for _, sub := range c.Dependencies() {
		r.checkDependencies(sub)
	}
}

// metadata is the place of a chart's Chart.yaml, or of the older requirements.yaml.
func (r *rendering) metadata(c *chart.Chart) place {
	found := place{file: r.chartFile()}
	for _, raw := range c.Raw {
		if (raw.Name == "Chart.yaml" || raw.Name == "requirements.yaml") && len(raw.Data) > 0 {
			if at := r.places[&raw.Data[0]]; dependencyLine(string(at.text), "") > 0 || raw.Name == "Chart.yaml" {
				found = at
			}
		}
	}
	return found
}

// dependencyLine is the line on which a dependency's name or alias is written,
// and else that of the whole list; 0 if there is none.
func dependencyLine(text, name string) int {
	list := 0
	for i, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(strings.TrimLeft(line, " -\t"), ":")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		switch {
		case key == "dependencies":
			list = i + 1
		case list > 0 && (key == "name" || key == "alias") && value == name && name != "":
			return i + 1
		}
	}
	return list
}
