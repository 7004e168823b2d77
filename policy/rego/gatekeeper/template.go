package gatekeeper

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The API groups and the one target that Gatekeeper has.
const (
	templateGroup   = "templates.gatekeeper.sh"
	constraintGroup = "constraints.gatekeeper.sh"
	targetName      = "admission.k8s.gatekeeper.sh"
)

// The engines by their names in a template.
const (
	engineRego = "Rego"
	engineCEL  = "K8sNativeValidation"
)

// template is a ConstraintTemplate, compiled. Exactly one of rego and cel is
// set unless it is broken.
type template struct {
	doc        *document
	at         resource.Location
	name, kind string
	schema     *schemas
	rego       *program
	cel        *celProgram
	broken     bool // a mistake was told of
}

// templateSpec is the part of a ConstraintTemplate that is read here.
type templateSpec struct {
	CRD struct {
		Spec struct {
			Names struct {
				Kind string `json:"kind"`
			} `json:"names"`
			Validation *schemaSpec `json:"validation"`
		} `json:"spec"`
	} `json:"crd"`
	Targets []targetSpec `json:"targets"`
}

type targetSpec struct {
	Target string     `json:"target"`
	Rego   string     `json:"rego"`
	Libs   []string   `json:"libs"`
	Code   []codeSpec `json:"code"`
}

type codeSpec struct {
	Engine string          `json:"engine"`
	Source json.RawMessage `json:"source"`
}

// template reads and compiles one template, and keeps it under its name.
func (l *loader) template(d *document) {
	t := &template{doc: d, at: d.at("metadata", "name"), name: d.name()}
	before := len(l.found.list)
	defer func() {
		if fault := recover(); fault != nil {
			l.found.add(d.at(), "the ConstraintTemplate cannot be read: %v", fault)
		}
		t.broken = len(l.found.list) > before
	}()
	if first, twice := l.templates[t.name]; twice {
		l.found.other(t.at, first.at, "the ConstraintTemplate %s is already defined at %s", t.name, first.at)
		return
	}
	if t.name == "" {
		l.found.add(d.at("metadata"), "the ConstraintTemplate has no metadata.name")
		return
	}
	l.templates[t.name] = t
	if !slices.Contains([]string{"v1", "v1beta1", "v1alpha1"}, d.version()) {
		l.found.add(d.at("apiVersion"), "a ConstraintTemplate has the version v1, v1beta1 or v1alpha1, not %q", d.version())
		return
	}
	var spec templateSpec
	if !decode(d, d.object["spec"], &spec, l.found, "spec") {
		return
	}
	t.kind = spec.CRD.Spec.Names.Kind
	if !l.names(d, t) {
		return
	}
	t.schema = newSchemas(d, spec.CRD.Spec.Validation, l.found)
	if len(spec.Targets) != 1 {
		l.found.add(d.at("spec", "targets"), "a ConstraintTemplate has one target, this has %d", len(spec.Targets))
		return
	}
	if target := spec.Targets[0].Target; target != targetName {
		l.found.add(d.at("spec", "targets", 0, "target"), "the target is %q; there is only %s", target, targetName)
		return
	}
	l.code(t, spec.Targets[0])
}

// names reports whether the template's name and kind go together.
func (l *loader) names(d *document, t *template) bool {
	switch {
	case t.kind == "":
		l.found.add(d.at("spec", "crd", "spec", "names", "kind"), "the ConstraintTemplate does not say which kind it defines, in spec.crd.spec.names.kind")
	case t.name != strings.ToLower(t.kind):
		l.found.add(t.at, "the ConstraintTemplate's name is %q, but must be %q, the lowercase of the kind that it defines", t.name, strings.ToLower(t.kind))
	case len(validation.IsDNS1035Label(t.name)) > 0:
		l.found.add(t.at, "%q cannot be the name of a kind: %s", t.name, validation.IsDNS1035Label(t.name)[0])
	default:
		return true
	}
	return false
}

// code compiles what the target runs. Where it has code for both engines, CEL
// is taken, as Gatekeeper does; target.rego is the same as code for Rego and
// takes its place.
func (l *loader) code(t *template, target targetSpec) {
	at := []any{"spec", "targets", 0}
	engine := func(name string) int {
		return slices.IndexFunc(target.Code, func(c codeSpec) bool { return c.Engine == name })
	}
	cel, rego := engine(engineCEL), engine(engineRego)
	switch {
	case cel >= 0:
		var source celSource
		at = append(at, "code", cel, "source")
		if decode(t.doc, target.Code[cel].Source, &source, l.found, at...) {
			t.cel = l.compileCEL(t, source, at)
		}
	case target.Rego != "":
		t.rego = l.compileRego(t, regoSource{Rego: target.Rego, Libs: target.Libs}, at)
	case rego >= 0:
		var source regoSource
		at = append(at, "code", rego, "source")
		if decode(t.doc, target.Code[rego].Source, &source, l.found, at...) {
			t.rego = l.compileRego(t, source, at)
		}
	default:
		l.found.add(t.doc.at(at...), "the target has no code: it needs rego, or code for the engine %s or %s", engineRego, engineCEL)
	}
}

// decode reads a value into a struct; fields that the struct does not have
// are ignored, as in Gatekeeper. Steps lead to the value in the document.
func decode(d *document, value any, into any, found *problems, steps ...any) bool {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err == nil {
		return true
	}
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		found.add(d.at(steps...), "%s", err)
		return false
	}
	for _, key := range strings.Split(wrong.Field, ".") {
		steps = append(slices.Clone(steps), key)
	}
	found.add(d.at(steps...), "%s is of the type %s, where %s is needed", cmp.Or(wrong.Field, "this"), wrong.Value, typeName(wrong.Type))
	return false
}

// typeName is what JSON calls a type of Go.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Slice:
		return "array"
	}
	return t.Kind().String()
}

// source is the code that the template's answers depend on.
func (t *template) source() any {
	if t.cel != nil {
		return t.cel.source
	}
	return t.rego.source
}
