package kubernetes

import (
	"reflect"
	"slices"
)

// free are the settings that change nothing of where a target writes to, nor as whom.
var free = []string{"namespace", "namespaces", "takeOver", "ignoreDifferences"}

// permits holds what leads to a cluster, and all else that is not free, to be
// exactly the operator's: what the operator does not name must not be set.
// Where the operator names namespaces, the target must keep to some of them.
func permits(settings, allowed map[string]any) bool {
	for _, side := range []map[string]any{settings, allowed} {
		for key := range side {
			if !slices.Contains(free, key) && !reflect.DeepEqual(settings[key], allowed[key]) {
				return false
			}
		}
	}
	if allowed["namespace"] != nil && allowed["namespace"] != settings["namespace"] {
		return false
	}
	limits, limited := allowed["namespaces"]
	if !limited {
		return true
	}
	patterns, ok := texts(limits)
	asked, given := texts(settings["namespaces"])
	if !ok || !given || len(asked) == 0 {
		return false
	}
	if namespace, set := settings["namespace"]; set {
		name, isText := namespace.(string)
		if !isText {
			return false
		}
		asked = append(asked, name)
	}
	return !slices.ContainsFunc(asked, func(name string) bool {
		return !slices.ContainsFunc(patterns, func(pattern string) bool { return covers(pattern, name) })
	})
}

func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return nil, false
		}
	}
	return out, true
}
