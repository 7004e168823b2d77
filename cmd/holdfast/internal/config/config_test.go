package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

var update = flag.Bool("update", false, "write the golden files")

// testDrivers are three drivers that differ in what they ask of settings.
func testDrivers() []drivers.Kind {
	return []drivers.Kind{
		{
			Name: "host",
			Schema: []byte(`{
				"$schema": "https://json-schema.org/draft/2020-12/schema",
				"type": "object", "required": ["root"], "additionalProperties": false,
				"properties": {
					"root": {"$ref": "#/$defs/folder"},
					"password": {"type": "string", "maxLength": 5, "writeOnly": true},
					"token": {"writeOnly": true, "$ref": "#/$defs/folder"},
					"umask": {"description": "mode bits taken away", "type": "integer", "minimum": 0, "maximum": 511},
					"via": {"oneOf": [{"type": "integer"}, {"type": "boolean"}]}
				},
				"$defs": {"folder": {"type": "string", "pattern": "^/", "errorMessage": "expected an absolute path"}}
			}`),
			Permits: func(settings, allowed map[string]any) bool {
				root, _ := settings["root"].(string)
				within, _ := allowed["root"].(string)
				return within != "" && (root == within || strings.HasPrefix(root, within+"/"))
			},
		},
		{
			Name:   "kubernetes",
			Schema: []byte(`{"type": "object", "additionalProperties": false, "properties": {"context": {"type": "string"}}}`),
			Permits: func(settings, allowed map[string]any) bool {
				return settings["context"] == allowed["context"]
			},
		},
		{Name: "terraform", Schema: []byte(`{"type": "object"}`)},
	}
}

func parse(t testing.TB, role config.Role, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("holdfast.yaml", []byte(text), config.ParseOptions{Role: role, Drivers: testDrivers()})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

// golden compares got with the file "want" of an archive, or writes it.
func golden(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name != "want" {
			continue
		}
		if *update {
			archive.Files[i].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if diff := cmp.Diff(string(archive.Files[i].Data), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		return
	}
	t.Fatalf("%s has no file named want", file)
}

func archives(t *testing.T, pattern string) map[string]*txtar.Archive {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data at %s: %v", pattern, err)
	}
	all := map[string]*txtar.Archive{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = archive
	}
	return all
}

// TestMessages holds the very words that users see. The comment of an archive
// says the role in its first line; the files are input and want.
func TestMessages(t *testing.T) {
	for file, archive := range archives(t, "testdata/errors/*.txtar") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			first, _, _ := strings.Cut(string(archive.Comment), "\n")
			input := archive.Files[0]
			var err error
			switch first {
			case "role: repository":
				_, err = config.Parse(input.Name, input.Data, config.ParseOptions{Role: config.Repository, Drivers: testDrivers()})
			case "role: operator":
				_, err = config.Parse(input.Name, input.Data, config.ParseOptions{Role: config.Operator, Drivers: testDrivers()})
			case "role: both":
				_, err = config.Parse(input.Name, input.Data, config.ParseOptions{Role: config.Both, Drivers: testDrivers()})
			case "waivers":
				_, err = config.ParseWaivers(input.Name, input.Data)
			case "approvals":
				_, err = config.ParseApprovals(input.Name, input.Data)
			default:
				t.Fatalf("unknown kind of test %q", first)
			}
			checkProblems(t, err, input.Name, input.Data)
			golden(t, file, archive, err.Error()+"\n")
		})
	}
}

// checkProblems sees to it that err is nothing but problems, each with a place
// that exists, sorted by line.
func checkProblems(t testing.TB, err error, name string, content []byte) {
	t.Helper()
	for _, p := range checkFuzzed(t, err, name, content) {
		if strings.Contains(p.Msg, "hunter2") {
			t.Errorf("a secret is shown: %s", p.Msg)
		}
	}
}

// checkFuzzed is checkProblems for content of which nothing is known.
func checkFuzzed(t testing.TB, err error, name string, content []byte) resource.Problems {
	t.Helper()
	var problems resource.Problems
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("got error %v of type %T, want problems", err, err)
	}
	lines := strings.Count(strings.TrimSuffix(string(content), "\n"), "\n") + 1
	last := 0
	for _, p := range problems {
		if p.Location.File != name || p.Location.Line < 1 || p.Location.Line > lines || p.Location.Column < 1 {
			t.Errorf("problem at %v, which is no place in a file of %d lines: %s", p.Location, lines, p.Msg)
		}
		if p.Location.Line < last {
			t.Errorf("problem on line %d comes after one on line %d", p.Location.Line, last)
		}
		last = p.Location.Line
		if strings.Contains(p.Msg, "\n") {
			t.Errorf("a message of more than one line: %q", p.Msg)
		}
	}
	return problems
}

func TestParseEverything(t *testing.T) {
	text := `
source:
  git:
    url: https://git.example.com/acme/infra.git
    branch: main
    interval: 90s
    timeout: 1m30s
    allowRewrites: true
    auth: {username: bot, passwordFile: token, caFile: /etc/ca.pem}
    cache: clone
  verify:
    allowedSigners: allowed_signers
    allowedSignersInTree: .holdfast/allowed_signers
    trustedRevision: 0123456789abcdef0123456789abcdef01234567
state: sqlite:///var/lib/holdfast/state.db
server: {listen: off, allowRemote: true, tokenFile: api-token}
remotes: ["https://charts.example.com/stable", {url: "oci://registry.example.com/charts", username: bot, passwordFile: registry, caFile: /etc/ca.pem}]
decryption: {ageKeyFile: age.key, pgpKeyFile: /etc/pgp.asc}
destinations:
  - {driver: host, root: /srv}
  - driver: kubernetes
    context: prod
limits: {maxDelete: 5, maxFileSize: 512KiB, evaluationTimeout: 2s, runTimeout: 1h}
policies:
  builtin: [security, dr, security]
  profile: strict
  paths: [policies/, /etc/holdfast/policies]
  data: [./policy-data]
  params: {maxReplicas: 9007199254740993, ratio: 0.5, since: 2026-01-01, nested: {a: [1, two]}}
  bundles: []
waivers: [waivers/, waivers]
approvals: [approvals/one.yaml]
exclude: ["**/testdata/"]
targets:
  - name: network
    driver: kubernetes
    path: clusters/prod/
    settings: &settings {context: prod}
  - name: web
    driver: host
    path: .
    dependsOn: [network]
    mode: apply
    prune: true
    onBlock: target
    suspend: true
    rollback: true
    render:
      namespace: shop
      substitute: {cluster: prod, replicas: "3"}
      substituteFrom: [./vars.yaml, secrets/vars.yaml]
      chart:
        url: oci://registry.example.com/charts/web:1.4.2
        digest: sha256:0123456789012345678901234567890123456789012345678901234567890123
        release: web
        namespace: shop
        valuesFiles: [web/values.yaml, ./web/prod.yaml]
        values: {replicas: 9007199254740993, nested: {on: true}}
        kubeVersion: "1.33"
        apiVersions: [monitoring.coreos.com/v1]
        skipCRDs: true
    settings: {root: /srv/web, umask: 0o22}
    params: {maxReplicas: 3, nested: {b: x}}
    healthTimeout: 1m
    interval: 10s
    exclude: [drafts/]
  - name: copy
    driver: kubernetes
    path: clusters/copy
    settings: *settings
    render:
      excludeKinds: [helm.toolkit.fluxcd.io/*, core/Secret]
      kustomize:
        components: [./components/monitored]
        patches: [{patch: "- {op: remove, path: /a}", target: {kind: Deployment}}]
        images: [{name: web, newTag: "2"}]
        replicas: [{name: web, count: 3}]
        namePrefix: prod-
        labels: [{pairs: {team: shop}, includeTemplates: true}]
        commonAnnotations: {team: shop}
`
	got, err := config.Parse("etc/op.yaml", []byte(text), config.ParseOptions{Role: config.Operator, Drivers: testDrivers(), Dir: "/etc/holdfast"})
	if err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) resource.Location {
		return resource.Location{File: "etc/op.yaml", Line: line, Column: column}
	}
	want := &config.Config{
		File: "etc/op.yaml",
		Source: config.Source{
			Git: &config.Git{
				URL: "https://git.example.com/acme/infra.git", Branch: "main", Interval: 90 * time.Second, Timeout: 90 * time.Second,
				AllowRewrites: true, Cache: "/etc/holdfast/clone",
				Auth: config.Auth{Username: "bot", PasswordFile: "/etc/holdfast/token", CAFile: "/etc/ca.pem"},
			},
			Verify: config.Verify{
				AllowedSigners: "/etc/holdfast/allowed_signers", AllowedSignersInTree: ".holdfast/allowed_signers",
				TrustedRevision: "0123456789abcdef0123456789abcdef01234567",
			},
		},
		State:  "/var/lib/holdfast/state.db",
		Server: config.Server{Listen: "", AllowRemote: true, TokenFile: "/etc/holdfast/api-token"},
		Remotes: []config.Remote{
			{URL: "https://charts.example.com/stable", At: at(17, 11)},
			{URL: "oci://registry.example.com/charts", At: at(17, 48), Auth: config.FetchAuth{Username: "bot", PasswordFile: "/etc/holdfast/registry", CAFile: "/etc/ca.pem"}},
		},
		Decryption: []config.Decryption{{AgeKeyFile: "/etc/holdfast/age.key", PGPKeyFile: "/etc/pgp.asc"}},
		Destinations: []config.Destination{
			{Driver: "host", Allowed: map[string]any{"root": "/srv"}, Location: at(20, 5)},
			{Driver: "kubernetes", Allowed: map[string]any{"context": "prod"}, Location: at(21, 5)},
		},
		Limits: config.Limits{MaxDelete: reconcile.Limit{Count: 5}, MaxFileSize: 512 << 10, EvaluationTimeout: 2 * time.Second, RunTimeout: time.Hour},
		Policies: config.Policies{
			Builtin: true, Categories: []string{"dr", "security"}, Profile: "strict",
			Paths: []string{"policies", "/etc/holdfast/policies"}, Data: []string{"policy-data"},
			Params: map[string]any{"maxReplicas": int64(9007199254740993), "ratio": 0.5, "since": "2026-01-01", "nested": map[string]any{"a": []any{int64(1), "two"}}},
		},
		Waivers: []string{"waivers"}, Approvals: []string{"approvals/one.yaml"}, Exclude: []string{"**/testdata/"},
		Targets: []config.Target{
			{
				Name: "network", Driver: "kubernetes", Path: "clusters/prod", Mode: reconcile.ModeFlag, OnBlock: reconcile.OnBlockResource,
				Settings: map[string]any{"context": "prod"}, HealthTimeout: 5 * time.Minute, Interval: 3 * time.Minute, Location: at(35, 5),
			},
			{
				Name: "web", Driver: "host", Path: ".", DependsOn: []string{"network"}, Mode: reconcile.ModeApply, Prune: true,
				OnBlock: reconcile.OnBlockTarget, Suspend: true, Rollback: true,
				Build: sources.Build{
					Namespace: "shop", Substitute: map[string]string{"cluster": "prod", "replicas": "3"},
					SubstituteFrom: []string{"vars.yaml", "secrets/vars.yaml"},
					Chart: sources.Chart{
						URL:     "oci://registry.example.com/charts/web:1.4.2",
						Digest:  "sha256:0123456789012345678901234567890123456789012345678901234567890123",
						Release: "web", Namespace: "shop", ValuesFiles: []string{"web/values.yaml", "web/prod.yaml"},
						Values:      map[string]any{"replicas": int64(9007199254740993), "nested": map[string]any{"on": true}},
						KubeVersion: "1.33", APIVersions: []string{"monitoring.coreos.com/v1"}, SkipCRDs: true,
					},
					At: resource.Location{File: "etc/op.yaml", Line: 53, Column: 14},
				},
				Settings:      map[string]any{"root": "/srv/web", "umask": int64(18)},
				Params:        map[string]any{"maxReplicas": int64(3), "nested": map[string]any{"b": "x"}},
				ParamsAt:      map[string]resource.Location{"maxReplicas": at(63, 14), "nested": at(63, 30)},
				HealthTimeout: time.Minute, Interval: 10 * time.Second, Exclude: []string{"drafts/"}, Location: at(39, 5),
			},
			{
				Name: "copy", Driver: "kubernetes", Path: "clusters/copy", Mode: reconcile.ModeFlag, OnBlock: reconcile.OnBlockResource,
				Settings: map[string]any{"context": "prod"}, HealthTimeout: 5 * time.Minute, Interval: 3 * time.Minute, Location: at(67, 5),
				Build: sources.Build{
					ExcludeKinds: []string{"helm.toolkit.fluxcd.io/*", "core/Secret"},
					Kustomize: map[string]any{
						"components":        []string{"components/monitored"},
						"patches":           []any{map[string]any{"patch": "- {op: remove, path: /a}", "target": map[string]any{"kind": "Deployment"}}},
						"images":            []any{map[string]any{"name": "web", "newTag": "2"}},
						"replicas":          []any{map[string]any{"name": "web", "count": int64(3)}},
						"namePrefix":        "prod-",
						"labels":            []any{map[string]any{"pairs": map[string]any{"team": "shop"}, "includeTemplates": true}},
						"commonAnnotations": map[string]any{"team": "shop"},
					},
					At: at(71, 5),
				},
			},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is left out must come out safe: nothing applied, nothing pruned, the
// server on loopback, every bound finite.
func TestDefaultsAreSafe(t *testing.T) {
	c := parse(t, config.Repository, "targets:\n- {name: a, driver: kubernetes, path: x}\n")
	target := c.Targets[0]
	if target.Mode != reconcile.ModeFlag || target.Prune || target.OnBlock != reconcile.OnBlockResource || target.Settings == nil {
		t.Errorf("target is not safe by default: %+v", target)
	}
	if target.HealthTimeout <= 0 || target.Interval <= 0 || c.Limits.RunTimeout <= 0 || c.Limits.EvaluationTimeout <= 0 || c.Limits.MaxFileSize <= 0 {
		t.Errorf("a bound is missing: %+v %+v", target, c.Limits)
	}
	if c.Limits.MaxDelete != (reconcile.Limit{Percent: 10}) {
		t.Errorf("MaxDelete is %+v, want 10%%", c.Limits.MaxDelete)
	}
	if c.Server.Listen != "127.0.0.1:7788" || c.Server.AllowRemote {
		t.Errorf("the server is %+v, want it on loopback alone", c.Server)
	}
	if !c.Policies.Builtin || c.Policies.Categories != nil || c.Policies.Profile != "starter" {
		t.Errorf("policies are %+v, want the whole library, profile starter", c.Policies)
	}
}

func TestStatePaths(t *testing.T) {
	for text, want := range map[string]string{
		"sqlite:///var/lib/x.db": "/var/lib/x.db",
		"sqlite://state.db":      "/base/state.db",
		"state.db":               "/base/state.db",
		"/var/lib/x.db":          "/var/lib/x.db",
	} {
		c, err := config.Parse("c.yaml", []byte("state: "+text), config.ParseOptions{Role: config.Both, Dir: "/base"})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if c.State != want {
			t.Errorf("state %s is the file %q, want %q", text, c.State, want)
		}
	}
}

func TestGitURLs(t *testing.T) {
	for text, want := range map[string]string{
		"https://git.example.com/a.git":   "https://git.example.com/a.git",
		"ssh://git@git.example.com/a.git": "ssh://git@git.example.com/a.git",
		"git@git.example.com:acme/a.git":  "git@git.example.com:acme/a.git",
		"file:///srv/git/a":               "file:///srv/git/a",
		"../infra":                        "/infra",
		"/srv/git/a":                      "/srv/git/a",
	} {
		c, err := config.Parse("c.yaml", []byte("source: {git: {url: '"+text+"'}}"), config.ParseOptions{Role: config.Operator, Dir: "/base"})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := c.Source.Git.URL; got != want {
			t.Errorf("URL %s is %q, want %q", text, got, want)
		}
	}
}

func TestNoSecretInURL(t *testing.T) {
	for _, text := range []string{
		"https://bot:hunter2@git.example.com/a.git",
		"https://hunter2@git.example.com/a.git",
		"ssh://git:hunter2@git.example.com/a.git",
		"git:hunter2@git.example.com:acme/a.git",
		"https://bot:hunter2%zz@git.example.com/a.git",
	} {
		content := []byte("source: {git: {url: '" + text + "'}}")
		_, err := config.Parse("c.yaml", content, config.ParseOptions{Role: config.Operator})
		checkProblems(t, err, "c.yaml", content)
	}
}

// The same folder may go to two places; only to the same place twice it may not.
func TestSamePathTwoDestinations(t *testing.T) {
	c := parse(t, config.Both, `
targets:
- {name: east, driver: kubernetes, path: clusters, settings: {context: east}}
- {name: west, driver: kubernetes, path: clusters, settings: {context: west}}
`)
	if len(c.Targets) != 2 {
		t.Errorf("got %d targets, want 2", len(c.Targets))
	}
}

func TestBounds(t *testing.T) {
	deep := strings.Repeat("{a: ", 200) + "1" + strings.Repeat("}", 200)
	var bomb strings.Builder
	bomb.WriteString("policies:\n  params:\n    a: &a [1,1,1,1,1,1,1,1,1,1]\n")
	for r := 'b'; r <= 'j'; r++ {
		bomb.WriteString("    " + string(r) + ": &" + string(r) + " [" + strings.Repeat("*"+string(r-1)+",", 9) + "*" + string(r-1) + "]\n")
	}
	for _, test := range []struct{ name, content, want string }{
		{"too large", "# " + strings.Repeat("x", 1<<20), "at most 1048576"},
		{"too deep", "policies: {params: " + deep + "}", "nested more than 100 deep"},
		{"alias bomb", bomb.String(), "more than 100000 values"},
		{"not UTF-8", "waivers:\n- \xff\xfe\n", "UTF-8"},
		{"a zero byte", "waivers:\n- a\x00b\n", "UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Parse("c.yaml", []byte(test.content), config.ParseOptions{Role: config.Both})
			checkProblems(t, err, "c.yaml", []byte(test.content))
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

// A driver is asked about settings only after its schema has passed them.
func TestPermitsSeesValidSettingsOnly(t *testing.T) {
	kinds := testDrivers()
	kinds[0].Permits = func(settings, _ map[string]any) bool {
		if _, ok := settings["root"].(string); !ok {
			t.Errorf("the driver was shown %v", settings)
		}
		return true
	}
	text := "destinations: [{driver: host, root: /srv}]\ntargets: [{name: a, driver: host, path: a, settings: {root: 5}}]\n"
	_, err := config.Parse("c.yaml", []byte(text), config.ParseOptions{Role: config.Both, Drivers: kinds})
	checkProblems(t, err, "c.yaml", []byte(text))
}

func TestBrokenDriverSchema(t *testing.T) {
	broken := []drivers.Kind{{Name: "host", Schema: []byte(`{"type": 5}`)}}
	_, err := config.Parse("c.yaml", []byte("targets: []"), config.ParseOptions{Drivers: broken})
	var problems resource.Problems
	if err == nil || errors.As(err, &problems) {
		t.Errorf("got %v, want an error that is no mistake of the user's", err)
	}
}
