package gatekeeper_test

import (
	"context"
	"os"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

func TestSmoke(t *testing.T) {
	var files []policy.File
	for _, n := range []string{"testdata/requiredlabels/template.yaml", "testdata/requiredlabels/constraint.yaml"} {
		b, _ := os.ReadFile(n)
		files = append(files, policy.File{Name: n, Content: b})
	}
	lib, problems := gatekeeper.Load(files, gatekeeper.Options{})
	t.Log(problems)
	r, err := gatekeeper.NewReview(gatekeeper.ReviewRequest{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "x", "labels": map[string]any{"owner": "foo"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range lib.Rules() {
		t.Logf("%+v", rule.Rule)
		t.Log(rule.Applies(r))
		t.Log(rule.Ask(context.Background(), gatekeeper.Query{Review: r}))
	}
}

func BenchmarkAsk(b *testing.B) {
	var files []policy.File
	for _, n := range []string{"testdata/requiredlabels/template.yaml", "testdata/requiredlabels/constraint.yaml"} {
		c, _ := os.ReadFile(n)
		files = append(files, policy.File{Name: n, Content: c})
	}
	lib, _ := gatekeeper.Load(files, gatekeeper.Options{})
	r, _ := gatekeeper.NewReview(gatekeeper.ReviewRequest{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "x", "labels": map[string]any{"owner": "a@example.com", "tier": "x"}}}})
	rule := lib.Rules()[0]
	b.ReportAllocs()
	for b.Loop() {
		if v, err := rule.Ask(context.Background(), gatekeeper.Query{Review: r}); err != nil || len(v) > 0 {
			b.Fatal(v, err)
		}
	}
}
