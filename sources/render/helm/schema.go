package helm

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	chart "helm.sh/helm/v4/pkg/chart/v2"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// maxSchemaProblems is how many values are named that do not fit a schema.
const maxSchemaProblems = 20

// noReferences refuses what a schema refers to outside itself: Helm would read
// it from this machine or the network.
type noReferences struct{}

func (noReferences) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil // as Helm has it, everything fits what cannot be resolved
	}
	return nil, errors.New("a schema may refer to itself only")
}

// checkSchemas holds the values against values.schema.json of the chart and of
// each subchart. Messages name values and do not show them.
func (r *rendering) checkSchemas(c *chart.Chart, values map[string]any, at []string) {
	if c.Schema != nil {
		r.checkSchema(c, values, at)
	}
	for _, sub := range c.Dependencies() {
		given, there := values[sub.Name()]
		if !there || given == nil {
			continue
		}
		below := append(at[:len(at):len(at)], sub.Name())
		if table, isTable := given.(map[string]any); isTable {
			r.checkSchemas(sub, table, below)
		}
	}
}

func (r *rendering) checkSchema(c *chart.Chart, values map[string]any, at []string) {
	schema, err := compileSchema(c.Schema)
	if err != nil {
		msg := "not a JSON Schema: " + unquoted(err.Error())
		if load := (*jsonschema.LoadURLError)(nil); errors.As(err, &load) {
			msg = "the schema refers to another file or to the network, which is not read; put what it refers to under $defs"
		}
		r.Problems = append(r.Problems, resource.Problem{Msg: msg, Location: r.schemaFile(c).location(0)})
		return
	}
	err = schema.Validate(values)
	var invalid *jsonschema.ValidationError
	switch {
	case errors.As(err, &invalid):
		r.schemaProblems(c, invalid, at)
	case err != nil:
		r.Problems = append(r.Problems, resource.Problem{
			Msg: "the values cannot be held against the schema: " + unquoted(err.Error()), Location: r.schemaFile(c).location(0),
		})
	}
}

func compileSchema(text []byte) (schema *jsonschema.Schema, err error) {
	const name = "values.schema.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noReferences{})
	if err := compiler.AddResource("file:///"+name, document); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///" + name)
}

func (r *rendering) schemaFile(c *chart.Chart) place {
	if len(c.Schema) > 0 {
		return r.places[&c.Schema[0]]
	}
	return place{file: r.chartFile()}
}

func (r *rendering) schemaProblems(c *chart.Chart, invalid *jsonschema.ValidationError, at []string) {
	var found []resource.Problem
	var each func(*jsonschema.ValidationError)
	each = func(v *jsonschema.ValidationError) {
		if len(v.Causes) > 0 {
			for _, cause := range v.Causes {
				each(cause)
			}
			return
		}
		path := append(at[:len(at):len(at)], v.InstanceLocation...)
		name := "values"
		for _, step := range path {
			name += "." + step
		}
		found = append(found, resource.Problem{
			Msg:      fmt.Sprintf("%s does not fit the chart's schema, %s: %s", name, r.schemaFile(c), schemaMessage(v.ErrorKind)),
			Location: r.placeOfValue(path),
		})
	}
	each(invalid)
	slices.SortFunc(found, func(a, b resource.Problem) int {
		return cmp.Or(strings.Compare(a.Location.File, b.Location.File), a.Location.Line-b.Location.Line, strings.Compare(a.Msg, b.Msg))
	})
	r.Problems = append(r.Problems, found[:min(len(found), maxSchemaProblems)]...)
}

// schemaMessage is what is wrong, without the value.
func schemaMessage(wrong jsonschema.ErrorKind) string {
	switch k := wrong.(type) {
	case *kind.Pattern:
		return fmt.Sprintf("it does not match the pattern %s", k.Want)
	case *kind.Format:
		return "it is not a valid " + k.Want
	case *kind.Minimum, *kind.Maximum, *kind.ExclusiveMinimum, *kind.ExclusiveMaximum, *kind.MultipleOf:
		_, want, _ := strings.Cut(wrong.LocalizedString(message.NewPrinter(language.English)), "want ")
		return "the number is out of bounds: want " + want
	}
	return wrong.LocalizedString(message.NewPrinter(language.English))
}
