package resource_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// redactor is of resources that each have one of the values as their secret.
func redactor(values ...any) *resource.Redactor {
	var r resource.Redactor
	for _, value := range values {
		r.Add(&resource.Resource{Content: map[string]any{"x": value}, Sensitive: []resource.Path{{"x"}}})
	}
	return &r
}

func TestRedact(t *testing.T) {
	config := `{"auths": {"a.example.com": {"password": "hunter2<&>"}}}`
	marshalled, err := json.Marshal(map[string]any{"x": config})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		value      any
		text, want string
	}{
		"as it is":          {"hunter2", "it is hunter2", "it is (sensitive)"},
		"within a word":     {"hunter2", "xhunter2x", "x(sensitive)x"},
		"short":             {"on", "on content", "(sensitive) content"},
		"a line":            {"first\nsecond", "the second", "the (sensitive)"},
		"decoded":           {"aHVudGVyMg==", "hunter2", "(sensitive)"},
		"encoded":           {"hunter2", "aHVudGVyMg==", "(sensitive)"},
		"with quotes":       {config, "x is " + config, "x is (sensitive)"},
		"as Rego writes it": {config, `{"x": ` + strconv.Quote(config) + `}`, `{"x": "(sensitive)"}`},
		"as JSON":           {config, string(marshalled), `{"x":"(sensitive)"}`},
		"a line, escaped":   {"a\n" + `say "hi there"` + "\nb", `a line of say \"hi there\" and b`, "a line of (sensitive) and b"},
		"a tab":             {"key\tvalue", `"key\tvalue"`, `"(sensitive)"`},
		"not ASCII":         {"schlüssel\x7f", `"schlüssel\x7f"`, `"(sensitive)"`},
		"a long number":     {int64(12345678), "it is 12345678", "it is (sensitive)"},
		"a port":            {int64(8080), "port 8080", "port 8080"},
		"nothing":           {"hunter2", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := redactor(test.value).Redact(test.text); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			// The same among many others.
			all := []any{test.value}
			for i := range 100 {
				all = append(all, fmt.Sprintf("something else entirely %d", i), fmt.Sprintf("els%d", i))
			}
			if got := redactor(all...).Redact(test.text); got != test.want {
				t.Errorf("among others: %q, want %q", got, test.want)
			}
		})
	}
	if got := redactor("hunter2", "hunter2-and-more").Redact("hunter2-and-more"); got != resource.Mask {
		t.Errorf("cut up by a part of it: %q", got)
	}
}

// Each secret costs the same, however many there are.
func TestRedactMany(t *testing.T) {
	cost := func(n int) time.Duration {
		best := time.Hour
		for range 3 {
			began := time.Now()
			var r resource.Redactor
			for i := range n {
				r.Add(&resource.Resource{Content: map[string]any{"x": fmt.Sprintf("%d secret", i)}, Sensitive: []resource.Path{{"x"}}})
			}
			for i := range n {
				if got := r.Redact(fmt.Sprintf("it is %d secret", i)); !strings.HasSuffix(got, resource.Mask) {
					t.Fatalf("secret %d shows: %q", i, got)
				}
			}
			best = min(best, time.Since(began))
		}
		return best
	}
	if few, many := cost(500), cost(8000); many > 64*few {
		t.Errorf("500 secrets take %s, and 8000 of them %s", few, many)
	}
}
