package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Merge puts the repository's file, read with role Repository, under the
// operator's. The repository may tighten and never loosen: where it tries to,
// or a target of it is not within the operator's destinations, that is a
// Problem with its place in the repository's file.
//
// If the operator's file has targets, it is one file for one person, and the
// repository's is not looked at; nor need there be one.
func Merge(operator, repository *Config) (*Config, error) {
	if repository == nil || len(operator.Targets) > 0 {
		return operator, nil
	}
	if repository.role != Repository {
		return nil, fmt.Errorf("merge %s: it was not read with the rights of a repository's file", repository.File)
	}
	d := repository.doc
	merged := *operator
	merged.Waivers = union(operator.Waivers, repository.Waivers)
	merged.Scopes = slices.Concat(operator.Scopes, repository.Scopes)
	merged.places = maps.Clone(repository.places)
	maps.Copy(merged.places, operator.places)
	merged.Approvals = union(operator.Approvals, repository.Approvals)
	merged.Exclude = slices.Concat(operator.Exclude, repository.Exclude)

	var problems resource.Problems
	report := func(err error, steps ...string) {
		if err != nil {
			problems = append(problems, resource.Problem{Msg: label(steps) + err.Error(), Location: d.place(pointer(steps...)).value})
		}
	}
	var err error
	if d.has("limits", "maxDelete") {
		merged.Limits.MaxDelete, err = lower(operator.Limits.MaxDelete, repository.Limits.MaxDelete)
		report(err, "limits", "maxDelete")
	}
	merged.Policies, problems = mergePolicies(operator, repository, problems)
	var conflicts resource.Problems
	merged.Targets, conflicts = mergeTargets(operator, repository)
	problems = append(problems, conflicts...)
	problems = append(problems, operator.refused(repository.Targets)...)
	problems = append(problems, operator.strange(repository)...)
	problems = append(problems, operator.unbounded(repository)...)
	if err := sorted(problems); err != nil {
		return nil, err
	}
	return &merged, nil
}

func mergePolicies(operator, repository *Config, problems resource.Problems) (Policies, resource.Problems) {
	o, r := operator.Policies, repository.Policies
	merged := Policies{
		Paths: union(o.Paths, r.Paths),
		Data:  union(o.Data, r.Data),
		// What only the operator knows of a bundle must not be lost in its twin.
		Bundles: slices.Concat(o.Bundles, r.Bundles),
	}
	merged.Builtin, merged.Categories = mergeBuiltin(operator, repository)
	merged.Profile = stricter(o.Profile, r.Profile)
	var conflicts [][]string
	merged.Params, conflicts = mergeParams([]string{"policies", "params"}, o.Params, r.Params)
	return merged, append(problems, repository.cannotChange(conflicts)...)
}

// mergeTargets are the repository's targets. What the operator has set of a
// parameter holds for every target.
func mergeTargets(operator, repository *Config) ([]Target, resource.Problems) {
	targets := slices.Clone(repository.Targets)
	var problems resource.Problems
	for i := range targets {
		t := &targets[i]
		set := maps.Clone(operator.Policies.Params)
		maps.DeleteFunc(set, func(name string, _ any) bool { _, own := t.Params[name]; return !own })
		var conflicts [][]string
		t.Params, conflicts = mergeParams([]string{"targets", strconv.Itoa(i), "params"}, set, t.Params)
		problems = append(problems, repository.cannotChange(conflicts)...)
	}
	return targets, problems
}

// cannotChange are the parameters that the operator has set to something else.
func (c *Config) cannotChange(conflicts [][]string) resource.Problems {
	var problems resource.Problems
	for _, steps := range conflicts {
		problems = append(problems, resource.Problem{
			Msg:      label(steps) + "the operator has set this parameter; it cannot be changed here",
			Location: c.doc.place(pointer(steps...)).key,
		})
	}
	return problems
}

// mergeBuiltin unites the categories. An operator who names neither categories
// nor a profile leaves the library to the repository.
func mergeBuiltin(operator, repository *Config) (bool, []string) {
	o, r := operator.Policies, repository.Policies
	asked := operator.doc.has("policies", "builtin") || operator.doc.has("policies", "profile")
	switch {
	case !repository.doc.has("policies", "builtin"):
		return o.Builtin, o.Categories
	case !asked:
		return r.Builtin, r.Categories
	case !r.Builtin:
		return o.Builtin, o.Categories
	case !o.Builtin:
		return true, r.Categories
	case len(o.Categories) == 0 || len(r.Categories) == 0:
		return true, nil
	}
	categories := union(o.Categories, r.Categories)
	slices.Sort(categories)
	return true, categories
}

func stricter(a, b string) string {
	order := []string{"starter", "recommended", "strict"}
	return order[max(slices.Index(order, a), slices.Index(order, b), 0)]
}

// lower is the repository's limit if it is no looser than the operator's. A
// share and a number cannot be compared, as it depends on the target which is less.
func lower(operator, repository reconcile.Limit) (reconcile.Limit, error) {
	switch {
	case (operator.Count > 0) != (repository.Count > 0):
		return operator, fmt.Errorf("the operator's limit is %s; a tighter one is of the same form", written(operator))
	case repository.Count > operator.Count || repository.Percent > operator.Percent:
		return operator, fmt.Errorf("looser than the operator's limit of %s; the repository may only tighten it", written(operator))
	}
	return repository, nil
}

func written(l reconcile.Limit) string {
	if l.Count > 0 {
		return fmt.Sprint(l.Count)
	}
	return fmt.Sprintf("%d%%", l.Percent)
}

// mergeParams adds the repository's parameters to the operator's, key by key
// all the way down, and lists those that both set to different values.
func mergeParams(steps []string, operator, repository map[string]any) (map[string]any, [][]string) {
	if len(operator) == 0 {
		return repository, nil
	}
	merged := maps.Clone(operator)
	var conflicts [][]string
	for key, value := range repository {
		own, set := operator[key]
		at := append(slices.Clone(steps), key)
		below, isMap := value.(map[string]any)
		ownBelow, ownIsMap := own.(map[string]any)
		switch {
		case !set:
			merged[key] = value
		case isMap && ownIsMap:
			inner, more := mergeParams(at, ownBelow, below)
			merged[key] = inner
			conflicts = append(conflicts, more...)
		case !reflect.DeepEqual(own, value):
			conflicts = append(conflicts, at)
		}
	}
	return merged, conflicts
}

// refused are the targets that lie outside c's destinations.
func (c *Config) refused(targets []Target) resource.Problems {
	var problems resource.Problems
	for _, t := range targets {
		if err := c.permit(&t); err != nil {
			problems = append(problems, resource.Problem{Msg: fmt.Sprintf("target %q: %s", t.Name, err), Location: t.Location})
		}
	}
	return problems
}

func (c *Config) permit(t *Target) error {
	at := slices.IndexFunc(c.drivers, func(kind drivers.Kind) bool { return kind.Name == t.Driver })
	if at < 0 || c.drivers[at].Permits == nil {
		return fmt.Errorf("driver %q cannot be kept within a destination, so its targets belong into the operator's file, without destinations", t.Driver)
	}
	seen := false
	for _, destination := range c.Destinations {
		if destination.Driver != t.Driver {
			continue
		}
		seen = true
		if c.drivers[at].Permits(t.Settings, destination.Allowed) {
			return nil
		}
	}
	if seen {
		return fmt.Errorf("its settings are not within any destination of driver %s that %s allows; to allow them, add there: %s", t.Driver, c.File, allowing(t))
	}
	return fmt.Errorf("its destination is not allowed; to allow it, add to destinations in %s: %s", c.File, allowing(t))
}

// allowing is the entry of destinations that would permit the target.
func allowing(t *Target) string {
	entry := "driver: " + t.Driver
	for _, key := range slices.Sorted(maps.Keys(t.Settings)) {
		if text, ok := t.Settings[key].(string); ok {
			entry += fmt.Sprintf(", %s: %q", key, text)
		}
	}
	return "{" + entry + "}"
}

func union(a, b []string) []string {
	var out []string
	for _, item := range slices.Concat(a, b) {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}
