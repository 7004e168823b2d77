package gatekeeper

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// schemaSpec is spec.crd.spec.validation of a template.
type schemaSpec struct {
	OpenAPIV3Schema *apiextensionsv1.JSONSchemaProps `json:"openAPIV3Schema"`
	LegacySchema    *bool                            `json:"legacySchema"`
}

// schemas are the schema of a template's constraints in the two forms that the
// API server's libraries want.
type schemas struct {
	structural *structural.Structural
	validator  validation.SchemaValidator
}

// newSchemas is the schema of the constraints of a template: what all have in
// common and, as spec.parameters, what the template declares. It is nil if
// that is mistaken.
func newSchemas(d *document, spec *schemaSpec, found *problems) *schemas {
	at := []any{"spec", "crd", "spec", "validation", "openAPIV3Schema"}
	parameters, err := parametersSchema(d.version(), spec)
	if err != nil {
		found.add(d.at(at...), "the schema of the parameters: %s", err)
		return nil
	}
	props := constraintSchema(parameters)
	s := &schemas{}
	if s.structural, err = structural.NewStructural(props); err != nil {
		found.add(d.at(at...), "the schema of the parameters: %s", err)
		return nil
	}
	mistakes := structural.ValidateStructural(field.NewPath("schema"), s.structural)
	if parameters != nil {
		mistakes = append(mistakes, checkTypes(field.NewPath("schema", "properties[spec]", "properties[parameters]"), parameters)...)
	}
	if len(mistakes) == 0 {
		defaults, err := defaulting.ValidateDefaults(context.Background(), field.NewPath("schema"), s.structural, true, true)
		if err != nil {
			found.add(d.at(at...), "the schema of the parameters: %s", err)
			return nil
		}
		mistakes = defaults
	}
	for _, mistake := range mistakes {
		path := strings.TrimPrefix(mistake.Field, "schema.properties[spec].properties[parameters]")
		found.add(d.at(d.steps("spec.crd.spec.validation.openAPIV3Schema"+path)...),
			"the schema of the parameters: %s", strings.TrimPrefix(strings.TrimPrefix(path, ".")+": "+mistake.ErrorBody(), ": "))
	}
	if s.validator, _, err = validation.NewSchemaValidator(props); err != nil {
		found.add(d.at(at...), "the schema of the parameters: %s", err)
	}
	if len(mistakes) > 0 || err != nil {
		return nil
	}
	return s
}

var typeNames = []string{"array", "boolean", "integer", "number", "object", "string"}

// checkTypes finds types that there are not, and uniqueItems, which the API
// server takes in no schema. Both would only be seen by a constraint that
// gives the parameter.
func checkTypes(at *field.Path, s *apiextensions.JSONSchemaProps) field.ErrorList {
	var mistakes field.ErrorList
	if s.Type != "" && !slices.Contains(typeNames, s.Type) {
		mistakes = append(mistakes, field.NotSupported(at.Child("type"), s.Type, typeNames))
	}
	if s.UniqueItems {
		mistakes = append(mistakes, field.Forbidden(at.Child("uniqueItems"), "it would take too long to hold for long lists"))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name]
		mistakes = append(mistakes, checkTypes(at.Child("properties").Key(name), &property)...)
	}
	if s.Items != nil && s.Items.Schema != nil {
		mistakes = append(mistakes, checkTypes(at.Child("items"), s.Items.Schema)...)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		mistakes = append(mistakes, checkTypes(at.Child("additionalProperties"), s.AdditionalProperties.Schema)...)
	}
	return mistakes
}

// parametersSchema is what a template declares for spec.parameters, or nil.
// legacySchema, which v1 leaves out and the versions before it set, permits
// parameters that are not declared.
func parametersSchema(version string, spec *schemaSpec) (*apiextensions.JSONSchemaProps, error) {
	legacy := version != "v1"
	var declared *apiextensionsv1.JSONSchemaProps
	if spec != nil {
		declared = spec.OpenAPIV3Schema
		if spec.LegacySchema != nil {
			legacy = *spec.LegacySchema
		}
	}
	if legacy {
		if declared == nil {
			declared = &apiextensionsv1.JSONSchemaProps{}
		}
		if err := preserveUnknown(declared); err != nil {
			return nil, err
		}
	}
	if declared == nil {
		return nil, nil
	}
	converted := &apiextensions.JSONSchemaProps{}
	return converted, apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(declared, converted, nil)
}

// preserveUnknown lets every object below the schema have fields beyond those
// declared, and makes it structural where it does not say what is in it.
func preserveUnknown(s *apiextensionsv1.JSONSchemaProps) error {
	yes := true
	switch s.Type {
	case "", "object":
		s.XPreserveUnknownFields = &yes
	case "array":
		if s.Items == nil || s.Items.Schema == nil && s.Items.JSONSchemas == nil {
			s.Items = &apiextensionsv1.JSONSchemaPropsOrArray{Schema: &apiextensionsv1.JSONSchemaProps{XPreserveUnknownFields: &yes}}
		}
	}
	for name, property := range s.Properties {
		if err := preserveUnknown(&property); err != nil {
			return err
		}
		s.Properties[name] = property
	}
	if s.Items != nil && len(s.Items.JSONSchemas) > 0 {
		return fmt.Errorf("items is a list of schemas; it must be one")
	}
	if s.Items != nil && s.Items.Schema != nil {
		if err := preserveUnknown(s.Items.Schema); err != nil {
			return err
		}
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		return preserveUnknown(s.AdditionalProperties.Schema)
	}
	return nil
}

// constraint reports whether the constraint is as its schema wants it, and
// returns its content with the defaults filled in.
func (s *schemas) constraint(d *document, found *problems) (map[string]any, bool) {
	before := len(found.list)
	for _, mistake := range validation.ValidateCustomResource(nil, d.object, s.validator) {
		at, msg := fieldMistake(mistake)
		found.add(d.at(d.steps(at)...), "%s", msg)
	}
	content := runtime.DeepCopyJSON(d.object)
	unknown := pruning.PruneWithOptions(runtime.DeepCopyJSON(d.object), s.structural, true,
		structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		found.add(d.at(d.steps(path)...), "%s is not known: neither Gatekeeper nor the ConstraintTemplate declares it", path)
	}
	if len(found.list) > before {
		return nil, false
	}
	defaulting.Default(content, s.structural)
	return content, true
}

// constraintSchema is the schema of a constraint as Gatekeeper declares it.
func constraintSchema(parameters *apiextensions.JSONSchemaProps) *apiextensions.JSONSchemaProps {
	deny := apiextensions.JSON("deny")
	spec := map[string]apiextensions.JSONSchemaProps{
		"match":             matchSchema(),
		"enforcementAction": {Type: "string", Default: &deny},
		"scopedEnforcementActions": list(object(map[string]apiextensions.JSONSchemaProps{
			"action": {Type: "string"},
			"enforcementPoints": list(object(map[string]apiextensions.JSONSchemaProps{
				"name": {Type: "string"},
			})),
		})),
	}
	if parameters != nil {
		spec["parameters"] = *parameters
	}
	yes, longest := true, int64(63)
	root := object(map[string]apiextensions.JSONSchemaProps{
		"metadata": object(map[string]apiextensions.JSONSchemaProps{"name": {Type: "string", MaxLength: &longest}}),
		"spec":     object(spec),
		"status":   {XPreserveUnknownFields: &yes},
	})
	return &root
}

// matchSchema is the schema of spec.match.
func matchSchema() apiextensions.JSONSchemaProps {
	wildcard := apiextensions.JSONSchemaProps{Type: "string", Pattern: `^\*?[-:a-z0-9]*\*?$`}
	plain := apiextensions.JSONSchemaProps{Type: "string"}
	requirement := object(map[string]apiextensions.JSONSchemaProps{"key": plain, "operator": plain, "values": list(plain)})
	requirement.Required = []string{"key", "operator"}
	selector := object(map[string]apiextensions.JSONSchemaProps{
		"matchExpressions": list(requirement),
		"matchLabels": {Type: "object", AdditionalProperties: &apiextensions.JSONSchemaPropsOrBool{
			Allows: true, Schema: &apiextensions.JSONSchemaProps{Type: "string"},
		}},
	})
	return object(map[string]apiextensions.JSONSchemaProps{
		"source":             {Type: "string", Enum: []apiextensions.JSON{"All", "Generated", "Original"}},
		"kinds":              list(object(map[string]apiextensions.JSONSchemaProps{"apiGroups": list(plain), "kinds": list(plain)})),
		"scope":              plain,
		"namespaces":         list(wildcard),
		"excludedNamespaces": list(wildcard),
		"labelSelector":      selector,
		"namespaceSelector":  selector,
		"name":               wildcard,
	})
}

func object(properties map[string]apiextensions.JSONSchemaProps) apiextensions.JSONSchemaProps {
	return apiextensions.JSONSchemaProps{Type: "object", Properties: properties}
}

func list(items apiextensions.JSONSchemaProps) apiextensions.JSONSchemaProps {
	return apiextensions.JSONSchemaProps{Type: "array", Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &items}}
}

var quotedPath = regexp.MustCompile(`^"([^"]+)" `)

// fieldMistake is the field that a mistake is about, and what to say of it.
// Some mistakes name their field in the text only.
func fieldMistake(mistake *field.Error) (at, msg string) {
	if mistake.Field != "<nil>" && mistake.Field != "" {
		return mistake.Field, mistake.Field + ": " + mistake.ErrorBody()
	}
	if named := quotedPath.FindStringSubmatch(mistake.Detail); named != nil {
		return named[1], mistake.Detail
	}
	return "", mistake.ErrorBody()
}

// violated reports whether the constraint is not as its schema wants it,
// whatever else may be wrong with it.
func (s *schemas) violated(d *document) bool {
	return len(validation.ValidateCustomResource(nil, d.object, s.validator)) > 0
}
