package resource

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path leads from a resource's root to one of its values. Each step is a
// string (a key) or an int (an index): Path{"spec", "containers", 0}.
type Path []any

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// String is the path as people write it: spec.containers[0].image, with keys
// that hold other characters quoted: metadata.annotations["example.com/a"].
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch s := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		case string:
			if !plainKey.MatchString(s) {
				b.WriteString("[" + strconv.Quote(s) + "]")
				continue
			}
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// Equal reports whether both paths have the same steps.
func (p Path) Equal(q Path) bool { return slices.Equal(p, q) }

// HasPrefix reports whether p is prefix or lies under it.
func (p Path) HasPrefix(prefix Path) bool {
	return len(p) >= len(prefix) && p[:len(prefix)].Equal(prefix)
}

// Overlaps reports whether one of the two paths is, contains or lies under the other.
func (p Path) Overlaps(q Path) bool { return p.HasPrefix(q) || q.HasPrefix(p) }

// Append is a new path with the steps added; p is left as it is.
func (p Path) Append(steps ...any) Path {
	return slices.Concat(p, Path(steps))
}

// Compare orders paths step by step, indexes before keys.
func (p Path) Compare(q Path) int {
	return slices.CompareFunc(p, q, func(a, b any) int {
		ai, aIsInt := a.(int)
		bi, bIsInt := b.(int)
		switch {
		case aIsInt && bIsInt:
			return ai - bi
		case aIsInt:
			return -1
		case bIsInt:
			return 1
		}
		as, _ := a.(string)
		bs, _ := b.(string)
		return strings.Compare(as, bs)
	})
}

// Lookup follows path into value and reports whether something is there.
func Lookup(value any, path Path) (any, bool) {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				return nil, false
			}
			if value, ok = object[s]; !ok {
				return nil, false
			}
		case int:
			list, ok := value.([]any)
			if !ok || s < 0 || s >= len(list) {
				return nil, false
			}
			value = list[s]
		default:
			return nil, false
		}
	}
	return value, true
}

// UnmarshalJSON reads a list of keys and indexes. Without it an index would
// come back as a float64, which is no step of a path.
func (p *Path) UnmarshalJSON(text []byte) error {
	var steps []json.RawMessage
	if err := json.Unmarshal(text, &steps); err != nil {
		return fmt.Errorf("path %s: %w", text, err)
	}
	if steps == nil {
		*p = nil
		return nil
	}
	path := make(Path, len(steps))
	for i, step := range steps {
		var key *string
		var index *int
		switch {
		case json.Unmarshal(step, &key) == nil && key != nil:
			path[i] = *key
		case json.Unmarshal(step, &index) == nil && index != nil:
			path[i] = *index
		default:
			return fmt.Errorf("path %s: step %d is neither a string nor a whole number", text, i)
		}
	}
	*p = path
	return nil
}
