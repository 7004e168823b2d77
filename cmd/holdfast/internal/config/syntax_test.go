package config_test

import (
	"errors"
	"testing"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// The line of a syntax error is the one to look at: where the parser gave up,
// or where what it could not finish begins.
func TestSyntaxErrorLines(t *testing.T) {
	for text, want := range map[string]int{
		"a: 1\nb:\n  - x\n  y: 1\n":     3,
		"a: 1\nb: [1,\nc: 2\n":          2,
		"a: 1\nb: *x\n":                 2,
		"a: 1\n  b: 2\n":                2,
		"a:\n- 1\n-2\nb: 3\n":           3,
		"a: 1\n}\n":                     2,
		"a: {\nb: 1\n":                  2,
		"a: 1\nb:\n\t- x\n":             3,
		"a: 1\n---\nb: [\n":             3,
		"a: 1\nb: \"unfinished\nc: 2\n": 2,
		"a: 1\nb: @x\n":                 2,
	} {
		_, err := config.Parse("c.yaml", []byte(text), config.ParseOptions{Role: config.Both})
		var problems resource.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%q: got %v, want problems", text, err)
			continue
		}
		if got := problems[0].Location.Line; got != want {
			t.Errorf("%q: line %d, want %d: %s", text, got, want, problems[0].Msg)
		}
	}
}
