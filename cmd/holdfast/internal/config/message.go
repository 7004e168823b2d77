package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// label is how a message names what it is about: "targets[1].interval: ".
func label(steps []string) string {
	if len(steps) == 0 {
		return ""
	}
	return dotted(steps) + ": "
}

var index = regexp.MustCompile(`^[0-9]+$`)

func dotted(steps []string) string {
	var b strings.Builder
	for i, step := range steps {
		switch {
		case i > 0 && index.MatchString(step):
			b.WriteString("[" + step + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

func missingKey(steps []string, name string) string {
	if len(steps) == 0 {
		return fmt.Sprintf("the key %q is missing", name)
	}
	return fmt.Sprintf("%s: the key %q is missing", dotted(steps), name)
}

var secretKey = regexp.MustCompile(`(?i)password|passwd|token|secret`)

func unknownKey(steps []string, name string, known []string) string {
	msg := label(steps) + fmt.Sprintf("unknown key %q", name)
	if best := nearest(name, known); best != "" {
		return msg + fmt.Sprintf("; did you mean %q?", best)
	}
	if slices.Contains(known, "passwordEnv") && secretKey.MatchString(name) {
		return msg + "; a secret does not belong in this file: name the environment variable that holds it with passwordEnv, or the file with passwordFile"
	}
	if len(known) == 0 {
		return msg + "; there are no keys here"
	}
	return msg + "; the keys here are " + strings.Join(known, ", ")
}

// nearest is the known word that name was probably meant to be, or "".
func nearest(name string, known []string) string {
	best, distance := "", 3
	for _, word := range known {
		if strings.EqualFold(word, name) {
			return word
		}
		// Two letters changed in a word of three is another word.
		if n := levenshtein.ComputeDistance(name, word); n < distance && n < len(word)/2+1 {
			best, distance = word, n
		}
	}
	return best
}

// expected says what a value should be and what it is. A schema may say the
// former itself, under errorMessage, as editors know it.
func expected(schema map[string]any, got any, e leaf) string {
	shown := ", got " + show(got)
	switch {
	case got == nil:
		shown = ", got nothing; give it a value or take the key out"
	case e.hidden:
		shown = ""
	case shown == ", got a list" || shown == ", got a mapping":
		if _, wrongType := e.ErrorKind.(*kind.Type); !wrongType {
			shown = ""
		}
	}
	if msg, ok := schema["errorMessage"].(string); ok {
		return msg + shown
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return "expected " + typeNames(k.Want) + shown
	case *kind.Enum:
		return notOneOf(got, k.Want, shown)
	case *kind.Const:
		return "expected " + show(k.Want) + shown
	case *kind.MinLength:
		if k.Want == 1 {
			return "must not be empty"
		}
		return fmt.Sprintf("expected at least %d characters%s", k.Want, shown)
	case *kind.MaxLength:
		return fmt.Sprintf("expected at most %d characters, got %d", k.Want, k.Got)
	case *kind.MinItems:
		return fmt.Sprintf("expected at least %s, got %d", count(k.Want, "item"), k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("expected at most %s, got %d", count(k.Want, "item"), k.Got)
	case *kind.MinProperties:
		return fmt.Sprintf("expected at least %s out of %s", count(k.Want, "key"), strings.Join(keys(schema), ", "))
	case *kind.MaxProperties:
		return fmt.Sprintf("expected at most %s, got %d", count(k.Want, "key"), k.Got)
	case *kind.UniqueItems:
		return fmt.Sprintf("items %d and %d are the same", k.Duplicates[0]+1, k.Duplicates[1]+1)
	}
	return numeric(schema, e.ErrorKind, shown)
}

func numeric(schema map[string]any, failure jsonschema.ErrorKind, shown string) string {
	if description, ok := schema["description"].(string); ok {
		shown += " (" + description + ")"
	}
	switch k := failure.(type) {
	case *kind.Minimum:
		return "expected at least " + k.Want.RatString() + shown
	case *kind.Maximum:
		return "expected at most " + k.Want.RatString() + shown
	case *kind.ExclusiveMinimum:
		return "expected more than " + k.Want.RatString() + shown
	case *kind.ExclusiveMaximum:
		return "expected less than " + k.Want.RatString() + shown
	case *kind.MultipleOf:
		return "expected a multiple of " + k.Want.RatString() + shown
	case *kind.Pattern:
		return "expected text that matches " + k.Want + shown
	case *kind.Format:
		return "expected a " + k.Want + shown
	case *kind.FalseSchema:
		return "not allowed here"
	case *kind.DependentRequired:
		return fmt.Sprintf("%q needs %s beside it", k.Prop, quoted(k.Missing))
	}
	return "none of the forms that are allowed here" + shown
}

func notOneOf(got any, want []any, shown string) string {
	words := make([]string, len(want))
	for i, word := range want {
		words[i] = strings.Trim(show(word), `"`)
	}
	msg := "expected " + or(words) + shown
	text, _ := got.(string)
	if best := nearest(text, words); text != "" && shown != "" && best != "" {
		msg += fmt.Sprintf("; did you mean %q?", best)
	}
	return msg
}

func (v *validator) unknownDriver(name string) string {
	msg := fmt.Sprintf("unknown driver %q", name)
	if best := nearest(name, v.drivers); best != "" {
		msg += fmt.Sprintf("; did you mean %q?", best)
	}
	if len(v.drivers) == 0 {
		return msg
	}
	return msg + " (the drivers are: " + strings.Join(v.drivers, ", ") + ")"
}

func typeNames(want []string) string {
	words := make([]string, len(want))
	for i, name := range want {
		switch name {
		case "object":
			words[i] = "a mapping (key: value)"
		case "array":
			words[i] = "a list"
		case "string":
			words[i] = "text"
		case "integer":
			words[i] = "a whole number"
		case "number":
			words[i] = "a number"
		case "boolean":
			words[i] = "true or false"
		default:
			words[i] = name
		}
	}
	return or(words)
}

func or(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = strconv.Quote(word)
	}
	return strings.Join(out, ", ")
}

func count(n int, word string) string {
	if n == 1 {
		return "one " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// show is a value as it would be written, cut to a bearable length.
func show(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string:
		const most = 60
		if runes := []rune(v); len(runes) > most {
			v = string(runes[:most]) + "…"
		}
		return strconv.Quote(v)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
