package terraform

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// A placeholder stands in a text for what is known only after apply. Until the
// text is shown it is between two characters that Unicode reserves for the use
// within programs, so that it can be told from the text around it. Objects that
// stand for resources have what they are in an attribute with such a name.
const (
	opening  = "\uFDD0"
	closing  = "\uFDD1"
	identity = "\uFDD2"
)

// A value is marked with the addresses of the resources that it comes from, and
// as sensitive: because that is written, or because of what it is called.
type (
	reference string
	sensitive struct{}
	guessed   struct{}
)

// placeholder stands for the value of an address known only after apply.
func placeholder(address string, marks ...any) cty.Value {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\':
			return '\'' // quotes would end the text of a JSON document
		case r < ' ':
			return -1
		}
		return r
	}, address)
	return marked(cty.StringVal(opening+clean+closing), marks...)
}

func marked(v cty.Value, marks ...any) cty.Value {
	if len(marks) == 0 {
		return v
	}
	return v.WithMarks(cty.NewValueMarks(marks...))
}

// isPlaceholder is the address of a value that is nothing but a placeholder.
func isPlaceholder(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	inner, begins := strings.CutPrefix(v.AsString(), opening)
	inner, ends := strings.CutSuffix(inner, closing)
	return inner, begins && ends && !strings.Contains(inner, opening)
}

// unsettled reports whether a value depends, in any part, on what is known only
// after apply, be it by a placeholder or by a resource as a whole.
func unsettled(v cty.Value) bool {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() {
		return false
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		return strings.Contains(v.AsString(), opening)
	case ty.IsObjectType() && ty.HasAttribute(identity):
		return true
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			if unsettled(key) || unsettled(element) {
				return true
			}
		}
	}
	return false
}

// size is how many parts a value has, texts counted by their length. It stops
// counting at limit.
func size(v cty.Value, limit int) int {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || limit <= 0 {
		return 1
	}
	if v.Type() == cty.String {
		return 1 + len(v.AsString())/64
	}
	if v.Type() == cty.Number && outsized(v.AsBigFloat()) {
		return limit
	}
	sum := 1
	if v.CanIterateElements() {
		for it := v.ElementIterator(); it.Next() && sum < limit; {
			_, element := it.Element()
			sum += size(element, limit-sum)
		}
	}
	return sum
}

// outsized reports whether a number is none that JSON could hold, or would make
// a text of a size of its own.
func outsized(n *big.Float) bool {
	return n.IsInf() || n.MantExp(nil) > 1023 || n.MantExp(nil) < -1<<14
}

var errLarge = errors.New("the value is too large")

// measured counts the value as work, and refuses it if it is too large.
func (e *evaluator) measured(v cty.Value) error {
	n := size(v, maxValue+1)
	e.spend(n)
	if n > maxValue {
		return errLarge
	}
	return nil
}

// reader turns values into contents.
type reader struct {
	unknown, sensitive []resource.Path
	references         map[string]bool
}

// value is a value as content. What is unknown is noted and given as nil;
// found is false where there is nothing to be shown at all.
func (r *reader) value(v cty.Value, at resource.Path) (content any, found bool) {
	v, marks := v.Unmark()
	for mark := range marks {
		if m, isReference := mark.(reference); isReference {
			r.references[string(m)] = true
		}
	}
	_, written := marks[sensitive{}]
	_, called := marks[guessed{}]
	if _, unset := isPlaceholder(v); (written || called && !isSwitch(v)) && v.IsKnown() && !v.IsNull() && !unset && !r.within(at) {
		r.sensitive = append(r.sensitive, at)
	}
	if !v.IsKnown() {
		r.unknown = append(r.unknown, at)
		return nil, false
	}
	if v.IsNull() {
		return nil, false
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		return shown(v.AsString()), true
	case ty == cty.Number:
		return number(v.AsBigFloat()), true
	case ty == cty.Bool:
		return v.True(), true
	case ty.IsObjectType() && ty.HasAttribute(identity):
		return shown(opening + v.GetAttr(identity).AsString() + closing), true
	case ty.IsObjectType() || ty.IsMapType():
		object := map[string]any{}
		for it := v.ElementIterator(); it.Next(); {
			key, element := it.Element()
			key, _ = key.Unmark()
			name := shown(key.AsString())
			if inner, there := r.value(element, at.Append(name)); there || isNull(element) {
				object[name] = inner
			}
		}
		return object, true
	case v.CanIterateElements():
		list := []any{}
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			inner, _ := r.value(element, at.Append(len(list)))
			list = append(list, inner)
		}
		return list, true
	}
	return nil, false
}

// isSwitch reports whether a value is too small for a secret.
func isSwitch(v cty.Value) bool { return v.Type() == cty.Bool || v.Type() == cty.Number }

// within reports whether the path lies at or under one that is sensitive.
func (r *reader) within(at resource.Path) bool {
	return slices.ContainsFunc(r.sensitive, at.HasPrefix)
}

func isNull(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.IsKnown() && v.IsNull()
}

// number is a number in the form of resource.Resource's content.
func number(n *big.Float) any {
	if whole, accuracy := n.Int64(); accuracy == big.Exact {
		return whole
	}
	f, _ := n.Float64()
	return f
}

// shown is a text with its placeholders as they are shown. A JSON text in which
// they stand where a value is needed gets quotes around them.
func shown(text string) string {
	if !strings.Contains(text, opening) {
		return strings.ReplaceAll(text, closing, "}")
	}
	plain := strings.NewReplacer(opening, "${", closing, "}")
	result := plain.Replace(text)
	if trimmed := strings.TrimSpace(text); !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") || json.Valid([]byte(result)) {
		return result
	}
	if quoted := plain.Replace(quotePlaceholders(text)); json.Valid([]byte(quoted)) {
		return quoted
	}
	return result
}

// quotePlaceholders puts those that stand outside of JSON's texts into quotes.
func quotePlaceholders(text string) string {
	var out strings.Builder
	inside := false
	for i := 0; i < len(text); {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, opening) && !inside:
			end := strings.Index(rest, closing)
			if end < 0 {
				return text
			}
			end += len(closing)
			out.WriteString(`"` + rest[:end] + `"`)
			i += end
			continue
		case text[i] == '"':
			inside = !inside
		case text[i] == '\\' && inside && i+1 < len(text):
			out.WriteByte(text[i])
			i++
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}
