package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A repository to be edited at random: its files are made of a few choices, so
// that edits meet what is there.
type repository struct {
	t    *rapid.T
	root string
}

func (r *repository) draw(label string, n int) int { return rapid.IntRange(0, n-1).Draw(r.t, label) }

func (r *repository) write(name, content string) {
	full := filepath.Join(r.root, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// manifest writes or removes a file of one to three resources.
func (r *repository) manifest() {
	name := fmt.Sprintf("manifests/%s/file-%d.yaml", []string{"a", "b"}[r.draw("folder", 2)], r.draw("file", 3))
	if r.draw("remove", 5) == 0 {
		if err := os.RemoveAll(filepath.Join(r.root, name)); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	text := ""
	if r.draw("comment", 2) == 0 {
		text = "# a line more\n"
	}
	for range 1 + r.draw("documents", 3) {
		text += r.document()
	}
	r.write(name, text)
}

// module writes or removes a file that a Terraform module is made of.
func (r *repository) module() {
	r.moduleFile(r.draw("file of a module", moduleFiles), r.draw("remove", 8) == 0)
}

const moduleFiles = 5

func (r *repository) moduleFile(which int, remove bool) {
	value := r.draw("value", 3)
	choices := []struct{ name, text string }{
		{"main.tf", fmt.Sprintf("variable \"size\" {%s}\nlocals {\n  n = var.size\n}\nresource \"thing\" \"a\" {\n  size = local.n\n  text = file(\"text.txt\")\n}\n", []string{"", " default = 1 ", "\n  type = number\n"}[value])},
		{"calls.tf", fmt.Sprintf("module \"m\" {\n  source = \"../child\"\n  size   = %d\n}\nresource \"thing\" \"b\" {\n  count = %d\n  of    = module.m.id\n}\n", value, value)},
		{"terraform.tfvars", fmt.Sprintf("size = %d\n", value)},
		{"text.txt", fmt.Sprintf("value-%d-of-a-secret", value)},
		{"../child/main.tf", fmt.Sprintf("variable \"size\" {}\nresource \"thing\" \"c\" {\n  size     = var.size + %d\n  password = \"value-%d-of-a-secret\"\n}\noutput \"id\" { value = thing.c.id }\n", value, value)},
	}
	choice := choices[which]
	name := filepath.Join("infra/app", choice.name)
	if remove {
		_ = os.Remove(filepath.Join(r.root, name))
		return
	}
	r.write(name, choice.text)
}

func (r *repository) document() string {
	kind := []string{"Deployment", "Service", "ConfigMap", "Secret", "Thing"}[r.draw("kind", 5)]
	name, namespace, value := r.draw("name", 3), r.draw("namespace", 2), r.draw("value", 3)
	metadata := fmt.Sprintf("metadata: {name: n%d, namespace: ns%d}\n", name, namespace)
	switch kind {
	case "Deployment":
		return fmt.Sprintf("---\napiVersion: apps/v1\nkind: Deployment\n%sspec: {replicas: %d}\n", metadata, value)
	case "Secret":
		return fmt.Sprintf("---\napiVersion: v1\nkind: Secret\n%sstringData: {key: value-%d-of-a-secret}\n", metadata, value)
	case "Thing":
		return fmt.Sprintf("---\nvalue: value-%d-of-a-secret\n", value) // no identity
	}
	return fmt.Sprintf("---\napiVersion: v1\nkind: %s\n%sspec: {value: value-%d-of-a-secret, port: %d}\n", kind, metadata, value, value)
}

// rules are the policies that can be there, each in some variants.
var rules = []struct{ name, text string }{
	{"replicas", `# METADATA
# custom: {kinds: [apps/Deployment], params: {least: 1}}
package holdfast.replicas
deny contains {"msg": sprintf("%d of VARIANT", [input.resource.spec.replicas]), "path": ["spec", "replicas"]} if {
	input.resource.spec.replicas < data.holdfast.params.least
}`},
	{"any", `package holdfast.any
import data.holdfast.lib
warn contains {"msg": lib.text(input.resource)} if object.get(input.resource, ["spec", "port"], 0) > VARIANT`},
	{"across", `# METADATA
# custom: {kinds: [core/Service]}
package holdfast.across
deny contains {"msg": sprintf("no deployment VARIANT among %d", [count(deployments)])} if {
	deployments := data.holdfast.resources[input.target.name]["apps/Deployment"][input.resource.metadata.namespace]
	not deployments[input.resource.metadata.name]
}`},
	{"everywhere", `package holdfast.everywhere
warn contains {"msg": sprintf("%s has VARIANT twins", [input.resource.metadata.name])} if {
	count([1 | data.holdfast.resources[_][kind][_][input.resource.metadata.name]; kind != "core/ConfigMap"]) > VARIANT
}`},
	{"sum", `# METADATA
# custom: {scope: target, params: {most: 3}}
package holdfast.sum
deny contains {"msg": sprintf("%d replicas of VARIANT", [total])} if {
	total := sum([d.spec.replicas | d := data.holdfast.resources[input.target.name]["apps/Deployment"][_][_]])
	total > data.holdfast.params.most
}`},
	{"whole", `# METADATA
# custom: {scope: snapshot}
package holdfast.whole
deny contains {"msg": "a secret VARIANT", "resource": secret} if some secret in data.holdfast.resources[_]["core/Secret"][_]
deny contains {"msg": value, "resource": s} if {
	some s in data.holdfast.resources[_]["core/Secret"]["ns0"]
	value := s.stringData.key
}`},
	{"clock", `package holdfast.clock
deny contains {"msg": sprintf("%v is VARIANT too late", [input.resource.kind])} if time.now_ns() > time.parse_rfc3339_ns("2026-07-02T00:00:00Z")`},
	{"listed", `package holdfast.listed
deny contains {"msg": sprintf("VARIANT is listed: %v", [data.listed.names])} if input.resource.metadata.name in data.listed.names`},
	{"mode", `package holdfast.mode
warn contains {"msg": sprintf("%v in mode %v VARIANT", [input.resource.metadata.name, input.target.mode])} if input.resource.kind == "Service"`},
	{"broken", `package holdfast.broken
deny contains {"msg": "x"} if to_number(input.resource.metadata.name) > VARIANT`},
	{"things", `# METADATA
# custom: {kinds: [terraform/thing]}
package holdfast.things
deny contains {"msg": sprintf("%v of VARIANT", [input.resource.spec.size]), "path": ["spec", "size"]} if input.resource.spec.size > VARIANT
warn contains {"msg": input.resource.spec.text, "path": ["spec", "text"]} if input.resource.spec.text`},
	{"between", `# METADATA
# custom: {kinds: [terraform/thing]}
package holdfast.between
deny contains {"msg": sprintf("%d others VARIANT", [count(others)])} if {
	others := {r.metadata.address | some r in data.holdfast.resources[input.target.name]["terraform/thing"][_]; r.spec.size}
	count(others) > VARIANT
}`},
	{"tells", `package holdfast.tells
warn contains {"msg": sprintf("%v VARIANT", [input.resource.spec.value])} if input.resource.kind == "ConfigMap"`},
}

func (r *repository) rule() {
	rule := rules[r.draw("rule", len(rules))]
	name := "policies/" + rule.name + ".rego"
	if r.draw("remove", 4) == 0 {
		_ = os.Remove(filepath.Join(r.root, name))
		return
	}
	r.write(name, string(bytes.ReplaceAll([]byte(rule.text), []byte("VARIANT"), []byte(fmt.Sprint(r.draw("variant", 2))))))
}

func (r *repository) settings() {
	r.write("policies/lib.rego", fmt.Sprintf("package holdfast.lib\ntext(r) := sprintf(\"%%s%s\", [object.get(r, \"kind\", \"?\")])", []string{"", "!"}[r.draw("lib", 2)]))
	r.write("policy-data/data.yaml", fmt.Sprintf("listed: {names: [n%d]}\nother: %d\n", r.draw("listed", 3), r.draw("other", 2)))
	waiver := "waivers: []\n"
	if _, err := os.Stat(filepath.Join(r.root, "policies/any.rego")); err == nil && r.draw("waived", 2) == 0 {
		waiver = fmt.Sprintf("waivers:\n- rule: any\n  resource: {name: n%d}\n  reason: it is known\n  owner: ada@example.com\n  created: \"2026-01-01\"\n  expires: \"2026-07-0%d\"\n", r.draw("waived name", 3), 1+r.draw("expires", 3))
	}
	r.write("waivers/some.yaml", waiver)
	target := ""
	if r.draw("targets", 4) == 0 {
		target = fmt.Sprintf("targets: [{name: a, driver: host, path: manifests/a, mode: %s, settings: {root: /nowhere}, params: {OWN}}]\n",
			[]string{"flag", "apply"}[r.draw("mode", 2)])
	}
	// A Deployment is nothing that the driver knows; what it says of it must be the same too.
	r.write("holdfast.yaml", fmt.Sprintf("policies: {paths: [policies/], data: [policy-data/], params: {%s}}\nwaivers: [waivers/]\n%s",
		"PARAMS", target))
	var params, own []string
	for _, p := range []struct {
		rule, name string
		most       int
	}{{"replicas", "least", 3}, {"sum", "most", 5}} {
		if _, err := os.Stat(filepath.Join(r.root, "policies", p.rule+".rego")); err == nil {
			params = append(params, fmt.Sprintf("%s: %d", p.name, r.draw(p.name, p.most)))
			if r.draw("own", 2) == 0 {
				own = append(own, fmt.Sprintf("%s: %d", p.name, r.draw("own "+p.name, p.most)))
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(r.root, "holdfast.yaml"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("holdfast.yaml", strings.NewReplacer("PARAMS", strings.Join(params, ", "), "OWN", strings.Join(own, ", ")).Replace(string(content)))
}

// check is what the command prints, and its exit code.
func (r *repository) check(args ...string) string {
	var out bytes.Buffer
	code := run(context.Background(), append([]string{"check", r.root, "--no-builtin", "--allow-empty", "--format", "json"}, args...), &out, io.Discard)
	return fmt.Sprintf("%s\nexit %d", out.String(), code)
}

// Whatever changes, policies, resources, waivers, settings or the clock, a
// check that remembers earlier ones says byte for byte what one says that does not.
func TestIncrementalEqualsFull(t *testing.T) {
	// Each of rapid's checks is some ten whole checks of ours.
	if number := flag.Lookup("rapid.checks"); number.Value.String() == number.DefValue {
		if err := flag.Set("rapid.checks", "40"); err != nil {
			t.Fatal(err)
		}
		defer flag.Set("rapid.checks", number.DefValue)
	}
	checks, mistaken, found := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		root := t.TempDir()
		r := &repository{t: rt, root: root}
		cache := filepath.Join(root, "..", filepath.Base(root)+"-cache")
		defer os.RemoveAll(cache)
		for range 4 {
			r.manifest()
			r.rule()
		}
		for which := range moduleFiles {
			r.moduleFile(which, false)
		}
		r.settings()
		for range 4 {
			for range 1 + r.draw("edits", 2) {
				switch r.draw("edit", 8) {
				case 0, 1, 2:
					r.manifest()
				case 3, 4:
					r.rule()
				case 5, 6:
					r.module()
				case 7:
				}
				r.settings()
			}
			now := fmt.Sprintf("--now=2026-07-0%dT12:00:00Z", 1+r.draw("day", 2))
			full := r.check(now, "--no-cache")
			incremental := r.check(now, "--cache", cache)
			checks++
			if strings.HasSuffix(full, "exit 2") {
				mistaken++
			}
			found += strings.Count(full, `"decision"`)
			if diff := cmp.Diff(full, incremental); diff != "" {
				rt.Fatalf("the incremental answer differs:\n%s", diff)
			}
			if r.draw("again", 3) > 0 {
				continue
			}
			if again := r.check(now, "--cache", cache); again != full {
				rt.Fatalf("asked again, the answer differs:\n%s", cmp.Diff(full, again))
			}
		}
	})
	if mistaken > checks/2 || found < checks {
		t.Fatalf("of %d checks %d were mistaken, with %d findings in all; the edits are not what was meant", checks, mistaken, found)
	}
}

// What a module comes to follows from many files: whichever changes, what is
// remembered of before does not count.
func TestIncrementalModules(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"holdfast.yaml":              "policies: {paths: [policies/]}\n",
		"policies/shows.rego":        "# METADATA\n# custom: {kinds: [terraform/thing]}\npackage holdfast.shows\nwarn contains {\"msg\": json.marshal(input.resource.spec), \"path\": [\"spec\", \"a\"]} if input.resource.spec.a\n",
		"infra/main.tf":              "variable \"size\" { default = 1 }\nresource \"thing\" \"a\" {\n  a = [var.size, file(\"text.txt\"), templatefile(\"t.tftpl\", {}), module.m.out, fileexists(\"late.txt\")]\n}\nmodule \"m\" {\n  source = \"../child\"\n}\n",
		"infra/text.txt":             "x",
		"infra/t.tftpl":              "x",
		"child/main.tf":              "output \"out\" { value = 1 }\n",
		"infra/other/unrelated.yaml": "kind: A\n",
	} {
		write(t, filepath.Join(root, name), text)
	}
	check := func(args ...string) string {
		var out bytes.Buffer
		code := run(t.Context(), append([]string{"check", root, "--no-builtin", "--format", "json"}, args...), &out, io.Discard)
		if code != 0 {
			t.Fatalf("exit %d\n%s", code, out.String())
		}
		_, findings, _ := strings.Cut(out.String(), `"summary"`) // after the revision
		return findings
	}
	cache := t.TempDir()
	before := check("--cache", cache)
	for _, edit := range []struct{ name, text string }{
		{"infra/terraform.tfvars", "size = 2\n"},
		{"infra/a.auto.tfvars", "size = 3\n"},
		{"infra/b.auto.tfvars.json", `{"size": 4}`},
		{"infra/text.txt", "y"},
		{"infra/t.tftpl", "y"},
		{"infra/late.txt", ""},
		{"child/main.tf", "output \"out\" { value = 2 }\n"},
		{"child/more.tf", "resource \"thing\" \"a\" {\n  a = 1\n}\n"},
	} {
		write(t, filepath.Join(root, edit.name), edit.text)
		after := check("--cache", cache)
		if after == before {
			t.Errorf("%s: nothing changes", edit.name)
		}
		if full := check("--no-cache"); full != after {
			t.Errorf("%s: the incremental answer differs:\n%s", edit.name, cmp.Diff(full, after))
		}
		before = after
	}
	write(t, filepath.Join(root, "infra/other/unrelated.yaml"), "kind: B\n")
	if after := check("--cache", cache); after != before {
		t.Errorf("what does not change differs:\n%s", cmp.Diff(before, after))
	}
}
