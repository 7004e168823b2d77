package terraform_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/sources/render/terraform"
)

// Whatever is written, an evaluation ends without a panic, gives the same again,
// and nothing but JSON without the marks of placeholders.
func FuzzEvaluate(f *testing.F) {
	archives, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if terraform.IsSource(file.Name) {
				f.Add(file.Data, strings.HasSuffix(file.Name, ".json"))
			}
		}
	}
	f.Add([]byte("resource \"t\" \"x\" {\n  a = t.x[*].b[each.key]...\n}\n"), false)
	f.Add([]byte("resource \"t\" \"\uFDD0\" {\n  \"\uFDD2\" = \"\\ufdd0x\\ufdd1\"\n}\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, isJSON bool) {
		name := "main.tf"
		if isJSON {
			name += ".json"
		}
		files := fstest.MapFS{name: {Data: data}, "child/m.tf": {Data: []byte("variable \"name\" {}\noutput \"greeting\" { value = var.name }")}}
		options := terraform.Options{Timeout: 5 * time.Second, Steps: 50_000, Instances: 10, Resources: 100, Admit: func(data []byte) error { return nested(data) }}
		root := terraform.Root{Folder: "."}
		first := tree(files, options).Evaluate(root)
		for _, problem := range first.Problems {
			if strings.Contains(problem.Msg, "cannot be evaluated") || strings.Contains(problem.Msg, "cannot be read") {
				t.Fatal(problem)
			}
		}
		for _, res := range first.Resources {
			text, err := json.Marshal(res.Content)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(string(text), "\uFDD0\uFDD1\uFDD2") {
				t.Errorf("a mark is left: %s", text)
			}
		}
		if second := tree(files, options).Evaluate(root); !reflect.DeepEqual(first, second) {
			t.Errorf("it differs the second time:\n%v\n%v", first, second)
		}
		if places, err := terraform.Places(name, data, options.Admit); err == nil {
			for _, place := range places {
				place.SecretPaths()
			}
		}
	})
}

// nested is a bound as the renderer has it.
func nested(data []byte) error {
	if n := strings.Count(string(data), "(") + strings.Count(string(data), "[") + strings.Count(string(data), "{") + strings.Count(string(data), "?"); n > 300 {
		return os.ErrInvalid
	}
	return nil
}
