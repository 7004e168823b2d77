package gatekeeper_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/topdown"
	"sigs.k8s.io/yaml"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// Whatever stands in a file, it is rules or problems with a place, and never a panic.
func FuzzLoad(f *testing.F) {
	for _, file := range testFiles(f, "requiredlabels/template.yaml", "requiredlabels/constraint.yaml", "repos/template.yaml", "privileged/template.yaml", "cel/template.yaml", "requiredlabels/suite.yaml") {
		f.Add(file.Content)
	}
	f.Add([]byte(template("{type: object, properties: {a: {type: array, items: {type: string}}}}", rego(always)) + "---\n" + constraint("parameters: {a: [b]}\nmatch: {namespaces: [a*]}")))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems: [&a {apiVersion: v1, kind: List, items: [1, *a]}]\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, name := range []string{"f.yaml", "f.json"} {
			library, problems := gatekeeper.Load([]policy.File{{Name: name, Content: content}}, gatekeeper.Options{})
			for _, problem := range problems {
				if problem.Location.File != name || problem.Location.Line < 1 || problem.Msg == "" {
					t.Errorf("a problem without a place: %+v", problem)
				}
			}
			review := newReview(t, gatekeeper.ReviewRequest{Object: pod("shop", "web", "x")})
			for _, rule := range library.Rules() {
				_, _ = rule.Applies(review)
				cancel := topdown.NewCancel()
				cancel.Cancel() // what strangers wrote may go on for ever
				_, _ = rule.Ask(context.Background(), gatekeeper.Query{Review: review, Cancel: cancel})
			}
		}
	})
}

// Whatever is under review, rules can be asked about it or it is refused.
func FuzzNewReview(f *testing.F) {
	rules := []*gatekeeper.Rule{
		ruleOf(f, "", says("msg := json.marshal(input.review)"), "match: {labelSelector: {matchLabels: {a: b}}, namespaceSelector: {}, name: a*, scope: Cluster}"),
		ruleOf(f, "", cel("validations: [{expression: 'object.metadata.name == \"a\" && request.name != \"b\"'}]"), "match: {}"),
	}
	for _, file := range testFiles(f, "requiredlabels/samples/update.yaml", "requiredlabels/samples/delete.yaml", "cel/samples/three.yaml") {
		raw, err := yaml.YAMLToJSON(file.Content)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, raw, "UPDATE")
	}
	f.Fuzz(func(t *testing.T, object, old []byte, operation string) {
		var request gatekeeper.ReviewRequest
		_ = json.Unmarshal(object, &request.Object)
		_ = json.Unmarshal(old, &request.Old)
		request.Operation, request.Namespace = operation, request.Old
		review, err := gatekeeper.NewReview(request)
		if err != nil {
			return
		}
		for _, rule := range rules {
			_, _ = rule.Applies(review)
			_, _ = rule.Ask(context.Background(), gatekeeper.Query{Review: review})
		}
	})
}

// Whatever a suite says, it is a report or a mistake.
func FuzzRunSuite(f *testing.F) {
	tree := fstest.MapFS{}
	for _, file := range testFiles(f, "both/suite.yaml", "both/template.yaml", "both/constraint.yaml", "both/object.yaml", "requiredlabels/suite.yaml") {
		tree[file.Name] = &fstest.MapFile{Data: file.Content}
	}
	f.Add(tree["both/suite.yaml"].Data)
	f.Add(tree["requiredlabels/suite.yaml"].Data)
	f.Fuzz(func(t *testing.T, content []byte) {
		files := fstest.MapFS{"both/fuzzed.yaml": &fstest.MapFile{Data: content}}
		for name, file := range tree {
			files[name] = file
		}
		_ = gatekeeper.IsSuite(content)
		report, err := gatekeeper.RunSuite(context.Background(), files, "both/fuzzed.yaml", gatekeeper.SuiteOptions{})
		if (report == nil) == (err == nil) {
			t.Errorf("the report is %v, the error %v", report, err)
		}
	})
}
