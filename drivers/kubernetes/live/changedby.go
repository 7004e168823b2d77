package live

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Manager is the field manager that holdfast writes as.
const Manager = "holdfast"

// maxManagers is how many ChangedBy names.
const maxManagers = 3

// ChangedBy says who wrote the fields at paths of a live object, beside
// holdfast, and when, the latest first: "kubectl-edit at 2026-11-27T10:00:00Z".
// It goes by managedFields. An index in a path counts in obj. The answer is ""
// where that cannot be told: the API server remembers who has a field, but not who took
// one away.
func ChangedBy(obj *unstructured.Unstructured, paths []resource.Path) string {
	latest := map[string]time.Time{}
	for _, o := range owners(obj) {
		wrote := slices.ContainsFunc(paths, func(path resource.Path) bool { return overlapping(o.fields, path) })
		if o.manager == Manager || !wrote {
			continue
		}
		if seen, ok := latest[o.manager]; !ok || o.time.After(seen) {
			latest[o.manager] = o.time
		}
	}
	managers := make([]string, 0, len(latest))
	for manager := range latest {
		managers = append(managers, manager)
	}
	slices.SortFunc(managers, func(a, b string) int {
		if c := latest[b].Compare(latest[a]); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	for i, manager := range managers {
		if when := latest[manager]; !when.IsZero() {
			managers[i] = manager + " at " + when.Format(time.RFC3339)
		}
	}
	return strings.Join(managers[:min(len(managers), maxManagers)], ", ")
}
