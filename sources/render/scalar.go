package render

import (
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const quotedStyles = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

// scalarValue is the value of a scalar as Kubernetes reads it: YAML 1.1, of
// which timestamps stay text.
func scalarValue(n *yaml.Node) (any, *mistake) {
	if n.Style&yaml.TaggedStyle != 0 {
		return taggedValue(n)
	}
	if n.Style&quotedStyles != 0 {
		return n.Value, nil
	}
	value, nonFinite := plainValue(n.Value)
	if nonFinite {
		return nil, nodeMistake(n, n.Value+" cannot be written as JSON; quote it if text is meant")
	}
	return value, nil
}

// taggedValue obeys the tags of YAML itself. The value under a tag of someone
// else's, such as !Ref, is the text as it is written.
func taggedValue(n *yaml.Node) (any, *mistake) {
	switch n.Tag {
	case "!!binary":
		decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
		if err != nil || !utf8.Valid(decoded) {
			return nil, nodeMistake(n, "the !!binary value is not UTF-8 text in base64")
		}
		return string(decoded), nil
	case "!!null", "!!bool", "!!int", "!!float":
	default:
		return n.Value, nil
	}
	value, nonFinite := plainValue(n.Value)
	fits := false
	switch v := value.(type) {
	case nil:
		fits = n.Tag == "!!null"
	case bool:
		fits = n.Tag == "!!bool"
	case int64:
		fits = n.Tag == "!!float" || n.Tag == "!!int" && !strings.ContainsAny(n.Value, ".")
	case float64:
		fits = n.Tag == "!!float" || n.Tag == "!!int" && v == math.Trunc(v)
	}
	if !fits || nonFinite {
		return nil, nodeMistake(n, "the value does not fit its tag "+n.Tag)
	}
	return value, nil
}

// plainValue resolves an unquoted scalar. Numbers that are whole and fit are
// int64, as they are once they have been written as JSON and read again.
// nonFinite is true for infinities and for what is not a number.
func plainValue(s string) (value any, nonFinite bool) {
	if s == "" {
		return nil, false
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return numberValue(s)
	case strings.IndexByte("yYnNtTfFoO~", c) < 0:
		return s, false
	}
	switch s {
	case "~", "null", "Null", "NULL":
		return nil, false
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, false
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, false
	}
	return s, false
}

var decimalNumber = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func numberValue(s string) (value any, nonFinite bool) {
	switch s {
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return nil, true
	}
	digits := s
	if s[0] != '.' {
		// Base 0 takes 0x, 0b, 0o and the octals that begin with a bare 0.
		digits = strings.ReplaceAll(s, "_", "")
		if whole, err := strconv.ParseInt(digits, 0, 64); err == nil {
			return whole, false
		}
		if large, err := strconv.ParseUint(digits, 0, 64); err == nil {
			return float64(large), false
		}
	}
	if !decimalNumber.MatchString(digits) {
		return s, false
	}
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return s, false
	}
	if number == math.Trunc(number) && number >= -(1<<63) && number < 1<<63 {
		return int64(number), false
	}
	return number, false
}

func nodeMistake(n *yaml.Node, msg string) *mistake {
	return &mistake{msg: msg, line: n.Line, column: n.Column}
}
