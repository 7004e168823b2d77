package health

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxText is the length in characters that one reason may have.
const maxText = 300

// Clean is text in one line, without what is not printable, and cut where it is long:
// messages of conditions, containers and events can be anything.
func Clean(text string) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = count > 0
			continue
		}
		if !unicode.IsPrint(r) {
			continue
		}
		if count >= maxText {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			space = false
			count++
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// content reads an object without trust in its form.
type content struct{ object map[string]any }

func (c content) text(path ...any) string {
	value, _ := resource.Lookup(c.object, path)
	text, _ := value.(string)
	return text
}

func (c content) number(path ...any) (int64, bool) {
	value, _ := resource.Lookup(c.object, path)
	number, ok := value.(int64)
	return number, ok
}

// count is a number, or instead where there is none.
func (c content) count(instead int64, path ...any) int64 {
	if number, ok := c.number(path...); ok {
		return number
	}
	return instead
}

func (c content) flag(path ...any) bool {
	value, _ := resource.Lookup(c.object, path)
	flag, _ := value.(bool)
	return flag
}

// list is the objects in a list.
func (c content) list(path ...any) []content {
	value, _ := resource.Lookup(c.object, path)
	items, _ := value.([]any)
	var list []content
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			list = append(list, content{object})
		}
	}
	return list
}

// condition is one entry of an object's conditions.
type condition struct {
	kind, status, reason, message string
	generation                    int64
}

// text is what a condition says to a person.
func (c condition) text() string {
	switch {
	case c.message == "" && c.reason == "":
		return c.kind + " is " + c.status
	case c.message == "":
		return c.reason
	case c.reason == "":
		return c.message
	}
	return c.reason + ": " + c.message
}

func (c content) conditions(path ...any) []condition {
	if len(path) == 0 {
		path = []any{"status", "conditions"}
	}
	var conditions []condition
	for _, item := range c.list(path...) {
		generation, _ := item.number("observedGeneration")
		conditions = append(conditions, condition{
			item.text("type"), item.text("status"), item.text("reason"), item.text("message"), generation,
		})
	}
	return conditions
}

// condition is the one of a kind; its status is "" where there is none.
func (c content) condition(kind string) condition {
	for _, found := range c.conditions() {
		if found.kind == kind {
			return found
		}
	}
	return condition{kind: kind}
}

// annotated is a list of objects that an annotation holds as JSON.
func (c content) annotated(name string) content {
	var list []any
	if json.Unmarshal([]byte(c.text("metadata", "annotations", name)), &list) != nil {
		return content{}
	}
	return content{map[string]any{"status": map[string]any{"conditions": list}}}
}
