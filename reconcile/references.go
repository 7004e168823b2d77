package reconcile

import (
	"fmt"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// references resolves "Kind/name" and "Kind/namespace/name", comma-separated,
// to the keys of resources of the same target.
func references(value string, resources []resource.Resource) ([]resource.Key, error) {
	var keys []resource.Key
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		parts := strings.Split(item, "/")
		if len(parts) < 2 || len(parts) > 3 {
			return nil, fmt.Errorf("%q is not of the form Kind/name or Kind/namespace/name", item)
		}
		kind, name, namespace := parts[0], parts[len(parts)-1], ""
		if len(parts) == 3 {
			namespace = parts[1]
		}
		found := false
		for i := range resources {
			id := resources[i].ID
			if id.Kind == kind && id.Name == name && (namespace == "" || id.Namespace == namespace) {
				keys, found = append(keys, id.Key()), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%q names no resource of this target", item)
		}
	}
	return keys, nil
}
