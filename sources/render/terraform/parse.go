package terraform

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// IsSource reports whether a file is Terraform's by its name.
func IsSource(name string) bool {
	base := path.Base(name)
	return (strings.HasSuffix(base, ".tf") || strings.HasSuffix(base, ".tf.json")) && !ignored(base)
}

// IsSettings reports whether a file sets variables by its name.
func IsSettings(name string) bool {
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tfvars.json")
}

// ignored are the files that Terraform passes over: those of editors.
func ignored(base string) bool {
	return strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") ||
		strings.HasPrefix(base, "#") && strings.HasSuffix(base, "#")
}

func isOverride(name string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".json"), ".tf")
	return base == "override" || strings.HasSuffix(base, "_override")
}

// file is a file's blocks, in the order of the text.
type file struct {
	name   string
	data   []byte
	blocks []*hclsyntax.Block
	json   bool
}

// parse reads a file. Its expressions are made ready for evaluation.
func parse(name string, data []byte, admit func([]byte) error) (*file, *resource.Problem) {
	body, wrong := parseBody(name, data, admit)
	if wrong != nil {
		return nil, wrong
	}
	f := &file{name: name, data: data, blocks: body.Blocks, json: strings.HasSuffix(name, ".json")}
	for _, block := range f.blocks {
		prepareBody(block.Body)
	}
	return f, nil
}

// parseBody reads a file as it is written.
func parseBody(name string, data []byte, admit func([]byte) error) (*hclsyntax.Body, *resource.Problem) {
	if admit != nil {
		if err := admit(data); err != nil {
			return nil, &resource.Problem{Msg: err.Error(), Location: resource.Location{File: name, Line: 1, Column: 1}}
		}
	}
	data = withoutMarks(data)
	if strings.HasSuffix(name, ".json") {
		return parseJSON(name, data)
	}
	parsed, diagnostics := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if wrong := firstError(diagnostics, name); wrong != nil {
		return nil, wrong
	}
	return parsed.Body.(*hclsyntax.Body), nil
}

// withoutMarks replaces the characters that mark placeholders, which no text
// has a use for.
func withoutMarks(data []byte) []byte {
	for _, mark := range []string{opening, closing, identity} {
		if bytes.Contains(data, []byte(mark)) {
			data = bytes.ReplaceAll(data, []byte(mark), []byte("\uFFFD"))
		}
	}
	return data
}

func firstError(diagnostics hcl.Diagnostics, name string) *resource.Problem {
	for _, d := range diagnostics {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := resource.Location{File: name, Line: 1, Column: 1}
		if d.Subject != nil {
			at.Line, at.Column = d.Subject.Start.Line, d.Subject.Start.Column
		}
		return &resource.Problem{Msg: fmt.Sprintf("not HCL: %s: %s", d.Summary, d.Detail), Location: at}
	}
	return nil
}

// labelled are the blocks of a module with the number of their labels.
var labelled = map[string]int{
	"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "ephemeral": 2, "check": 1,
	"locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0,
}

// parseJSON reads Terraform's JSON into blocks as if they were written in HCL.
func parseJSON(name string, data []byte) (*hclsyntax.Body, *resource.Problem) {
	parsed, diagnostics := json.Parse(data, name)
	if wrong := firstError(diagnostics, name); wrong != nil {
		return nil, wrong
	}
	attributes, diagnostics := parsed.Body.JustAttributes()
	if wrong := firstError(diagnostics, name); wrong != nil {
		return nil, wrong
	}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for _, attribute := range sorted(attributes) {
		labels, isBlock := labelled[attribute.Name]
		if strings.HasSuffix(name, ".tfvars.json") || !isBlock {
			body.Attributes[attribute.Name] = jsonAttribute(attribute.Name, attribute.NameRange, attribute.Expr)
			continue
		}
		c := jsonBlocks{kind: attribute.Name, kindRange: attribute.NameRange}
		c.add(attribute.Expr, labels)
		body.Blocks = append(body.Blocks, c.blocks...)
	}
	slices.SortStableFunc(body.Blocks, func(a, b *hclsyntax.Block) int { return a.TypeRange.Start.Byte - b.TypeRange.Start.Byte })
	return body, nil
}

func sorted(attributes hcl.Attributes) []*hcl.Attribute {
	var all []*hcl.Attribute
	for _, attribute := range attributes {
		all = append(all, attribute)
	}
	slices.SortFunc(all, func(a, b *hcl.Attribute) int { return a.NameRange.Start.Byte - b.NameRange.Start.Byte })
	return all
}

func jsonAttribute(name string, at hcl.Range, value hcl.Expression) *hclsyntax.Attribute {
	return &hclsyntax.Attribute{Name: name, NameRange: at, SrcRange: hcl.RangeBetween(at, value.Range()), Expr: jsonExpression(value)}
}

// jsonBlocks collects the blocks of one kind.
type jsonBlocks struct {
	kind      string
	kindRange hcl.Range
	labels    []string
	ranges    []hcl.Range
	blocks    []*hclsyntax.Block
}

// add descends through as many objects as the block has labels. A list stands
// for several blocks.
func (c *jsonBlocks) add(value hcl.Expression, labels int) {
	if list, diagnostics := hcl.ExprList(value); !diagnostics.HasErrors() {
		for _, element := range list {
			c.add(element, labels)
		}
		return
	}
	pairs, diagnostics := hcl.ExprMap(value)
	if diagnostics.HasErrors() {
		return
	}
	if labels > 0 {
		for _, pair := range pairs {
			key, named := jsonKey(pair.Key)
			if !named {
				continue
			}
			c.labels, c.ranges = append(c.labels, key), append(c.ranges, pair.Key.Range())
			c.add(pair.Value, labels-1)
			c.labels, c.ranges = c.labels[:len(c.labels)-1], c.ranges[:len(c.ranges)-1]
		}
		return
	}
	at := c.kindRange
	if len(c.ranges) > 0 {
		at = c.ranges[len(c.ranges)-1]
	}
	block := &hclsyntax.Block{
		Type: c.kind, TypeRange: at, Labels: slices.Clone(c.labels), LabelRanges: slices.Clone(c.ranges),
		Body: &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: value.Range()},
	}
	fillBody(block.Body, pairs, c.kind == "resource" || c.kind == "data" || c.kind == "provider" || c.kind == "terraform")
	c.blocks = append(c.blocks, block)
}

// mapAttributes are names under which an object is a map. In JSON nothing else
// tells a map from a block.
var mapAttributes = []string{
	"tags", "tags_all", "labels", "annotations", "variables", "metadata", "parameters", "settings", "triggers", "keepers",
	"app_settings", "environment_variables", "request_parameters", "response_parameters", "headers", "default_attributes",
	"match_labels", "node_selector", "options", "providers", "data", "string_data", "config",
}

func fillBody(body *hclsyntax.Body, pairs []hcl.KeyValuePair, blocks bool) {
	for _, pair := range pairs {
		key, named := jsonKey(pair.Key)
		if !named {
			continue
		}
		if blocks && !slices.Contains(mapAttributes, key) {
			if nested := nestedBlocks(key, pair); nested != nil {
				body.Blocks = append(body.Blocks, nested...)
				continue
			}
		}
		body.Attributes[key] = jsonAttribute(key, pair.Key.Range(), pair.Value)
	}
}

// nestedBlocks are the blocks that an object, or a list of objects, stands for;
// nil for anything else.
func nestedBlocks(key string, pair hcl.KeyValuePair) []*hclsyntax.Block {
	bodies := []hcl.Expression{pair.Value}
	if list, diagnostics := hcl.ExprList(pair.Value); !diagnostics.HasErrors() {
		bodies = list
	}
	var blocks []*hclsyntax.Block
	for _, value := range bodies {
		pairs, diagnostics := hcl.ExprMap(value)
		if diagnostics.HasErrors() {
			return nil
		}
		block := &hclsyntax.Block{
			Type: key, TypeRange: pair.Key.Range(),
			Body: &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: value.Range()},
		}
		if key == "dynamic" || key == "backend" || key == "provisioner" {
			c := jsonBlocks{kind: key, kindRange: pair.Key.Range()}
			c.add(value, 1)
			blocks = append(blocks, c.blocks...)
			continue
		}
		fillBody(block.Body, pairs, true)
		blocks = append(blocks, block)
	}
	return blocks
}

func jsonKey(key hcl.Expression) (string, bool) {
	value, diagnostics := key.Value(nil)
	if diagnostics.HasErrors() || value.Type() != cty.String || value.AsString() == "//" {
		return "", false
	}
	return value.AsString(), true
}

// jsonExpression is a value of JSON as an expression: texts are templates.
func jsonExpression(value hcl.Expression) hclsyntax.Expression {
	at := value.Range()
	if pairs, diagnostics := hcl.ExprMap(value); !diagnostics.HasErrors() {
		object := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, pair := range pairs {
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: jsonExpression(pair.Key), ForceNonLiteral: true},
				ValueExpr: jsonExpression(pair.Value),
			})
		}
		return object
	}
	if list, diagnostics := hcl.ExprList(value); !diagnostics.HasErrors() {
		tuple := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, element := range list {
			tuple.Exprs = append(tuple.Exprs, jsonExpression(element))
		}
		return tuple
	}
	literal, diagnostics := value.Value(nil)
	if diagnostics.HasErrors() {
		literal = cty.DynamicVal
	}
	if literal.Type() == cty.String && literal.IsKnown() && !literal.IsNull() {
		if strings.ContainsAny(literal.AsString(), "$%") {
			if template, diagnostics := hclsyntax.ParseTemplate([]byte(literal.AsString()), at.Filename, at.Start); !diagnostics.HasErrors() {
				return template
			}
		}
	}
	return &hclsyntax.LiteralValueExpr{Val: literal, SrcRange: at}
}

func location(at hcl.Range) resource.Location {
	return resource.Location{File: at.Filename, Line: at.Start.Line, Column: at.Start.Column}
}
