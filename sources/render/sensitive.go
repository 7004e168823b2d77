package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// sensitiveKinds says where resources keep what must not be shown.
var sensitiveKinds = []struct {
	kind    string
	version func(apiVersion string) bool
	applies func(content map[string]any) bool // nil: always
	paths   []resource.Path
	// shown are the fields that may be; of others, as of misspelt ones, it is not
	// known what they hold. Empty for all of them.
	shown []string
}{
	{
		kind:    "Secret",
		version: isCoreV1,
		paths: []resource.Path{
			// kubectl writes the whole Secret into this one.
			{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"},
		},
		shown: []string{"apiVersion", "kind", "metadata", "type", "immutable"},
	},
	{
		// Items that do not say that they are Secrets are not split off.
		kind:    "SecretList",
		version: isCoreV1,
		paths:   []resource.Path{{"items"}},
	},
	{
		kind:    "File",
		version: isHost,
		applies: func(content map[string]any) bool {
			// Whatever else is written there by mistake, it does not say "show it".
			value, found := resource.Lookup(content, resource.Path{"spec", "sensitive"})
			return found && value != nil && value != false
		},
		paths: []resource.Path{{"spec", "content"}},
	},
}

func isCoreV1(apiVersion string) bool { return apiVersion == "v1" }

func isHost(apiVersion string) bool { return strings.HasPrefix(apiVersion, "host.holdfast.dev/") }

// sensitivePaths are the paths of content that must not be shown, as far as
// there is anything at them: its own, and those of what it wraps, as an
// AdmissionReview does the object under review.
func sensitivePaths(content map[string]any) []resource.Path {
	found := append(ownSensitive(content), kustomizationSecrets(content)...)
	if own := len(found); wraps(content) {
		for key, child := range content {
			found = appendWrapped(found, child, resource.Path{key})
		}
		slices.SortFunc(found[own:], resource.Path.Compare)
	}
	return found
}

// wraps reports whether something sensitive is below a value. Most resources
// have nothing, and no path is made for those.
func wraps(value any) bool {
	inner := func(child any) bool {
		object, isObject := child.(map[string]any)
		return isObject && len(ownSensitive(object)) > 0 || wraps(child)
	}
	switch v := value.(type) {
	case map[string]any:
		for _, child := range v {
			if inner(child) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, inner)
	}
	return false
}

func appendWrapped(found []resource.Path, value any, at resource.Path) []resource.Path {
	switch v := value.(type) {
	case map[string]any:
		for _, path := range ownSensitive(v) {
			found = append(found, at.Append(path...))
		}
		for key, child := range v {
			found = appendWrapped(found, child, at.Append(key))
		}
	case []any:
		for i, child := range v {
			found = appendWrapped(found, child, at.Append(i))
		}
	}
	return found
}

// ownSensitive are the paths by what the content itself says that it is.
func ownSensitive(content map[string]any) []resource.Path {
	kind := text(content["kind"])
	if kind == "" {
		return nil
	}
	var found []resource.Path
	for _, row := range sensitiveKinds {
		if row.kind != kind || !row.version(text(content["apiVersion"])) || row.applies != nil && !row.applies(content) {
			continue
		}
		for _, path := range row.paths {
			if _, there := resource.Lookup(content, path); there {
				found = append(found, path)
			}
		}
		for _, field := range slices.Sorted(maps.Keys(content)) {
			if len(row.shown) > 0 && !slices.Contains(row.shown, field) {
				found = append(found, resource.Path{field})
			}
		}
	}
	return found
}
