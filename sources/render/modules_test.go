package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// kinds are the resources of a rendering, as kind namespace/name@file.
func kinds(rendering *sources.Rendering) []string {
	var all []string
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		name := fmt.Sprintf("%s %s/%s@%s", res.ID.Kind, res.ID.Namespace, res.ID.Name, res.Origin.File)
		if res.Document {
			name += " document"
		}
		all = append(all, name)
	}
	return all
}

// Which of Terraform's files are read as what.
func TestWhatIsAModule(t *testing.T) {
	snapshot := files(map[string]string{
		"a/main.tf":             `resource "t" "x" {}`,
		"a/more.tf.json":        `{"resource": {"t": {"y": {}}}}`,
		"a/terraform.tfvars":    "a = 1",
		"a/x.auto.tfvars.json":  `{"b": 1}`,
		"a/deploy.yaml":         "kind: A\napiVersion: v1\nmetadata: {name: a}\n",
		"a/.terraform/m/m.tf":   "broken {",
		"a/.hidden.tf":          "broken {",
		"a/notes.tf~":           "broken {",
		"b/main.tf":             `resource "t" "x" {}`,
		"excluded/broken.tf":    "broken {",
		"called/main.tf":        "resource \"t\" \"z\" {}",
		"b/call.tf":             `module "m" { source = "../called" }`,
		"only-vars/a.tfvars":    "a = 1",
		"only-vars/values.json": `{"apiVersion": "v1", "kind": "A", "metadata": {"name": "b"}}`,
	})
	exclude := func(file string) bool { return strings.HasPrefix(file, "excluded") }
	for _, test := range []struct {
		selection sources.Selection
		want      []string
	}{
		{sources.Selection{Path: "."}, []string{
			"A /a@a/deploy.yaml", " /@a/more.tf.json", " /@a/x.auto.tfvars.json", "A /b@only-vars/values.json",
		}},
		{sources.Selection{Path: ".", Terraform: true}, []string{
			"A /a@a/deploy.yaml", "A /b@only-vars/values.json", "t a/x@a/main.tf", "t a/y@a/more.tf.json",
			"module b/m@b/call.tf", "t b/x@b/main.tf", "t b/module.m/z@called/main.tf",
		}},
		{sources.Selection{Path: "a", Terraform: true}, []string{"A /a@a/deploy.yaml", "t /x@a/main.tf", "t /y@a/more.tf.json"}},
		{sources.Selection{Path: "a/main.tf", Terraform: true}, []string{"t /x@a/main.tf"}},
		{sources.Selection{Path: "a/main.tf"}, []string{" /@a/main.tf"}},
		{sources.Selection{Path: "a/main.tf", Terraform: true, Formats: true}, []string{" /@a/main.tf document", "t /x@a/main.tf"}},
		{sources.Selection{Path: "a/main.tf", Terraform: true, Parser: "hcl2"}, []string{" /@a/main.tf"}},
		{sources.Selection{Path: "only-vars/a.tfvars", Terraform: true}, []string{" /@only-vars/a.tfvars document"}},
		{sources.Selection{Path: "b", Terraform: true, Formats: true}, []string{
			" /@b/call.tf document", " /@b/main.tf document", "module /m@b/call.tf", "t /x@b/main.tf", "t module.m/z@called/main.tf",
		}},
	} {
		test.selection.Exclude = exclude
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, test.selection)
		if err != nil || len(rendering.Problems) > 0 {
			t.Errorf("%+v: %v %v", test.selection, err, rendering.Problems)
			continue
		}
		if diff := cmp.Diff(test.want, kinds(rendering)); diff != "" {
			t.Errorf("%s, terraform %t, formats %t (-want +got):\n%s", test.selection.Path, test.selection.Terraform, test.selection.Formats, diff)
		}
	}
}

const located = `terraform {
  backend "s3" {
    bucket = "b"
  }
}

variable "token" {
  default = "v-token"
}

resource "aws_thing" "x" {
  count    = 2
  name     = "x"
  password = "p-literal"
  tags = {
    Team = upper("a")
    secret = "s-literal"
  }
  list = [
    "a",
    var.b,
  ]
  rule {
    port = 1
  }
  dynamic "rule" {
    for_each = [1, 2]
    content {
      port = rule.value
    }
  }
  text = <<EOT
line
EOT
}

variable "b" {
  default = "b"
}
`

// A finding is where its value is written, or the nearest thing above it.
func TestLocateInModules(t *testing.T) {
	snapshot := files(map[string]string{"m/main.tf": located})
	renderer := render.New(render.Options{})
	rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: "m", Terraform: true})
	if err != nil || len(rendering.Problems) > 0 {
		t.Fatal(err, rendering)
	}
	origins := map[string]resource.Origin{}
	for _, res := range rendering.Resources {
		origins[res.ID.Kind+" "+res.ID.Name] = res.Origin
	}
	for _, test := range []struct {
		of   string
		path path
		want string
	}{
		{"aws_thing x[1]", nil, "11:1"},
		{"aws_thing x[1]", path{"kind"}, "11:10"},
		{"aws_thing x[1]", path{"metadata", "name"}, "11:22"},
		{"aws_thing x[1]", path{"metadata", "namespace"}, "11:1"},
		{"aws_thing x[1]", path{"spec"}, "11:1"},
		{"aws_thing x[1]", path{"spec", "gone"}, "11:1"},
		{"aws_thing x[0]", path{"spec", "name"}, "13:14"},
		{"aws_thing x[0]", path{"spec", "tags"}, "15:10"},
		{"aws_thing x[0]", path{"spec", "tags", "Team"}, "16:12"},
		{"aws_thing x[0]", path{"spec", "tags", "Gone"}, "15:10"},
		{"aws_thing x[0]", path{"spec", "list", 1}, "21:5"},
		{"aws_thing x[0]", path{"spec", "rule"}, "23:3"},
		{"aws_thing x[0]", path{"spec", "rule", 0, "port"}, "24:12"},
		{"aws_thing x[0]", path{"spec", "rule", 1, "port"}, "29:14"},
		{"aws_thing x[0]", path{"spec", "rule", 2, "port"}, "29:14"},
		{"aws_thing x[0]", path{"spec", "rule", 2, "gone"}, "26:3"},
		{"aws_thing x[0]", path{"spec", "text"}, "32:10"},
		{"variable b", path{"spec", "default"}, "38:13"},
		{"backend s3", path{"spec", "bucket"}, "3:14"},
		{"backend s3", path{"spec", "encrypt"}, "2:3"},
	} {
		origin, there := origins[test.of]
		if !there {
			t.Fatalf("no %s among %v", test.of, origins)
		}
		if got := renderer.Locate(snapshot, origin, test.path); got.String() != "m/main.tf:"+test.want {
			t.Errorf("%s %s is at %s, want %s", test.of, test.path, got, test.want)
		}
	}
	var shown []string
	for _, line := range renderer.Excerpt(snapshot, origins["aws_thing x[0]"], nil, resource.Location{File: "m/main.tf", Line: 13}, 100) {
		shown = append(shown, line.Text)
	}
	text := strings.Join(shown, "\n")
	for _, secret := range []string{"p-literal", "s-literal", "v-token"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is shown:\n%s", secret, text)
		}
	}
	for _, plain := range []string{`name     = "x"`, `Team = upper("a")`, "password = (sensitive)", `default = "b"`} {
		if !strings.Contains(text, plain) {
			t.Errorf("%s is not shown:\n%s", plain, text)
		}
	}
}
