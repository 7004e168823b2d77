package rego_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// file is a policy or data file.
func file(name, content string) policy.File {
	return policy.File{Name: name, Content: []byte(content)}
}

// library is a tree of built-in rules.
func library(files map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for name, content := range files {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return tree
}

func compile(t testing.TB, opts rego.Options, input policy.Input) policy.Judge {
	t.Helper()
	judge, err := rego.New(opts).Compile(context.Background(), input)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return judge
}

// own compiles the modules as the team's own, named a.rego, b.rego …
func own(t testing.TB, modules ...string) policy.Judge {
	t.Helper()
	return compile(t, rego.Options{}, policy.Input{Policies: files(modules...)})
}

func files(modules ...string) []policy.File {
	var list []policy.File
	for i, m := range modules {
		list = append(list, file(string(rune('a'+i))+".rego", m))
	}
	return list
}

func judge(t testing.TB, j policy.Judge, c policy.Case) *policy.Report {
	t.Helper()
	if c.Now.IsZero() {
		c.Now = now
	}
	if c.Phase == "" {
		c.Phase = policy.PhaseCheck
	}
	report, err := j.Judge(context.Background(), c)
	if err != nil {
		t.Fatalf("judge: %v", err)
	}
	return report
}

// deployment is a resource of target prod.
func deployment(name string, replicas int64) resource.Resource {
	return object(resource.ID{Target: "prod", APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: name},
		map[string]any{"spec": map[string]any{"replicas": replicas}})
}

func object(id resource.ID, rest map[string]any) resource.Resource {
	content := map[string]any{
		"apiVersion": id.APIVersion, "kind": id.Kind,
		"metadata": map[string]any{"name": id.Name, "namespace": id.Namespace},
	}
	for k, v := range rest {
		content[k] = v
	}
	return resource.Resource{ID: id, Content: content}
}

func subjects(resources ...resource.Resource) []policy.Subject {
	var list []policy.Subject
	for i := range resources {
		list = append(list, policy.Subject{ID: resources[i].ID, Resource: &resources[i]})
	}
	return list
}

// lines are the findings as "rule decision resource path: msg".
func lines(r *policy.Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		about := "-"
		if f.Resource != nil {
			about = f.Resource.String()
		}
		list = append(list, fmt.Sprintf("%s %s %s %s: %s", f.Rule, f.Decision, about, f.Path, f.Msg))
	}
	return list
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var problems resource.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %v, want problems", err)
	}
	var list []string
	for _, p := range problems {
		list = append(list, p.Error())
	}
	return list
}
