package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// docsOf has the text in each place that a METADATA block can fill.
func docsOf(text string) *PolicyDocs {
	return &PolicyDocs{Title: "Policies of " + text, Intro: []string{"What " + text + " asks for."}, Rules: []policy.Rule{
		{
			ID: "acme/owner", Policy: "holdfast.acme.owner", Title: "Owners " + text, Description: "Who owns it.\n\nMore: " + text + "\n\nhttps://example.com/owners.",
			Category: "naming", Severity: policy.High, Decisions: []policy.Decision{policy.Deny, policy.Warn}, Scope: policy.ScopeResource,
			Kinds: []string{"apps/Deployment", "core/Service"}, Controls: []string{"acme/1", text}, Remediation: "Set it. " + text,
			Params:   map[string]any{"allowed": []any{"a", text}, "most": 5, text: nil},
			Location: resource.Location{File: "policies/owner.rego", Line: 9, Column: 1},
			Example: &policy.Example{
				Good: "kind: Service\n\towner: " + text + "\n", Bad: text + "\n" + `resource "aws_s3_bucket" "b" {` + "\n}\n",
				Params: map[string]any{"allowed": text},
			},
		},
		{ID: "naming/bucket", Title: "Buckets", Category: "naming", Severity: policy.Low, Kinds: []string{"terraform/aws_s3_bucket", "terraform/data.aws_s3_bucket"}},
		{ID: "naming/both", Title: "Names", Category: "naming", Severity: policy.Low, Kinds: []string{"terraform/google_storage_bucket", "core/Pod"}, Controls: []string{"acme/1"}},
		{ID: "dr/backup", Title: "Backups", Category: "dr", Severity: policy.Medium, Decisions: []policy.Decision{policy.Warn}, Scope: policy.ScopeTarget, Builtin: true, Profile: "starter"},
		{ID: "acme/" + text, Title: text, Category: text, Severity: policy.Severity(text)},
	}}
}

func TestPolicyDocs(t *testing.T) {
	docs := docsOf("plain")
	golden(t, "policydocs.md", func(w io.Writer) error { return PolicyDocsMarkdown(w, docs) })
	golden(t, "policydocs.html", func(w io.Writer) error { return PolicyDocsHTML(w, docs) })
}

// evaluationOf has the text in each place that rules and resources can fill.
func evaluationOf(text string) *Evaluation {
	trace := &policy.Trace{
		Input: json.RawMessage(`{"kind": "Pod"}`), Cut: true, Error: "it took longer than 5s " + text,
		Bodies: []policy.Body{{
			Name: "deny", Location: resource.Location{File: "a.rego", Line: 9, Column: 1}, Held: 3, Failed: 2,
			Ways: []policy.Way{{Holds: true, Msg: text, Lines: []policy.TraceLine{
				{Location: resource.Location{File: "a.rego", Line: 9, Column: 2}, Text: "x := input.a " + text, Holds: true, Values: []policy.TraceValue{{Name: "x", Value: `"` + text + `"`}}},
				{Location: resource.Location{File: "a.rego", Line: 10, Column: 2}, Text: "not fine(x)", Holds: true, More: 2, Bodies: []policy.Body{{
					Name: "fine", Location: resource.Location{File: "a.rego", Line: 20, Column: 1}, Failed: 1,
					Ways: []policy.Way{{Lines: []policy.TraceLine{{Location: resource.Location{Line: 20}, Text: `x == "y"`, Values: []policy.TraceValue{{Name: "x", Value: "undefined"}}}}}},
				}}},
			}}},
		}, {
			Name: "deny", Location: resource.Location{File: "a.rego", Line: 30, Column: 1}, Failed: 4,
			Ways: []policy.Way{{Lines: []policy.TraceLine{{Location: resource.Location{Line: 31}, Text: "false"}}}},
		}},
	}
	ref := &reconcile.ResourceRef{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web " + text}
	return &Evaluation{
		Rule: policy.Rule{ID: "acme/owner", Title: "Owners " + text, Scope: policy.ScopeResource, Kinds: []string{"core/Pod"}, Location: resource.Location{File: "a.rego", Line: 5, Column: 1}},
		Evaluated: []Evaluated{
			{
				Resource: ref, Asked: true, Location: resource.Location{File: "pod.yaml", Line: 1, Column: 1}, Input: trace.Input, Trace: trace,
				Findings: []reconcile.FindingRecord{{
					Rule: "acme/owner", Decision: policy.Deny, Severity: policy.High, Msg: "nobody owns it " + text, Resource: ref, Remediation: "Set it.",
					Location: resource.Location{File: "pod.yaml", Line: 4, Column: 3}, Path: resource.Path{"metadata", "labels", text},
				}},
			},
			{Resource: &reconcile.ResourceRef{Kind: "Service", Name: "web"}},
			{Asked: true, WaitsFor: []resource.Path{{"spec", "id"}}, Location: resource.Location{File: "loose.yaml", Line: 1}},
			{Asked: true},
		},
	}
}

func TestEvaluation(t *testing.T) {
	golden(t, "evaluation.txt", func(w io.Writer) error { return EvaluationText(w, evaluationOf("plain"), TextOptions{}) })
	golden(t, "evaluation-color.txt", func(w io.Writer) error { return EvaluationText(w, evaluationOf("plain"), TextOptions{Color: true}) })
	wide := evaluationOf("plain")
	wide.Rule.Scope, wide.Evaluated = policy.ScopeTarget, []Evaluated{{Target: "prod", Asked: true}}
	var b bytes.Buffer
	if err := EvaluationText(&b, wide, TextOptions{}); err != nil || !strings.Contains(b.String(), "\nprod\n  no finding\n\n1 evaluation: 0 findings\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestExplanation(t *testing.T) {
	of := evaluationOf("plain").Evaluated[0]
	options := TextOptions{Verbose: true, Excerpt: func(int) []sources.Line { return []sources.Line{{Number: 4, Text: "  labels: {}"}} }}
	golden(t, "explanation.txt", func(w io.Writer) error { return Explanation(w, &of.Findings[0], of.Trace, options) })
	var b bytes.Buffer
	if err := Explanation(&b, &of.Findings[0], &policy.Trace{Error: "it is in CEL"}, options); err != nil ||
		!strings.HasSuffix(b.String(), "\nWhy it fired\n  no more can be shown: it is in CEL\n") || strings.Contains(b.String(), "Set it.") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// Whatever rules and resources say, nothing steers a display, and the page stays well-formed.
func FuzzForAuthors(f *testing.F) {
	for _, seed := range []string{"", hostileText, "\x1b[2J\x9b\u202e", "a\nb\r\n\tc", "``` | `", "</style><script>", "\x00", "#- x", "]( x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		docs, evaluation := docsOf(text), evaluationOf(text)
		one := &evaluation.Evaluated[0]
		for name, render := range map[string]func(io.Writer) error{
			"markdown":    func(w io.Writer) error { return PolicyDocsMarkdown(w, docs) },
			"html":        func(w io.Writer) error { return PolicyDocsHTML(w, docs) },
			"evaluation":  func(w io.Writer) error { return EvaluationText(w, evaluation, TextOptions{Width: 60}) },
			"explanation": func(w io.Writer) error { return Explanation(w, &one.Findings[0], one.Trace, TextOptions{Width: 60}) },
		} {
			var b bytes.Buffer
			if err := render(&b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			assertInert(t, b.String())
			if name == "html" {
				elements(t, b.String())
			}
		}
	})
}
