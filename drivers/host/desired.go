package host

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// validate finds what is wrong with the resources of a target, each by itself
// and side by side, and looks whether their sources are there.
func validate(snapshot fs.FS, dir string, resources []resource.Resource) []drivers.Invalid {
	specs, invalid := parseAll(resources)
	for i := range specs {
		if specs[i].source == "" {
			continue
		}
		if _, _, err := openSource(snapshot, dir, specs[i].source); err != nil {
			invalid = append(invalid, drivers.Invalid{Resource: i, Path: resource.Path{"spec", "source"}, Msg: err.Error()})
		}
	}
	return invalid
}

// parseAll reads the resources of one target and finds those that cannot be
// side by side. The spec of one that is invalid by itself is zero.
func parseAll(resources []resource.Resource) ([]spec, []drivers.Invalid) {
	specs := make([]spec, len(resources))
	at := map[string]int{}
	var all []drivers.Invalid
	for i := range resources {
		s, invalid := parse(&resources[i])
		for _, mistake := range invalid {
			mistake.Resource = i
			all = append(all, mistake)
		}
		if len(invalid) > 0 {
			continue
		}
		specs[i] = s
		if first, taken := at[s.path]; taken {
			all = append(all, drivers.Invalid{Resource: i, Path: resource.Path{"spec", "path"}, Msg: fmt.Sprintf(
				"%s is the path of %s too (%s): remove one of the two", clip(s.path), resources[first].ID, location(&resources[first]))})
			continue
		}
		at[s.path] = i
	}
	for i := range specs {
		for above := path.Dir("/" + specs[i].path); above != "/"; above = path.Dir(above) {
			if j, found := at[above]; found && specs[j].kind == kindFile {
				all = append(all, drivers.Invalid{Resource: i, Path: resource.Path{"spec", "path"}, Msg: fmt.Sprintf(
					"%s lies below %s, which is a File (%s)", clip(specs[i].path), resources[j].ID, location(&resources[j]))})
			}
		}
	}
	return specs, all
}

// problems are the mistakes of a plan's resources, as an error.
func problems(resources []resource.Resource, invalid []drivers.Invalid) error {
	var all resource.Problems
	for _, mistake := range invalid {
		all = append(all, problem(&resources[mistake.Resource], strings.TrimPrefix(mistake.Path.String()+": "+mistake.Msg, ": ")))
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func problem(res *resource.Resource, msg string) resource.Problem {
	return resource.Problem{
		Msg:      fmt.Sprintf("%s: %s", res.ID, msg),
		Location: resource.Location{File: res.Origin.File, Line: res.Origin.Line, Column: res.Origin.Column},
	}
}

func location(res *resource.Resource) string {
	at := resource.Location{File: res.Origin.File, Line: res.Origin.Line, Column: res.Origin.Column}
	return cmp.Or(at.String(), "target "+res.ID.Target)
}
