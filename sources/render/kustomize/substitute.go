package kustomize

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// optOut is the label or annotation by which an object is left as it is.
const optOut = "kustomize.toolkit.fluxcd.io/substitute"

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Variables are what ${NAME} stands for. The zero value has none.
type Variables struct {
	values  map[string]string
	secrets map[string]bool // names whose values must not be shown
}

// Set gives a variable its value, in place of an earlier one. As with Flux,
// values are of one line.
func (v *Variables) Set(name, value string, secret bool) error {
	if !variableName.MatchString(name) {
		return fmt.Errorf("%q is no name for a variable; use letters, digits and _", name)
	}
	if v.values == nil {
		v.values, v.secrets = map[string]string{}, map[string]bool{}
	}
	v.values[name] = strings.ReplaceAll(value, "\n", "")
	v.secrets[name] = secret
	return nil
}

// Mistake is why variables cannot be filled in.
type Mistake struct {
	Msg  string
	Path resource.Path // of the value that it is about
}

func (m *Mistake) Error() string { return m.Msg }

// Substituted is the text of an object with its variables filled in.
type Substituted struct {
	YAML []byte
	// Secret are the paths at which values stand that must not be shown.
	Secret []resource.Path
}

// Substitute fills in the variables of an object in the way of Flux: in its
// text as YAML, so that a value may be a number, a list or whatever it looks
// like. It is nil where there is nothing to fill in. A variable that has neither
// a value nor a default is a Mistake, where Flux would leave nothing of it.
func (v *Variables) Substitute(object map[string]any) (*Substituted, error) {
	if isLeftAlone(object) {
		return nil, nil
	}
	s := substitution{variables: v}
	s.survey(object, nil)
	switch {
	case s.wrong != nil:
		return nil, s.wrong
	case !s.any:
		return nil, nil
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("write the object: %w", err)
	}
	if !v.admits(string(text)) {
		return nil, &Mistake{Msg: tooMuch}
	}
	// Each of its texts could be filled in by itself.
	filled, err := envsubst.Eval(string(text), v.get)
	if err != nil {
		return nil, &Mistake{Msg: reason(err)}
	}
	return &Substituted{YAML: []byte(filled), Secret: s.secret}, nil
}

func (v *Variables) get(name string) (string, bool) {
	value, known := v.values[name]
	return value, known
}

func isLeftAlone(object map[string]any) bool {
	for _, field := range []string{"labels", "annotations"} {
		if value, _ := resource.Lookup(object, resource.Path{"metadata", field, optOut}); value == "disabled" {
			return true
		}
	}
	return false
}

// maxFilled bounds what filling in the variables of a text may come to, in bytes.
const maxFilled = 64 << 20

const tooMuch = "filling in the variables of this text would take too much; make it shorter"

var replacesAll = regexp.MustCompile(`\$\{[A-Za-z0-9_]+//`)

// admits reports whether the library can fill in a text. It copies all of the
// text for each escape, and a variable can be many times as long as its name.
func (v *Variables) admits(text string) bool {
	longest := 0
	for _, value := range v.values {
		longest = max(longest, len(value))
	}
	cost := len(text) + strings.Count(text, "${")*longest
	cost += len(replacesAll.FindAllStringIndex(text, -1)) * longest * len(text)
	return cost <= maxFilled && strings.Count(text, "$$")*len(text) <= 16*maxFilled
}

// substitution finds out what filling in the variables of an object comes to.
type substitution struct {
	variables *Variables
	any       bool
	secret    []resource.Path
	wrong     *Mistake // the first one
}

// survey looks at each text by itself. Paths are those of what comes out.
func (s *substitution) survey(value any, at resource.Path) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			// What becomes of a key is not hidden by hiding what it leads to.
			s.survey(v[key], at.Append(s.text(key, at)))
		}
	case []any:
		for i, child := range v {
			s.survey(child, at.Append(i))
		}
	case string:
		s.text(v, at)
	}
}

// text is a text with its variables filled in.
func (s *substitution) text(text string, at resource.Path) string {
	if !strings.Contains(text, "$") {
		return text
	}
	s.any = true
	if !s.variables.admits(text) {
		s.wrong = cmp.Or(s.wrong, &Mistake{Msg: tooMuch, Path: at})
		return text
	}
	missing, hidden := "", false
	filled, err := envsubst.Eval(text, func(name string) (string, bool) {
		value, known := s.variables.get(name)
		if !known {
			missing = name
		}
		hidden = hidden || s.variables.secrets[name]
		return value, known
	})
	if err != nil {
		wrong := &Mistake{Msg: reason(err), Path: at}
		if missing != "" {
			wrong.Msg = fmt.Sprintf("the variable %s has no value; give it one in the target's render.substitute or substituteFrom, a default as in ${%s:=value}, or write $$ for a dollar sign",
				missing, missing)
		}
		s.wrong = cmp.Or(s.wrong, wrong)
	}
	if hidden {
		s.secret = append(s.secret, at)
	}
	return filled
}

// reason is what is wrong with the form of a substitution. The library's errors
// quote nothing but names.
func reason(err error) string {
	return fmt.Sprintf("a ${…} in this text cannot be read: %v; write $$ for a dollar sign that is to stay", err)
}
