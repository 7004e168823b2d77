package terraform_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render/terraform"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func tree(files fs.FS, options terraform.Options) *terraform.Tree {
	options.Read = func(name string) ([]byte, error) { return fs.ReadFile(files, name) }
	return terraform.New(files, options)
}

func evaluate(t *testing.T, files fs.FS) sources.FileRendering {
	t.Helper()
	return tree(files, terraform.Options{}).Evaluate(terraform.Root{Folder: ".", Target: "t"})
}

// evaluated is a module of one file; others are given as name and text.
func evaluated(t *testing.T, text string, others ...string) sources.FileRendering {
	t.Helper()
	files := fstest.MapFS{"main.tf": {Data: []byte(text)}}
	for i := 0; i+1 < len(others); i += 2 {
		files[others[i]] = &fstest.MapFile{Data: []byte(others[i+1])}
	}
	return evaluate(t, files)
}

// only is the resource of the address.
func only(t *testing.T, rendering sources.FileRendering, address string) *resource.Resource {
	t.Helper()
	for i := range rendering.Resources {
		res := &rendering.Resources[i]
		if found, _ := resource.Lookup(res.Content, resource.Path{"metadata", "address"}); found == address {
			return res
		}
	}
	t.Fatalf("there is no %s among %v; skipped %v, problems %v", address, rendering.Resources, rendering.Skipped, rendering.Problems)
	return nil
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func paths(all []resource.Path) string {
	texts := make([]string, len(all))
	for i, path := range all {
		texts[i] = path.String()
	}
	return strings.Join(texts, " ")
}

// What each expression comes to as an attribute a of the resource t.x, beside
// this module's other things.
func TestExpressions(t *testing.T) {
	const beside = `
variable "unset" {}
variable "hidden" {
  sensitive = true
  default   = "s3cret"
}
variable "nothing" { default = null }
resource "k" "one" {
  name = "n"
  rule {
    port = 80
  }
  gone = null
}
resource "k" "many" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "k" "some" {
  count = var.unset
  name  = "s"
}
resource "k" "none" {
  count = 0
}
data "d" "one" { name = "dn" }
module "far" { source = "acme/far/aws" }
module "near" {
  source = "./near"
  from   = k.one.id
}
locals {
  known = { a = "x" }
  arn   = k.one.arn
  loop  = local.pool
  pool  = local.loop
}
`
	for _, test := range []struct{ expression, want, references, unknown string }{
		{`k.one.arn`, `"${k.one.arn}"`, "k.one", ""},
		{`k.one.name`, `"n"`, "k.one", ""},
		{`k.one.gone`, `"${k.one.gone}"`, "k.one", ""},
		{`k.one.rule[0].port`, `80`, "k.one", ""},
		{`k.one.rule[0].id`, `"${k.one.rule[0].id}"`, "k.one", ""},
		{`k.one.list[0].id`, `"${k.one.list[0].id}"`, "k.one", ""},
		{`k.one`, `"${k.one}"`, "k.one", ""},
		{`data.d.one.id`, `"${data.d.one.id}"`, "data.d.one", ""},
		{`k.many["a"].name`, `"a"`, `k.many["a"]`, ""},
		{`k.many["a"].id`, `"${k.many['a'].id}"`, `k.many["a"]`, ""},
		{`[for k, v in k.many : v.id]`, `["${k.many['a'].id}","${k.many['b'].id}"]`, `k.many["a"] k.many["b"]`, ""},
		{`{ for k, v in k.many : k => v.id if k != "a" }`, `{"b":"${k.many['b'].id}"}`, `k.many["b"]`, ""},
		{`values(k.many)[*].name`, `["a","b"]`, `k.many["a"] k.many["b"]`, ""},
		{`k.some[0].name`, `"s"`, "k.some", ""},
		{`k.some[0].id`, `"${k.some.id}"`, "k.some", ""},
		{`k.some[*].id`, `["${k.some.id}"]`, "k.some", ""},
		{`length(k.some)`, ``, "k.some", "spec.a"},
		{`k.none[*].id`, `[]`, "", ""},
		{`one(k.none[*].id)`, ``, "", ""},
		{`length(k.none)`, `0`, "", ""},
		{`length(k.many)`, `2`, `k.many["a"] k.many["b"]`, ""},
		{`module.far.vpc_id`, `"${module.far.vpc_id}"`, "", ""},
		{`module.far.subnets[0]`, `"${module.far.subnets[0]}"`, "", ""},
		{`module.near.back`, `"${k.one.id}"`, "k.one", ""},
		{`module.near.own`, `"${module.near.k.inner.id}"`, "module.near.k.inner", ""},
		{`"a-${k.one.arn}-b"`, `"a-${k.one.arn}-b"`, "k.one", ""},
		{`"${local.arn}/*"`, `"${k.one.arn}/*"`, "k.one", ""},
		{`"${k.one}"`, `"${k.one}"`, "k.one", ""},
		{`lower(k.one.arn)`, `"${lower(k.one.arn)}"`, "k.one", ""},
		{`split(":", k.one.arn)`, ``, "k.one", "spec.a"},
		{`format("%s/%s", k.one.arn, "x")`, `"${k.one.arn}/x"`, "k.one", ""},
		{`join(",", [k.one.arn, "x"])`, `"${k.one.arn},x"`, "k.one", ""},
		{`concat([k.one.arn], ["x"])`, `["${k.one.arn}","x"]`, "k.one", ""},
		{`merge({ a = k.one.arn }, { b = 1 })`, `{"a":"${k.one.arn}","b":1}`, "k.one", ""},
		{`merge(k.one.tags, { b = 1 })`, ``, "k.one", "spec.a"},
		{`toset([k.one.arn])`, `["${k.one.arn}"]`, "k.one", ""},
		{`k.one.size + 1`, ``, "k.one", "spec.a"},
		{`-k.one.size`, ``, "k.one", "spec.a"},
		{`k.one.arn == "x"`, ``, "k.one", "spec.a"},
		{`k.one.arn == "x" ? 1 : 2`, ``, "k.one", "spec.a"},
		{`k.one.arn == "x" ? 1 : 1`, `1`, "", ""},
		{`k.one.on ? 1 : 2`, ``, "k.one", "spec.a"},
		{`k.one.on ? "a" : "a"`, `"a"`, "", ""},
		{`k.one.on && false`, `false`, "k.one", ""},
		{`k.one.on && true`, ``, "k.one", "spec.a"},
		{`false && k.one.on`, `false`, "", ""},
		{`true || k.one.on`, `true`, "", ""},
		{`contains([k.one.arn], "x")`, ``, "k.one", "spec.a"},
		{`local.known[k.one.name]`, ``, "k.one", "spec.a"},
		{`local.known[k.one.id]`, ``, "k.one", "spec.a"},
		{`[for x in k.one.list : x.id]`, ``, "k.one", "spec.a"},
		{`[for x in ["a"] : x if x == k.one.id]`, ``, "k.one", "spec.a"},
		{`try(k.one.arn, "x")`, `"${k.one.arn}"`, "k.one", ""},
		{`try(local.known.b, "x")`, `"x"`, "", ""},
		{`can(local.known.b)`, `false`, "", ""},
		{`coalesce(null, k.one.arn)`, `"${k.one.arn}"`, "k.one", ""},
		{`var.unset`, ``, "", "spec.a"},
		{`"a-${var.unset}"`, ``, "", "spec.a"},
		{`[var.unset, "b"]`, `[null,"b"]`, "", "spec.a[0]"},
		{`{ a = var.unset, b = 1 }`, `{"b":1}`, "", "spec.a.a"},
		{`var.unset ? "a" : "b"`, ``, "", "spec.a"},
		{`var.unset ? "a" : "a"`, `"a"`, "", ""},
		{`var.unset == null ? 1 : 2`, ``, "", "spec.a"},
		{`[var.unset, k.one.arn]`, `[null,"${k.one.arn}"]`, "k.one", "spec.a[0]"},
		{`var.nothing`, ``, "", ""},
		{`{ a = null }`, `{"a":null}`, "", ""},
		{`timestamp()`, ``, "", "spec.a"},
		{`uuid()`, ``, "", "spec.a"},
		{`path.module`, `"."`, "", ""},
		{`terraform.workspace`, `"default"`, "", ""},
		{`1.5`, `1.5`, "", ""},
		{`12345678901234567890`, `12345678901234567000`, "", ""},
		{`nonsensitive(var.hidden)`, `"s3cret"`, "", ""},
		{`true ? { a = 1 } : { b = 2, c = 3 }`, `{"a":1}`, "", ""},
		{`true ? [1] : null`, `[1]`, "", ""},
		{`jsonencode({ r = k.many["a"].id })`, `"{\"r\":\"${k.many['a'].id}\"}"`, `k.many["a"]`, ""},
		{"<<EOT\n{\"a\": ${k.one.size}, \"b\": \"${k.one.arn} \\\" ${k.one.size}\"}\nEOT\n", `"{\"a\": \"${k.one.size}\", \"b\": \"${k.one.arn} \\\" ${k.one.size}\"}\n"`, "k.one", ""},
		{`"${k.one.size}: not JSON"`, `"${k.one.size}: not JSON"`, "k.one", ""},
		{`local.loop`, ``, "", "spec.a"},
		{`jsonencode(k.one)`, `"\"${k.one}\""`, "k.one", ""},
	} {
		rendering := evaluated(t, beside+"resource \"t\" \"x\" {\n  a = "+test.expression+"\n}\n",
			"near/m.tf", "variable \"from\" {}\nresource \"k\" \"inner\" {}\noutput \"back\" { value = var.from }\noutput \"own\" { value = k.inner.id }\n")
		res := only(t, rendering, "t.x")
		got := ""
		if a, there := resource.Lookup(res.Content, resource.Path{"spec", "a"}); there {
			got = asJSON(t, a)
		}
		refs, _ := resource.Lookup(res.Content, resource.Path{"references", "a"})
		var references []string
		if list, isList := refs.([]any); isList {
			for _, each := range list {
				references = append(references, each.(string))
			}
		}
		if got != test.want || strings.Join(references, " ") != test.references || paths(res.Unknown) != test.unknown {
			t.Errorf("%s\n got %s references %v unknown %s\nwant %s references [%s] unknown %s",
				test.expression, got, references, paths(res.Unknown), test.want, test.references, test.unknown)
		}
		for _, problem := range rendering.Problems {
			t.Errorf("%s: problem %v", test.expression, problem)
		}
	}
}

func TestModulesThatCallThemselves(t *testing.T) {
	rendering := evaluated(t, `module "a" { source = "./a" }`, "a/m.tf", "\nmodule \"b\" {\n  source = \"../b\"\n}\n", "b/m.tf", `module "c" { source = "../a" }`)
	want := resource.Problem{Msg: `module c calls itself, by way of "../a"`, Location: resource.Location{File: "b/m.tf", Line: 1, Column: 1}}
	if diff := cmp.Diff([]resource.Problem{want}, rendering.Problems); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRoots(t *testing.T) {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"main.tf":             `module "x" { source = "./modules/x" }`,
		"modules/x/m.tf":      `module "y" { source = "../y" }`,
		"modules/y/m.tf.json": `{"variable": {"a": {}}}`,
		"envs/dev/m.tf":       `module "x" { source = "../../modules/x" }`,
		"envs/prod/m.tf":      `module "far" { source = "acme/x/y" }`,
		"tests/setup/m.tf":    "",
		"main.tftest.hcl":     "run \"setup\" {\n  module {\n    source = \"./tests/setup\"\n  }\n}\n",
		"loop/a/m.tf":         `module "b" { source = "../b" }`,
		"loop/b/m.tf":         `module "a" { source = "../a" }`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	roots, tested := tree(files, terraform.Options{}).Roots([]string{
		".", "envs/dev", "envs/prod", "loop/a", "loop/b", "modules/x", "modules/y", "tests/setup",
	})
	if diff := cmp.Diff([]string{".", "envs/dev", "envs/prod", "loop/a"}, roots); diff != "" {
		t.Errorf("roots, -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"tests/setup"}, tested); diff != "" {
		t.Errorf("tested, -want +got:\n%s", diff)
	}
}

// A root below what is checked has its folder in front of its namespaces.
func TestRootBelow(t *testing.T) {
	files := fstest.MapFS{
		"envs/prod/m.tf":     {Data: []byte("resource \"t\" \"x\" { a = path.module }\nmodule \"c\" { source = \"../../c\" }\n")},
		"envs/prod/other.tf": {Data: []byte(`resource "t" "other" {}`)},
		"c/m.tf":             {Data: []byte("resource \"t\" \"y\" { a = [path.module, t.z.id] }\nresource \"t\" \"z\" {}")},
	}
	of := tree(files, terraform.Options{})
	rendering := of.Evaluate(terraform.Root{Folder: "envs/prod", Prefix: "prod"})
	x, y := only(t, rendering, "t.x"), only(t, rendering, "module.c.t.y")
	if x.ID.Namespace != "prod" || y.ID.Namespace != "prod/module.c" {
		t.Errorf("namespaces %q, %q", x.ID.Namespace, y.ID.Namespace)
	}
	if got := asJSON(t, y.Content); got != `{"apiVersion":"terraform/v1","kind":"t","metadata":{"address":"module.c.t.y","name":"y","namespace":"prod/module.c","root":"prod"},"references":{"a":["module.c.t.z"]},"spec":{"a":["../../c","${module.c.t.z.id}"]}}` {
		t.Error(got)
	}
	rendering = of.Evaluate(terraform.Root{Folder: "envs/prod", File: "envs/prod/other.tf"})
	if len(rendering.Resources) != 1 || only(t, rendering, "t.other").ID.Namespace != "" {
		t.Errorf("of one file: %v", rendering.Resources)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"resource \"t\" \"x\" {\n  a = \n}\n":           "main.tf:2:7: not HCL: Invalid expression: Expected the start of an expression, but found an invalid expression token.",
		"resource \"t\" {}\n":                           "main.tf:1:1: not Terraform: a resource block has 2 labels, and this one 1",
		"locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n":  "main.tf:5:3: local.a is already defined in this module; remove or rename one of the two",
		"variable \"a\" {}\nvariable \"a\" {}\n":        "main.tf:2:1: variable a is already defined in this module; remove or rename one of the two",
		"resource \"t\" \"x\" {\n  a = 1\n  a = 2\n}\n": "main.tf:3:3: not HCL: Attribute redefined: The argument \"a\" was already set at main.tf:2,3-4. Each argument may be set only once.",
	} {
		rendering := evaluated(t, text)
		if len(rendering.Problems) != 1 || rendering.Problems[0].Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, rendering.Problems, want)
		}
	}
}

// A variable's type fills in and converts what is known beside what is not yet.
func TestTypesOfWhatIsNotKnownYet(t *testing.T) {
	rendering := evaluated(t, `
module "m" {
  source = "./m"
  items  = { a = { arn = k.x.arn, size = "3", list = [k.x.a, 1] } }
  map    = { a = k.x.arn, b = 1 }
  on     = k.x.on
}
resource "k" "x" {}
`, "m/m.tf", `
variable "items" {
  type = map(object({
    arn  = string
    size = number
    kind = optional(string, "small")
    more = optional(object({ deep = optional(number, 7) }), {})
    none = optional(string)
    list = optional(set(string))
  }))
}
variable "map" { type = map(string) }
variable "on" { type = bool }
resource "t" "x" {
  a = var.items
  b = var.map
  c = var.on
  d = var.items["a"].none == null
}
`)
	want := `{"a":{"a":{"arn":"${k.x.arn}","kind":"small","list":["${k.x.a}","1"],"more":{"deep":7},"none":null,"size":3}},"b":{"a":"${k.x.arn}","b":"1"},"c":"${k.x.on}","d":true}`
	if got := asJSON(t, only(t, rendering, "module.m.t.x").Content.(map[string]any)["spec"]); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if len(rendering.Skipped)+len(rendering.Problems) > 0 {
		t.Error(rendering.Skipped, rendering.Problems)
	}
}

// What is large, deep or endless ends, soon, with a word about it.
func TestHostile(t *testing.T) {
	doubled := "locals {\n  l0 = [\"x\"]\n"
	joined := "locals {\n  s0 = \"" + strings.Repeat("x", 100) + "\"\n"
	paired := "locals {\n  p0 = \"x\"\n"
	chained := "locals {\n  c0 = 1\n"
	numbers := "locals {\n  n0 = 1e300\n"
	for i := range 60 {
		doubled += fmt.Sprintf("  l%d = concat(local.l%d, local.l%d)\n", i+1, i, i)
		joined += fmt.Sprintf("  s%d = \"${local.s%d}${local.s%d}\"\n", i+1, i, i)
		paired += fmt.Sprintf("  p%d = [local.p%d, local.p%d]\n", i+1, i, i)
		numbers += fmt.Sprintf("  n%d = local.n%d * local.n%d\n", i+1, i, i)
	}
	for i := range 5000 {
		chained += fmt.Sprintf("  c%d = local.c%d\n", i+1, i)
	}
	attribute := func(text string) string { return "resource \"t\" \"x\" {\n  a = " + text + "\n}\n" }
	for name, text := range map[string]string{
		"lists that double":    doubled + "}\n" + attribute("local.l60"),
		"texts that double":    joined + "}\n" + attribute("local.s60"),
		"pairs of pairs":       paired + "}\n" + attribute("local.p60"),
		"numbers that square":  numbers + "}\n" + attribute(`"${local.n60}"`),
		"a long chain":         chained + "}\n" + attribute("local.c5000"),
		"a large number":       attribute(`"${1e999999999}"`),
		"a decoded number":     attribute(`"${jsondecode("1e999999999")}"`),
		"a number for a key":   attribute(`{ (1e999999999) = 1 }`),
		"loops in loops":       attribute(`[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : 0]]]]`),
		"products":             attribute(`setproduct(range(1000), range(1000), range(1000))`),
		"a wide format":        attribute(`format("%999999999s", "x")`),
		"a deep indent":        attribute(`indent(999999999, "a\nb")`),
		"a long join":          attribute(`join(file("long.txt"), range(1000))`),
		"a replacement":        attribute(`replace(file("long.txt"), "", file("long.txt"))`),
		"brackets":             attribute(strings.Repeat("[", 5000)),
		"parentheses":          attribute(strings.Repeat("(", 900) + "1" + strings.Repeat(")", 900)),
		"conditions":           attribute(strings.Repeat("true ? 1 : ", 900) + "1"),
		"aliases in YAML":      attribute(`yamldecode("a: &a [x]\nb: *a")`),
		"a recursive template": attribute(`templatefile("loop.tftpl", {})`),
		"many resources":       "locals {\n many = range(1000)\n}\n" + strings.Repeat("", 1) + manyResources(30),
		"nested dynamics":      "resource \"t\" \"x\" {\n" + strings.Repeat("dynamic \"b\" {\nfor_each = range(1000)\ncontent {\n", 4) + strings.Repeat("}\n}\n", 4) + "}\n",
		"nested modules":       nestedModules(),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			files := fstest.MapFS{
				"main.tf": {Data: []byte(text)}, "long.txt": {Data: bytes.Repeat([]byte("x"), 1<<20)},
				"loop.tftpl": {Data: []byte(`${templatefile("loop.tftpl", {})}`)},
				"m/m.tf":     {Data: []byte("variable \"n\" {}\nmodule \"a\" {\n  source = \"../n\"\n  count = 1000\n  n = count.index\n}\n")},
				"n/m.tf":     {Data: []byte("variable \"n\" {}\nmodule \"a\" {\n  source = \"../o\"\n  count = 1000\n  n = count.index\n}\n")},
				"o/m.tf":     {Data: []byte("variable \"n\" {}\nresource \"t\" \"x\" {\n  count = 1000\n  n = count.index\n}\n")},
			}
			rendering := tree(files, terraform.Options{Admit: admit, Timeout: 2 * time.Second}).Evaluate(terraform.Root{Folder: "."})
			if took := time.Since(began); took > time.Minute { // what has no bound takes years
				t.Errorf("it took %s", took)
			}
			if len(rendering.Skipped)+len(rendering.Problems) == 0 && name != "parentheses" && name != "conditions" {
				t.Errorf("nobody hears of it")
			}
		})
	}
}

func admit(data []byte) error {
	if bytes.Count(data, []byte("[")) > 4000 {
		return errors.New("nested too deep")
	}
	return nil
}

func manyResources(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "resource \"t\" \"x%d\" {\n  count = 1000\n  a = local.many\n}\n", i)
	}
	return out.String()
}

func nestedModules() string {
	return "module \"a\" {\n  source = \"./m\"\n  count = 1000\n  n = count.index\n}\n"
}

// Other files than those of the tree are not read, nor is the environment.
func TestNothingElseIsRead(t *testing.T) {
	t.Setenv("TF_VAR_env", "from the environment")
	res := only(t, evaluated(t, "variable \"env\" {}\nresource \"t\" \"x\" {\n  a = var.env\n  b = file(\"/etc/hostname\")\n  c = fileexists(\"/etc/hostname\")\n  d = fileset(\"/etc\", \"*\")\n  e = pathexpand(\"~\")\n  f = path.cwd\n  g = abspath(\".\")\n}\n"), "t.x")
	if got := asJSON(t, res.Content.(map[string]any)["spec"]); got != "{}" {
		t.Error(got)
	}
}

// Errors of functions quote what they are given, which may be a secret.
func TestSecretsAreInNoNote(t *testing.T) {
	const secret = "hunter2222"
	rendering := evaluated(t, `
variable "db_password" { default = "`+secret+`" }
variable "hidden" {
  sensitive = true
  default   = { a = "`+secret+`-too" }
}
locals {
  token = "`+secret+`3"
}
resource "t" "x" {
  a = tonumber(var.db_password)
  b = cidrhost(var.hidden.a, 1)
  c = parseint(local.token, 10)
  d = regex("(", sensitive("`+secret+`4"))
  e = cidrhost(sensitive("`+secret+`5"), 1)
}
resource "t" "each" {
  for_each = toset([var.hidden.a])
}
resource "t" "keys" {
  for_each = { for k in [var.hidden.a] : k => 1 }
}
`)
	if len(rendering.Skipped) < 5 {
		t.Errorf("not evaluated: %v", rendering.Skipped)
	}
	for _, skipped := range rendering.Skipped {
		if strings.Contains(skipped.Reason, secret) {
			t.Errorf("%s: %s", skipped.What, skipped.Reason)
		}
	}
	for _, res := range rendering.Resources {
		if strings.Contains(res.ID.Name, secret) {
			t.Errorf("a resource is called %s", res.ID.Name)
		}
	}
}
