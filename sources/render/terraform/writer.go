package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// writer makes a resource's content of a block.
type writer struct {
	reader
	written map[string]any // references, by dotted path
}

func newWriter() *writer { return &writer{written: map[string]any{}} }

// set evaluates an attribute into an object.
func (w *writer) set(into map[string]any, name string, value cty.Value, at resource.Path) {
	w.references = map[string]bool{}
	content, found := w.value(value, at)
	if found {
		into[name] = content
	}
	if text, isText := content.(string); isText && looksSecret(name) && text != "" && !strings.Contains(text, "${") && !w.within(at) {
		w.sensitive = append(w.sensitive, at)
	}
	w.refer(at)
}

// refer notes what the value at a path came from.
func (w *writer) refer(at resource.Path) {
	if len(w.references) == 0 {
		return
	}
	addresses := []any{}
	for _, address := range slices.Sorted(maps.Keys(w.references)) {
		addresses = append(addresses, address)
	}
	w.written[dotted(at[1:])] = addresses
}

// dotted is a path as references has it, without the step "spec".
func dotted(at resource.Path) string {
	steps := make([]string, len(at))
	for i, step := range at {
		steps[i] = fmt.Sprint(step)
	}
	return strings.Join(steps, ".")
}

// body writes a body's attributes and blocks into an object.
func (w *writer) body(into map[string]any, b scopedBody, at resource.Path, get func(name string) cty.Value) {
	for name, attribute := range inOrder(b.body.Attributes) {
		if len(at) == 1 && isMeta(name) {
			continue
		}
		if get != nil {
			w.set(into, name, get(name), at.Append(name))
		} else {
			w.set(into, name, b.scope.evaluate(attribute.Expr), at.Append(name))
		}
	}
	for _, name := range blockTypes(b.body) {
		if len(at) == 1 && isMeta(name) && name != "provisioner" && name != "connection" {
			continue
		}
		w.blocks(into, b, name, at.Append(name))
	}
	if len(b.labels) > 0 && len(at) > 1 {
		labels := []any{}
		for _, label := range b.labels {
			labels = append(labels, label)
		}
		into["labels"] = labels
	}
}

func (w *writer) blocks(into map[string]any, b scopedBody, name string, at resource.Path) {
	bodies, known := blocksOf(b.scope, b.body, name)
	if !known {
		w.unknown = append(w.unknown, at)
	}
	if len(bodies) == 0 {
		return
	}
	list := make([]any, len(bodies))
	for i, each := range bodies {
		b.scope.in.spend(1)
		object := map[string]any{}
		w.body(object, each, at.Append(i), nil)
		list[i] = object
	}
	into[name] = list
}

// meta writes what a resource says to Terraform itself.
func (w *writer) meta(into map[string]any, body *hclsyntax.Body) {
	if provider := body.Attributes["provider"]; provider != nil {
		into["provider"] = named(provider.Expr)
	}
	if depends := body.Attributes["depends_on"]; depends != nil {
		into["depends_on"] = namedAll(depends.Expr)
	}
	var lifecycle []any
	for _, block := range body.Blocks {
		if block.Type != "lifecycle" {
			continue
		}
		object := map[string]any{}
		for name, attribute := range inOrder(block.Body.Attributes) {
			switch name {
			case "ignore_changes", "replace_triggered_by":
				object[name] = namedAll(attribute.Expr)
			default:
				if value, known := constant(attribute.Expr); known && value.Type() == cty.Bool && value.IsKnown() && !value.IsNull() {
					object[name] = value.True()
				}
			}
		}
		lifecycle = append(lifecycle, object)
	}
	if len(lifecycle) > 0 {
		into["lifecycle"] = lifecycle
	}
}

// named is the text of an expression that names something and is not evaluated.
func named(expression hclsyntax.Expression) any {
	if keyword := hcl.ExprAsKeyword(expression); keyword != "" {
		return keyword
	}
	if t := traversals(expression); len(t) == 1 {
		return written(t[0])
	}
	if text, isText := constantText(expression); isText {
		return text
	}
	return nil
}

func namedAll(expression hclsyntax.Expression) any {
	tuple, isTuple := expression.(*hclsyntax.TupleConsExpr)
	if !isTuple {
		return named(expression)
	}
	all := []any{}
	for _, element := range tuple.Exprs {
		if name := named(element); name != nil {
			all = append(all, name)
		}
	}
	return all
}
