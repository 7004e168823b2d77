package render_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	conftest "github.com/open-policy-agent/conftest/parser"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// samples are one file a format, named so that the name tells the format.
func samples() map[string]string {
	return map[string]string{
		"CODEOWNERS":     "# all\n*  @acme/platform\n\ndocs/ ann@example.com @bob # text\n",
		"a.cue":          "import \"strings\"\nport: 8080\nname: strings.ToUpper(\"web\")\nlist: [for i in [1, 2] {i * 2}]\n",
		"a.cyclonedx":    `{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [{"type": "library", "name": "x", "version": "1"}]}`,
		"Dockerfile":     "# syntax=docker/dockerfile:1\nFROM alpine:3.20 AS build\n# install\nRUN apk add \\\n  curl\nCOPY --from=build /a /b\nFROM scratch\nCMD [\"/a\"]\nONBUILD RUN x\n",
		"web.dockerfile": "FROM alpine\nENV A=b C=d\n",
		"dev.env":        "# settings\nNAME=web\nexport URL=\"http://${NAME}:80\"\nRAW='$NAME'\nLINES=\"a\nb\"\nEMPTY=\n",
		"a.edn":          `{:name "web" :ports [80 443] :tls true}`,
		"Jenkinsfile":    "pipeline {\n  agent any\n}\n",
		"a.hcl1":         "resource \"a\" \"b\" {\n  count = 2\n  tags = [\"x\", \"y\"]\n}\n",
		"main.tf":        "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n  tags = { Team = var.team, \"a b\" = 1 }\n  rule {\n    on = true\n  }\n  rule {\n    on = !var.x\n  }\n}\nlocals {\n  n = [1, -2, 3.5]\n}\n",
		"prod.tfvars":    "region = \"eu\"\nsizes = {\n  small = 1\n}\n",
		".gitignore":     "# built\n/dist\n!keep\n\n",
		"a.ini":          "dropped = 1\n[server]\nport = 8080\nhost: example.com\nsecure = true\nname = \"web\" ; text\n",
		"a.jsonc":        "{\n  // text\n  \"a\": [1, 2.5, \"// no\"], /* more\n  */ \"b\": null # end\n}\n",
		"a.jsonnet":      "local n = 3;\n{ replicas: n, names: ['web-%d' % i for i in std.range(1, 2)] }\n",
		"nginx.conf":     "events {}\nhttp {\n  # text\n  server {\n    listen 80;\n    server_name a b;\n  }\n}\n",
		"a.properties":   "# text\nname = web\nurl: http://${name}/\nlong = a \\\n  b\nnone = ${missing}\n",
		"a.spdx":         "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nDocumentNamespace: https://example.com/x\n",
		"a.toml":         "title = \"x\"\nwhen = 2024-05-01T10:00:00Z\n[server]\nport = 8080\nratio = 0.5\n[[user]]\nname = \"ann\"\n[[user]]\nname = \"bob\"\ntags = [\"a\", \"b\"]\n",
		"pom.xml":        "<?xml version=\"1.0\"?>\n<project id=\"7\">\n  <name>web</name>\n  <dep>a</dep>\n  <dep scope=\"test\">b</dep>\n</project>\n",
	}
}

// TestFormatsAreReadAsConftestReadsThem holds what policies get to see against
// what conftest's own parsers give for the same files.
func TestFormatsAreReadAsConftestReadsThem(t *testing.T) {
	renderer := render.New(render.Options{})
	for name, text := range samples() {
		t.Run(name, func(t *testing.T) {
			theirs, err := conftest.NewFromPath(name)
			if err != nil {
				t.Fatal(err)
			}
			var value any
			if err := theirs.Unmarshal([]byte(text), &value); err != nil {
				t.Fatal(err)
			}
			got, err := renderer.Parse("", name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(throughJSON(t, value), throughJSON(t, got)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(normal(got), got); diff != "" {
				t.Errorf("the value is not in the form of a resource's content: %s", diff)
			}
		})
	}
}

// throughJSON is the value as an engine of policies gets it.
func throughJSON(t *testing.T, value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestFormatsOfAFolder(t *testing.T) {
	content := samples()
	content["a.yaml"] = "a: 1\n"
	content["README.md"] = "# text"
	snapshot := files(content)
	for _, formats := range []bool{false, true} {
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: ".", Target: "t", Formats: formats})
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if formats {
			want += len(samples())
		}
		if len(rendering.Resources) != want || len(rendering.Problems) != 0 {
			t.Errorf("formats %v: %d resources, want %d; problems: %v", formats, len(rendering.Resources), want, rendering.Problems)
		}
		for _, res := range rendering.Resources {
			if !res.ID.IsZero() || res.ID.Target != "t" || res.Origin.Line != 1 {
				t.Errorf("%s: identity %v, origin %v", res.Origin.File, res.ID, res.Origin)
			}
		}
	}
}

func TestParserIsForced(t *testing.T) {
	for _, test := range []struct{ name, parser, text, want string }{
		{"rendered", "yaml", "a: 1\n---\nb: 2\n", `[{"a":1},{"b":2}]`},
		{"state", "json", `{"a":1}`, `[{"a":1}]`},
		{"job.nomad", "hcl2", "job \"x\" {\n}\n", `[{"job":{"x":[{}]}}]`},
		{"a.yaml", "ini", "[a]\nb = 1\n", `[{"a":{"b":1}}]`},
		{"Dockerfile", "", "FROM a\n", `[[{"Cmd":"from","Flags":[],"JSON":false,"Stage":0,"SubCmd":"","Value":["a"]}]]`},
		{"a.jsonnet", "", "[{a: 1}, [2], 3, null]", `[{"a":1},[2],3]`},
		{"a.cue", "", `"x"`, `["x"]`},
	} {
		snapshot := files(map[string]string{test.name: test.text})
		renderer := render.New(render.Options{})
		rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: test.name, Parser: test.parser})
		if err != nil {
			t.Fatal(err)
		}
		var contents []any
		for _, res := range rendering.Resources {
			contents = append(contents, res.Content)
			if res.Origin.Parser != test.parser {
				t.Errorf("%s: the origin does not say that it was read by %s", test.name, test.parser)
			}
			if at := renderer.Locate(snapshot, res.Origin, nil); at != res.Origin.Location() {
				t.Errorf("%s is at %s and found at %s", test.name, res.Origin.Location(), at)
			}
		}
		got, _ := json.Marshal(contents)
		if string(got) != test.want || len(rendering.Problems) > 0 {
			t.Errorf("%s by %s: %s, want %s; %v", test.name, test.parser, got, test.want, problems(rendering.Problems))
		}
	}
}

func TestForeignMistakes(t *testing.T) {
	for _, test := range []struct{ file, parser, text, want string }{
		{"web.nomad", "", "job \"web\" {\n}\n", "web.nomad:1:1: a single value is not a resource; the file's name does not say what format it is in; if it is not YAML, name the parser, as in --parser hcl2"},
		{"web.conf", "", "a: b: c\n", "web.conf:1:1: mapping values are not allowed in this context"},
		{"a.yaml", "yml", "a: 1", `a.yaml: there is no parser "yml"; choose one of codeowners, cue, cyclonedx, dockerfile, dotenv, edn, groovy, hcl1, hcl2, ignore, ini, json, jsonc, jsonnet, nginx, properties, spdx, toml, xml, yaml`},
		{"a.tf", "", "a = 1\nb = [\n", "a.tf:3:1: not HCL"},
		{"a.toml", "", "a = 1\nb = \n", "a.toml:2:"},
		{"a.toml", "", "a = inf\n", "a.toml:1:1: not toml that policies can read"},
		{"Dockerfile", "", "FROM a\nFORM b\n", "Dockerfile:2:1: not dockerfile: process dockerfile instructions: unknown instruction: FORM (did you mean FROM?)"},
		{"a.xml", "", "<a>\n<b></a>", "a.xml:2:1: not xml"},
		{"a.xml", "", "<a>\n<b>", "a.xml:2:1: not xml"},
		{"a.jsonc", "", "{\n /* x\n}", "a.jsonc:2:2: not JSON"},
		{".vscode/settings.json", "", "{\n /* x\n}", ".vscode/settings.json:2:2: not JSON"},
		{"a.jsonnet", "", "{\n a: error 'no',\n}", "a.jsonnet:1:1: not jsonnet: RUNTIME ERROR: no"},
		{"a.cue", "", "a: 1\nb: }\n", "a.cue:2:4: not cue: expected operand, found '}'"},
		{"a.env", "", "A=1\nPASSWORD hunter22\n", "a.env:2:1: not dotenv: this line, or the value that it begins, cannot be read; write NAME=value, and close its quotes"},
		{"a.ini", "", "[a]\nb = 1\n\"PASSWORD hunter22\n", "a.ini:3:1: not ini: this line, or the value that it begins, cannot be read"},
		{"a.properties", "", "a = 1\npassword = \\u12hunter22\n", "a.properties: not properties: a line, or a value that one begins, cannot be read"},
		{"a.hcl1", "", "a = [\n", "a.hcl1:1:1: not hcl1"},
		{"a.tf", "", strings.Repeat("[", 100_000), "a.tf:1:1: not hcl2: brackets or operators are nested too deep, or brackets are not closed"},
		{"a.xml", "", strings.Repeat("<a>", 1000), "a.xml:1:301: elements are nested more than 100 deep"},
		{"a.jsonnet", "", "{a: [" + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "]}", "a.jsonnet:1:1: values are nested more than 100 deep"},
		{"a.tf", "", strings.Repeat("#", 3<<20), "a.tf:1:1: not hcl2: larger than the limit of 1048576 bytes for hcl2; split it or exclude it"},
	} {
		snapshot := files(map[string]string{test.file: test.text})
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: test.file, Parser: test.parser})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(problems(rendering.Problems), "\n")
		if !strings.HasPrefix(got, test.want) || len(rendering.Resources) > 0 || strings.Contains(got, "hunter") {
			t.Errorf("%q is %q, want %q", test.text[:min(20, len(test.text))], got, test.want)
		}
	}
}

// TestParsersThatDoNotEnd runs one that would count for hours.
func TestParsersThatDoNotEnd(t *testing.T) {
	snapshot := files(map[string]string{"a.jsonnet": "std.foldl(function(a, b) a + b, std.makeArray(100000000, function(i) i % 3), 0)"})
	rendering, err := render.New(render.Options{ParseTimeout: 50 * time.Millisecond}).Render(t.Context(), snapshot, sources.Selection{Path: "a.jsonnet"})
	if err != nil {
		t.Fatal(err)
	}
	want := "a.jsonnet:1:1: not jsonnet: reading it takes longer than 50ms; simplify it or exclude it"
	if diff := cmp.Diff([]string{want}, problems(rendering.Problems)); diff != "" {
		t.Error(diff)
	}
}

func TestNothingOfTheMachineIsRead(t *testing.T) {
	t.Setenv("HOLDFAST_TEST_CANARY", "canary")
	t.Setenv("NAME", "canary")
	for name, text := range map[string]string{
		"a.env":        "NAME=x\nA=$HOLDFAST_TEST_CANARY\nB=\"${HOLDFAST_TEST_CANARY}\"\nC=${NAME}\nD='$NAME'\nE=\\$NAME\n",
		"a.properties": "NAME=x\nA=${HOLDFAST_TEST_CANARY}\nC=${NAME}\n",
		"a.ini":        "[s]\nA=%(HOLDFAST_TEST_CANARY)s\nB=${HOLDFAST_TEST_CANARY}\n",
	} {
		value, err := render.New(render.Options{}).Parse("", name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(value)
		if strings.Contains(string(got), "canary") {
			t.Errorf("%s reads the environment: %s", name, got)
		}
		if c, _ := resource.Lookup(value, path{"C"}); name == "a.env" && c != "x" {
			t.Errorf("%s: a reference to its own setting is %v", name, c)
		}
	}
	value, err := render.New(render.Options{}).Parse("dotenv", "", []byte("NAME=x\nD='$NAME'\nE=\\$NAME\nF=$NAME$NAME\n"))
	if diff := cmp.Diff(map[string]any{"NAME": "x", "D": "$NAME", "E": "$NAME", "F": "xx"}, value); diff != "" {
		t.Error(diff, err)
	}
}

func TestJsonnetImports(t *testing.T) {
	snapshot := files(map[string]string{
		"app/main.jsonnet":       "local lib = import 'lib/web.libsonnet'; lib { text: importstr '../notes.txt' }",
		"app/lib/web.libsonnet":  "(import 'port.libsonnet') + { name: 'web' }",
		"app/lib/port.libsonnet": "{ port: 80 }",
		"notes.txt":              "hello",
		"out.jsonnet":            "import '../secret.json'",
		"root.jsonnet":           "importstr '/etc/passwd'",
		"gone.jsonnet":           "import 'none.libsonnet'",
	})
	renderer := render.New(render.Options{})
	got, err := renderer.ParseFile(t.Context(), snapshot, "", "app/main.jsonnet")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"name": "web", "port": int64(80), "text": "hello"}, got); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"out.jsonnet": "../secret.json is outside of what is looked at", "root.jsonnet": "/etc/passwd is outside of what is looked at",
		"gone.jsonnet": "file does not exist",
	} {
		if _, err := renderer.ParseFile(t.Context(), snapshot, "", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := renderer.Parse("jsonnet", "app/main.jsonnet", []byte("import 'lib/web.libsonnet'")); err == nil || !strings.Contains(err.Error(), "nothing can be imported here") {
		t.Errorf("a text without a tree imports: %v", err)
	}
}
