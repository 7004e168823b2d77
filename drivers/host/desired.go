package host

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// parseAll reads the resources of one target and finds those that cannot be
// side by side. Its error is resource.Problems.
func parseAll(resources []resource.Resource) ([]spec, error) {
	specs := make([]spec, len(resources))
	at := map[string]int{}
	var problems resource.Problems
	for i := range resources {
		s, invalid := parse(&resources[i])
		for _, mistake := range invalid {
			problems = append(problems, problem(&resources[i], strings.TrimPrefix(mistake.Path.String()+": "+mistake.Msg, ": ")))
		}
		specs[i] = s
		if len(invalid) > 0 {
			continue
		}
		if first, taken := at[s.path]; taken {
			problems = append(problems, problem(&resources[i], fmt.Sprintf("spec.path: %s is the path of %s too (%s): remove one of the two",
				clip(s.path), resources[first].ID, location(&resources[first]))))
			continue
		}
		at[s.path] = i
	}
	for i := range specs {
		for above := path.Dir("/" + specs[i].path); above != "/"; above = path.Dir(above) {
			if j, found := at[above]; found && specs[j].kind == kindFile {
				problems = append(problems, problem(&resources[i], fmt.Sprintf("spec.path: %s lies below %s, which is a File (%s)",
					clip(specs[i].path), resources[j].ID, location(&resources[j]))))
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return specs, nil
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
