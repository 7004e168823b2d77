package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestLocateInOtherFormats(t *testing.T) {
	for _, test := range []struct {
		file, text string
		places     map[string]path // by what is expected
	}{
		{"main.tf", "# text\nresource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n  rule {\n    on = true\n  }\n  rule {\n    on = false\n  }\n  tags = {\n    \"a b\" = 1\n    Team  = [\n      \"x\",\n    ]\n  }\n}\nlocals {\n  a = 1\n}\n", map[string]path{
			"1:1": nil, "2:1": {"resource"}, "2:10": {"resource", "aws_s3_bucket"}, "2:26": {"resource", "aws_s3_bucket", "logs"},
			"3:12": {"resource", "aws_s3_bucket", "logs", 0, "bucket"}, "4:3": {"resource", "aws_s3_bucket", "logs", 0, "rule", 0},
			"8:10": {"resource", "aws_s3_bucket", "logs", 0, "rule", 1, "on"}, "11:13": {"resource", "aws_s3_bucket", "logs", 0, "tags", "a b"},
			"13:7": {"resource", "aws_s3_bucket", "logs", 0, "tags", "Team", 0}, "18:7": {"locals", 0, "a"}, "7:3": {"resource", "aws_s3_bucket", "logs", 0, "rule", 1, "none"},
		}},
		{"Dockerfile", "# syntax=docker/dockerfile:1\nARG V=1\n\n# base\nFROM alpine:$V\n# install\n# more\nRUN a \\\n  b\n\nCMD [\"c\"]\n", map[string]path{
			"1:1": nil, "2:1": {0}, "4:1": {1}, "5:1": {2, "Value", 0}, "6:1": {3}, "7:1": {4}, "8:1": {5}, "11:1": {6, "Cmd"},
		}},
		{"a.toml", "title = \"x\"\n[server]\n  port = 80\n  text = \"\"\"\nport = 1\n\"\"\"\n  [server.tls]\n  on = true\n[[user]]\nname = \"a\"\n[[user]]\nname = \"b\"\n  [user.\"k v\"]\n  x.y = 1\n", map[string]path{
			"1:9": {"title"}, "2:1": {"server"}, "3:10": {"server", "port"}, "4:10": {"server", "text"}, "8:8": {"server", "tls", "on"},
			"9:1": {"user", 0}, "12:8": {"user", 1, "name"}, "13:3": {"user", 1, "k v"}, "14:9": {"user", 1, "k v", "x", "y"},
		}},
		{"a.ini", "; text\ntop = 1\n[server]\nport = 80\n  host: a\n", map[string]path{"1:1": nil, "3:1": {"server"}, "4:8": {"server", "port"}, "5:9": {"server", "host"}}},
		{"a.env", "# A=1\nA = 1\nexport B=\"x\ny\"\nC: 3\n", map[string]path{"2:5": {"A"}, "3:10": {"B"}, "5:4": {"C"}}},
		{"a.properties", "! text\na.b = 1 \\\n  c = 2\nd\\ e: 2\nf g\n", map[string]path{"2:7": {"a.b"}, "4:7": {"d e"}, "5:3": {"f"}}},
		{"pom.xml", "<?xml version=\"1.0\"?>\n<project>\n  <name>é</name><a x=\"1\">\n    <b/>\n    <b>\n      <c/>\n    </b>\n  </a>\n</project>\n", map[string]path{
			"2:1": {"project"}, "3:3": {"project", "name"}, "4:5": {"project", "a", "b", 0}, "6:7": {"project", "a", "b", 1, "c"},
		}},
		{"a.jsonc", "{ // x\n  \"a\": [ /* y\n */ 1, {\"b\": \"// z\"}]\n}", map[string]path{"2:8": {"a"}, "3:5": {"a", 0}, "3:14": {"a", 1, "b"}}},
		{"nginx.conf", "events {}\nhttp {\n  server {\n    listen 80;\n    location / {\n    }\n  }\n}\n", map[string]path{
			"1:1": {"directives", 0}, "2:1": {"directives", 1}, "3:1": {"directives", 1, "block", "directives", 0}, "5:1": {"directives", 1, "block", "directives", 0, "block", "directives", 1}, "4:1": {"directives", 1, "block", "directives", 0, "block", "directives", 0, "parameters", 0},
		}},
		{"CODEOWNERS", "# x\n* @a/b\n\ndocs/ @c\n", map[string]path{"2:1": {"rules", 0, "owners"}, "4:1": {"rules", 1, "pattern"}}},
		{".dockerignore", "# x\n/dist\n!a\n", map[string]path{"1:1": nil, "2:1": {1}, "3:1": {2, "Value"}}},
		{"a.cue", "a: {\n  b: 1\n  \"c d\": [\n    1,\n  ]\n}\n", map[string]path{"1:1": {"a"}, "2:3": {"a", "b"}, "4:5": {"a", "c d", 0}}},
		{"a.jsonnet", "{\n  a: 1 }", map[string]path{"1:1": {"a"}}},
		{"Jenkinsfile", "pipeline {\n  agent any\n}\n", map[string]path{"1:1": {"children", 0}}},
	} {
		snapshot := files(map[string]string{test.file: test.text})
		renderer := render.New(render.Options{})
		rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: test.file})
		if err != nil || len(rendering.Problems) > 0 || len(rendering.Resources) != 1 {
			t.Errorf("%s: %v, %v, %d resources", test.file, err, problems(rendering.Problems), len(rendering.Resources))
			continue
		}
		for want, path := range test.places {
			if got := renderer.Locate(snapshot, rendering.Resources[0].Origin, path); got.String() != test.file+":"+want {
				t.Errorf("%s is at %s, want %s", path, got, want)
			}
		}
	}
}

func TestExcerptsOfSettings(t *testing.T) {
	for _, test := range []struct{ file, text, want string }{
		{"a.env", "# settings\nNAME=web\nDB_PASSWORD=hunter22\nAPI_TOKEN=\"multi\nline\"\nURL=x\nDB_PASSWORD=hunter23 # again\nKEY_ID=7\n", `# settings
NAME=web
DB_PASSWORD=(sensitive)
API_TOKEN=(sensitive)
(sensitive)
URL=x
DB_PASSWORD=(sensitive)
KEY_ID=7
`},
		{"a.ini", "secret = topmost1\n[db]\nhost = a\npassword = 123456\n; text\nport = 5\nclientSecret: \"a\\\"b\"\n", `secret = (sensitive)
[db]
host = a
password = (sensitive)
(sensitive)
port = 5
clientSecret: (sensitive)
`},
		{"b.properties", "db.password=\"a\" and\\\n  h\\u0075nter22\nb=1\n", `db.password=(sensitive)
  (sensitive)
b=1
`},
		{"a.properties", "a=1\ndb.password=one\\\n  two\naccess-key:abcdef\nmonkey=1\n", `a=1
db.password=(sensitive)
  (sensitive)
access-key:(sensitive)
monkey=1
`},
		{"prod.tfvars", "region = \"eu\"\ndb_password = \"hunter22\"\ndb = {\n  token = <<EOT\nsecret text\nEOT\n  size = 1\n}\n", `region = "eu"
db_password = (sensitive)
db = {
  token = (sensitive)
(sensitive)
(sensitive)
  size = 1
}
`},
		{"a.toml", "apiVersion = \"v1\"\nkind = \"Secret\"\n[stringData]\na = \"\"\"\n  h\\u0075nter22\n\"\"\"\nb = 1\n", `apiVersion = "v1"
kind = "Secret"
[stringData]
a = (sensitive)
  (sensitive)
(sensitive)
b = (sensitive)
`},
		{"main.tf", "variable \"password\" {\n  default = \"x\"\n}\n", "variable \"password\" {\n  default = \"x\"\n}\n"},
	} {
		snapshot := files(map[string]string{test.file: test.text})
		renderer := render.New(render.Options{})
		rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: test.file})
		if err != nil || len(rendering.Resources) != 1 {
			t.Fatalf("%s: %v, %v", test.file, err, problems(rendering.Problems))
		}
		res := rendering.Resources[0]
		var got strings.Builder
		for _, line := range renderer.Excerpt(snapshot, res.Origin, res.Sensitive, resource.Location{Line: 1}, 100) {
			got.WriteString(line.Text + "\n")
		}
		if diff := cmp.Diff(test.want, strings.TrimSuffix(got.String(), "\n")); diff != "" {
			t.Errorf("%s: %s", test.file, diff)
		}
	}
}

// TestExcerptOfWhatHasNoPlace hides all of a file in which nobody can say where
// the sensitive value is.
func TestExcerptOfWhatHasNoPlace(t *testing.T) {
	snapshot := files(map[string]string{"a.jsonnet": "local p = 'hun' + 'ter22';\n{\n  apiVersion: 'v1', kind: 'Secret', data: { a: p },\n}\n"})
	renderer := render.New(render.Options{})
	rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: "a.jsonnet"})
	if err != nil || len(rendering.Resources) != 1 {
		t.Fatal(err, rendering)
	}
	res := rendering.Resources[0]
	if diff := cmp.Diff([]path{{"data"}}, res.Sensitive); diff != "" {
		t.Error(diff)
	}
	for _, line := range renderer.Excerpt(snapshot, res.Origin, res.Sensitive, resource.Location{Line: 1}, 10) {
		if strings.Trim(line.Text, " ") != "" && strings.Trim(line.Text, " ") != "(sensitive)" {
			t.Errorf("line %d is shown: %s", line.Number, line.Text)
		}
	}
}

func TestCredentialKeys(t *testing.T) {
	for key, want := range map[string]bool{
		"password": true, "DB_PASSWORD": true, "dbPassword": true, "client-secret": true, "API_KEY": true, "apiKey": true, "private.key": true, "AUTH_TOKEN": true,
		"aws_secret_access_key": true, "key": false, "KEY_ID": false, "tokenizer": false, "monkey": false, "compass": false, "public_key": false, "secretary": false,
	} {
		snapshot := files(map[string]string{"a.properties": key + "=some value\n"})
		rendering, err := render.New(render.Options{}).Render(t.Context(), snapshot, sources.Selection{Path: "a.properties"})
		if err != nil || len(rendering.Resources) != 1 {
			t.Fatal(key, err)
		}
		if got := len(rendering.Resources[0].Sensitive) > 0; got != want {
			t.Errorf("%s: sensitive is %v", key, got)
		}
	}
}

// FuzzFormats feeds each of the parsers, and holds what comes of it against
// what is promised of every file.
func FuzzFormats(f *testing.F) {
	for name, text := range samples() {
		f.Add(name, text)
	}
	f.Add("a.env", "A=$B\nB='\nA='\nexport A\n")
	f.Add("a.ini", "[a]\npassword=`x\ny`\n[a.b]\n\"\"\"k\"\"\"=1\\\n2\n")
	f.Add("a.tf", "a = [for x in y : x]\nb \"c\" {}\nb = <<-E\n${x}\nE\n")
	f.Add("a.toml", "a.b=1\n[[x]]\n[x.y]\n[[x.y.z]]\n")
	f.Add("a.xml", "<a x='1'><x/><x>&amp;</x>t</a><b/>")
	parsers := render.Parsers()
	f.Fuzz(func(t *testing.T, name, text string) {
		parser := ""
		if len(name) > 0 && int(name[0]) < len(parsers) {
			parser, name = parsers[name[0]], "x"
		}
		if name != "x" && samples()[name] == "" {
			return
		}
		snapshot := files(map[string]string{name: text})
		renderer := render.New(fuzzLimits)
		rendering, err := renderer.Render(t.Context(), snapshot, sources.Selection{Path: name, Parser: parser})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(text, "\n") + 1
		for _, problem := range rendering.Problems {
			if at := problem.Location; at.File != name || at.Line < 0 || at.Line > lines+1 || problem.Msg == "" {
				t.Fatalf("a problem at %s of %d lines: %q", at, lines, problem.Msg)
			}
		}
		for i := range rendering.Resources {
			res := &rendering.Resources[i]
			walkValues(t, res.Content, nil, func(path resource.Path) {
				if at := renderer.Locate(snapshot, res.Origin, path); at.Line < 1 || at.Column < 1 {
					t.Fatalf("%s is at %s of %d lines", path, at, lines)
				}
			})
			if parser == "" {
				checkMasked(t, res, renderer.Excerpt(snapshot, res.Origin, res.Sensitive, resource.Location{Line: 1}, lines))
			}
		}
	})
}
