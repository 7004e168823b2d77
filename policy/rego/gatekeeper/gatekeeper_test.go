package gatekeeper_test

import (
	"os"
	"path"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/policy/rego/gatekeeper"
)

// testFiles are files of testdata.
func testFiles(t testing.TB, names ...string) []policy.File {
	t.Helper()
	var files []policy.File
	for _, name := range names {
		content, err := os.ReadFile(path.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, policy.File{Name: name, Content: content})
	}
	return files
}

// load is the rules of files without a mistake.
func load(t testing.TB, files ...policy.File) []*gatekeeper.Rule {
	t.Helper()
	library, problems := gatekeeper.Load(files, gatekeeper.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return library.Rules()
}

func newReview(t testing.TB, request gatekeeper.ReviewRequest) *gatekeeper.Review {
	t.Helper()
	review, err := gatekeeper.NewReview(request)
	if err != nil {
		t.Fatal(err)
	}
	return review
}

func namespace(name string, labels map[string]any) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels}}
}

func pod(namespace, name, image string) map[string]any {
	return map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{"name": name, "namespace": namespace},
		"spec":     map[string]any{"containers": []any{map[string]any{"name": name, "image": image}}},
	}
}

func deployment(name string, replicas int64) map[string]any {
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": name, "namespace": "shop"},
		"spec": map[string]any{"replicas": replicas, "template": map[string]any{
			"spec": map[string]any{"containers": []any{map[string]any{"name": name, "image": "registry.example.com/" + name}}},
		}},
	}
}
