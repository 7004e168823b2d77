package live

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Rule says which fields of which objects are somebody else's affair: they are
// neither compared nor written.
type Rule struct {
	Group     string // "" is the core group, "*" any
	Kind      string // "*" is any
	Namespace string // "" is any
	Name      string // "" is any
	// JSONPointers (RFC 6901) lead to the fields. An index in one counts in
	// the live object.
	JSONPointers []string
	// Managers are field managers: what they own in the live object is left to them.
	Managers []string
}

// Rules are rules that were read, and found to be fit.
type Rules struct{ rules []readRule }

type readRule struct {
	Rule
	pointers [][]string
}

// identity are pointers that would take an object's identity, or all of it.
var identity = []string{"", "/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace"}

// ReadRules refuses what cannot be obeyed, and says how to mend it.
func ReadRules(rules []Rule) (Rules, error) {
	var read Rules
	for i, rule := range rules {
		if rule.Kind == "" {
			return Rules{}, fmt.Errorf("ignored difference %d: kind is missing; give one, or \"*\" for any", i+1)
		}
		if len(rule.JSONPointers)+len(rule.Managers) == 0 {
			return Rules{}, fmt.Errorf("ignored difference %d (%s): give JSON pointers or managers, else it ignores nothing", i+1, rule.Kind)
		}
		if slices.Contains(rule.Managers, Manager) {
			return Rules{}, fmt.Errorf("ignored difference %d (%s): %q is holdfast's own field manager; give JSON pointers for what it shall leave alone", i+1, rule.Kind, Manager)
		}
		r := readRule{Rule: rule}
		for _, pointer := range rule.JSONPointers {
			steps, err := readPointer(pointer)
			if err != nil {
				return Rules{}, fmt.Errorf("ignored difference %d (%s): %w", i+1, rule.Kind, err)
			}
			r.pointers = append(r.pointers, steps)
		}
		read.rules = append(read.rules, r)
	}
	return read, nil
}

var strayTilde = regexp.MustCompile(`~([^01]|$)`)

func readPointer(pointer string) ([]string, error) {
	if slices.Contains(identity, pointer) {
		return nil, fmt.Errorf("JSON pointer %q takes in the object's identity, which cannot be ignored", pointer)
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, fmt.Errorf("JSON pointer %q must begin with a slash, as in \"/spec/replicas\"", pointer)
	}
	if strayTilde.MatchString(pointer) {
		return nil, fmt.Errorf("JSON pointer %q: write ~0 for a tilde and ~1 for a slash within a key", pointer)
	}
	steps := strings.Split(pointer[1:], "/")
	for i, step := range steps {
		steps[i] = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
	}
	return steps, nil
}

// Paths are the fields of a live object that the rules leave alone, in order
// and each once. An index in a path counts in the live object.
func (r Rules) Paths(obj *unstructured.Unstructured) []resource.Path {
	var paths []resource.Path
	var owned []owner
	for _, rule := range r.rules {
		if !rule.matches(obj) {
			continue
		}
		for _, steps := range rule.pointers {
			if path, ok := follow(obj.Object, steps); ok {
				paths = append(paths, path)
			}
		}
		if owned == nil && len(rule.Managers) > 0 {
			owned = owners(obj)
		}
		for _, o := range owned {
			if slices.Contains(rule.Managers, o.manager) {
				paths = append(paths, o.fields...)
			}
		}
	}
	slices.SortFunc(paths, resource.Path.Compare)
	return slices.CompactFunc(paths, resource.Path.Equal)
}

func (r *readRule) matches(obj *unstructured.Unstructured) bool {
	kind := obj.GroupVersionKind()
	return (r.Group == "*" || r.Group == kind.Group) &&
		(r.Kind == "*" || r.Kind == kind.Kind) &&
		(r.Namespace == "" || r.Namespace == obj.GetNamespace()) &&
		(r.Name == "" || r.Name == obj.GetName())
}

// follow turns a pointer's steps into a path: whether one is a key or an index
// is for the object to say. The field itself need not be there, but an item of
// a list must.
func follow(content any, steps []string) (resource.Path, bool) {
	path := make(resource.Path, len(steps))
	for i, step := range steps {
		path[i] = step
		if list, ok := content.([]any); ok {
			index, err := strconv.Atoi(step)
			if err != nil || index < 0 || index >= len(list) {
				return nil, false
			}
			path[i] = index
		}
		content, _ = resource.Lookup(content, path[i:i+1])
	}
	return path, true
}
