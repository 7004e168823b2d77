package gatekeeper_test

import (
	"context"
	"testing"

	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

func BenchmarkLoad(b *testing.B) {
	for _, name := range []string{"requiredlabels", "cel"} {
		files := testFiles(b, name+"/template.yaml", name+"/constraint.yaml")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, problems := gatekeeper.Load(files, gatekeeper.Options{}); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
		})
	}
}

func BenchmarkAsk(b *testing.B) {
	for name, object := range map[string]map[string]any{
		"requiredlabels": namespace("shop", map[string]any{"owner": "ann@example.com", "tier": "gold"}),
		"repos":          pod("shop", "web", "registry.example.com/web:1"),
		"cel":            deployment("web", 3),
	} {
		b.Run(name, func(b *testing.B) {
			rule := load(b, testFiles(b, name+"/template.yaml", name+"/constraint.yaml")...)[0]
			review := newReview(b, gatekeeper.ReviewRequest{Object: object})
			b.ReportAllocs()
			for b.Loop() {
				if violations, err := rule.Ask(context.Background(), gatekeeper.Query{Review: review}); err != nil || len(violations) > 0 {
					b.Fatal(violations, err)
				}
			}
		})
	}
}

func BenchmarkApplies(b *testing.B) {
	rule := load(b, testFiles(b, "limits/template.yaml", "limits/constraint.yaml")...)[0]
	review := newReview(b, gatekeeper.ReviewRequest{Object: pod("shop", "web", "x")})
	b.ReportAllocs()
	for b.Loop() {
		if applies, err := rule.Applies(review); err != nil || !applies {
			b.Fatal(applies, err)
		}
	}
}

func BenchmarkNewReview(b *testing.B) {
	object := deployment("web", 3)
	b.ReportAllocs()
	for b.Loop() {
		newReview(b, gatekeeper.ReviewRequest{Object: object})
	}
}
