package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

const source = "source: {git: {url: https://git.example.com/a.git}}\n"

func merge(t *testing.T, operator, repository string) (*config.Config, error) {
	t.Helper()
	o, err := config.Parse("op.yaml", []byte(source+operator), config.ParseOptions{Role: config.Operator, Drivers: testDrivers()})
	if err != nil {
		t.Fatalf("the operator's file: %v", err)
	}
	return config.Merge(o, parse(t, config.Repository, repository))
}

func TestMergeTightens(t *testing.T) {
	tests := []struct {
		name, operator, repository string
		want                       func(*config.Config) any
		is                         any
	}{
		{
			"categories are united",
			"policies: {builtin: [security]}", "policies: {builtin: [dr]}",
			func(c *config.Config) any { return c.Policies.Categories },
			[]string{"dr", "security"},
		},
		{
			"all categories and some are all",
			"policies: {builtin: true}", "policies: {builtin: [dr]}",
			func(c *config.Config) any { return c.Policies.Categories },
			[]string(nil),
		},
		{
			"the library cannot be switched off",
			"policies: {builtin: [security]}", "policies: {builtin: false}",
			func(c *config.Config) any { return c.Policies.Categories },
			[]string{"security"},
		},
		{
			"nor where the operator named a profile only",
			"policies: {profile: strict}", "policies: {builtin: []}",
			func(c *config.Config) any { return c.Policies.Builtin },
			true,
		},
		{
			"an operator without policies leaves the library to the repository",
			"", "policies: {builtin: false}",
			func(c *config.Config) any { return c.Policies.Builtin },
			false,
		},
		{
			"the repository may switch the library on",
			"policies: {builtin: false}", "policies: {builtin: [dr]}",
			func(c *config.Config) any { return c.Policies.Categories },
			[]string{"dr"},
		},
		{
			"what the repository does not say stays the operator's",
			"policies: {builtin: [security]}", "targets: []",
			func(c *config.Config) any { return c.Policies.Categories },
			[]string{"security"},
		},
		{
			"a stricter profile holds",
			"policies: {profile: recommended}", "policies: {profile: strict}",
			func(c *config.Config) any { return c.Policies.Profile },
			"strict",
		},
		{
			"a looser profile does not",
			"policies: {profile: recommended}", "policies: {profile: starter}",
			func(c *config.Config) any { return c.Policies.Profile },
			"recommended",
		},
		{
			"a smaller limit holds",
			"limits: {maxDelete: 20%}", "limits: {maxDelete: 5%}",
			func(c *config.Config) any { return c.Limits.MaxDelete },
			reconcile.Limit{Percent: 5},
		},
		{
			"a limit that is not given stays the operator's",
			"limits: {maxDelete: 3}", "limits: {}",
			func(c *config.Config) any { return c.Limits.MaxDelete },
			reconcile.Limit{Count: 3},
		},
		{
			"policies of both",
			"policies: {paths: [/etc/policies, shared]}", "policies: {paths: [shared, own]}",
			func(c *config.Config) any { return c.Policies.Paths },
			[]string{"/etc/policies", "shared", "own"},
		},
		{
			"params of both",
			"policies: {params: {a: {x: 1}, b: 2}}", "policies: {params: {a: {y: 3}, b: 2, c: 4}}",
			func(c *config.Config) any { return c.Policies.Params },
			map[string]any{"a": map[string]any{"x": int64(1), "y": int64(3)}, "b": int64(2), "c": int64(4)},
		},
		{
			"params of a target, and what the operator has set within them",
			"destinations: [{driver: host, root: /srv}]\npolicies: {params: {a: {x: 1}, b: 2, d: {y: 1}}}",
			"targets: [{name: web, driver: host, path: web, settings: {root: /srv/web}, params: {a: {y: 3}, b: 2, c: 4}}]",
			func(c *config.Config) any { return []any{c.Targets[0].Params, c.Policies.Params} },
			[]any{
				map[string]any{"a": map[string]any{"x": int64(1), "y": int64(3)}, "b": int64(2), "c": int64(4)},
				map[string]any{"a": map[string]any{"x": int64(1)}, "b": int64(2), "d": map[string]any{"y": int64(1)}},
			},
		},
		{
			"waivers, approvals and exclusions of both",
			"waivers: [/etc/w]\napprovals: [a]\nexclude: [x]", "waivers: [w]\napprovals: [b]\nexclude: [y]",
			func(c *config.Config) any { return [][]string{c.Waivers, c.Approvals, c.Exclude} },
			[][]string{{"/etc/w", "w"}, {"a", "b"}, {"x", "y"}},
		},
		{
			"the source stays the operator's",
			"", "targets: []",
			func(c *config.Config) any { return c.Source.Git.URL },
			"https://git.example.com/a.git",
		},
		{
			"a target within a destination",
			"destinations: [{driver: host, root: /opt}, {driver: host, root: /srv}]",
			"targets: [{name: web, driver: host, path: web, mode: apply, settings: {root: /srv/web}}]",
			func(c *config.Config) any { return c.Targets[0].Name },
			"web",
		},
		{
			"an operator with targets stands alone",
			"targets: [{name: mine, driver: kubernetes, path: x}]", "targets: [{name: theirs, driver: host, path: x, settings: {root: /}}]",
			func(c *config.Config) any { return len(c.Targets) == 1 && c.Targets[0].Name == "mine" },
			true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := merge(t, test.operator, test.repository)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.is, test.want(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergeRefusesToLoosen(t *testing.T) {
	tests := []struct{ name, operator, repository, want string }{
		{
			"a larger share", "limits: {maxDelete: 10%}", "limits:\n  maxDelete: 11%",
			"holdfast.yaml:2:14: limits.maxDelete: looser than the operator's limit of 10%; the repository may only tighten it",
		},
		{
			"a share beyond the default", "", "limits:\n  maxDelete: 50%",
			"holdfast.yaml:2:14: limits.maxDelete: looser than the operator's limit of 10%; the repository may only tighten it",
		},
		{
			"a larger number", "limits: {maxDelete: 3}", "limits:\n  maxDelete: 4",
			"holdfast.yaml:2:14: limits.maxDelete: looser than the operator's limit of 3; the repository may only tighten it",
		},
		{
			"a number against a share", "limits: {maxDelete: 10%}", "limits:\n  maxDelete: 1",
			"holdfast.yaml:2:14: limits.maxDelete: the operator's limit is 10%; a tighter one is of the same form",
		},
		{
			"another value of a parameter", "policies: {params: {a: {x: 1}, b: [1]}}", "policies:\n  params:\n    a:\n      x: 2\n    b: {}",
			"holdfast.yaml:4:7: policies.params.a.x: the operator has set this parameter; it cannot be changed here\n" +
				"holdfast.yaml:5:5: policies.params.b: the operator has set this parameter; it cannot be changed here",
		},
		{
			"another value of a parameter for a target", "destinations: [{driver: host, root: /srv}]\npolicies: {params: {a: {x: 1}, b: [1]}}",
			"targets:\n- {name: one, driver: host, path: one, settings: {root: /srv/one}}\n" +
				"- name: two\n  driver: host\n  path: two\n  settings: {root: /srv/two}\n  params:\n    a: {x: 2}\n    b: []\n    c: 1",
			"holdfast.yaml:8:9: targets[1].params.a.x: the operator has set this parameter; it cannot be changed here\n" +
				"holdfast.yaml:9:5: targets[1].params.b: the operator has set this parameter; it cannot be changed here",
		},
		{
			"no destinations", "", "targets:\n- {name: web, driver: host, path: web, settings: {root: /srv/web}}",
			`holdfast.yaml:2:3: target "web": its destination is not allowed; to allow it, add to destinations in op.yaml: {driver: host, root: "/srv/web"}`,
		},
		{
			"another destination", "destinations: [{driver: host, root: /srv}]", "targets:\n- {name: web, driver: host, path: web, settings: {root: /srvx}}",
			`holdfast.yaml:2:3: target "web": its settings are not within any destination of driver host that op.yaml allows; to allow them, add there: {driver: host, root: "/srvx"}`,
		},
		{
			"another driver's destination", "destinations: [{driver: host, root: /srv}]", "targets:\n- {name: k, driver: kubernetes, path: k}",
			`holdfast.yaml:2:3: target "k": its destination is not allowed; to allow it, add to destinations in op.yaml: {driver: kubernetes}`,
		},
		{
			"a driver that cannot tell", "destinations: [{driver: terraform}]", "targets:\n- {name: t, driver: terraform, path: t}",
			`holdfast.yaml:2:3: target "t": driver "terraform" cannot be kept within a destination, so its targets belong into the operator's file, without destinations`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := merge(t, test.operator, test.repository)
			var problems resource.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v and %v, want problems", c, err)
			}
			if diff := cmp.Diff(strings.Split(test.want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A file that was read with more rights than the repository has must not come
// in as the repository's.
func TestMergeAsksForTheRole(t *testing.T) {
	for _, role := range []config.Role{config.Operator, config.Both} {
		if _, err := config.Merge(parse(t, config.Operator, source), parse(t, role, source)); err == nil {
			t.Errorf("a file read with role %d was merged as the repository's", role)
		}
	}
}

func TestMergeWithoutRepositoryFile(t *testing.T) {
	c, err := config.Merge(parse(t, config.Operator, source+"policies: {profile: strict}"), nil)
	if err != nil || c.Policies.Profile != "strict" {
		t.Errorf("got %+v, %v", c, err)
	}
}

// The operator's scopes bound what the repository keeps there, and what it keeps
// elsewhere is refused; a repository may bound more, and never less.
func TestMergeBoundsWaivers(t *testing.T) {
	bounds := func(c *config.Config, file string) []string {
		var all []string
		for _, bound := range c.Bounds(file) {
			all = append(all, bound.String())
		}
		return all
	}
	merged, err := merge(t, "waivers: [waivers, {path: teams/a/waivers/, scope: teams/a/}, /etc/holdfast/waivers]",
		"waivers: [teams/a/waivers/, {path: teams/a/waivers/old, scope: [teams/b, teams/a/web]}, {path: waivers/own, scope: .}]")
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{
		"teams/a/waivers/x.yaml":       {"teams/a"},
		"teams/a/waivers/old/x.yaml":   {"teams/a", "teams/b, teams/a/web"},
		"teams/a/waivers2/x.yaml":      nil,
		"waivers/x.yaml":               nil,
		"waivers/own/x.yaml":           {"."},
		"/etc/holdfast/waivers/x.yaml": nil,
	} {
		if diff := cmp.Diff(want, bounds(merged, file)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
	if diff := cmp.Diff([]string{"waivers", "teams/a/waivers", "/etc/holdfast/waivers", "teams/a/waivers/old", "waivers/own"}, merged.Waivers); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	if at := merged.PathAt("waivers", "waivers/own"); at.File != "holdfast.yaml" || at.Line != 1 {
		t.Errorf("waivers/own is at %s", at)
	}

	_, err = merge(t, "waivers: [{path: teams/a/waivers/, scope: teams/a/}]", "waivers:\n  - teams/a/waivers/x\n  - {path: free, scope: .}\n  - .\n")
	var problems resource.Problems
	if !errors.As(err, &problems) || len(problems) != 2 || problems[0].Location.Line != 3 || problems[1].Location.Line != 4 {
		t.Errorf("waivers elsewhere: %v", err)
	}
	if err != nil && !strings.Contains(err.Error(), "op.yaml has scopes for waivers, so they are kept at or below what it names (teams/a/waivers); free is not") {
		t.Errorf("it says %v", err)
	}
}

// The operator's bundles stay, and the repository adds its own, confined.
func TestMergeBundles(t *testing.T) {
	const digest = "sha256:0123456789012345678901234567890123456789012345678901234567890123"
	merged, err := merge(t, "policies: {bundles: [{url: 'https://a.example.com/a.tar.gz', key: /k.pem, tokenEnv: TOKEN}]}",
		"policies: {bundles: ['oci://b.example.com/b@"+digest+"', vendor/c.tar.gz]}")
	if err != nil {
		t.Fatal(err)
	}
	bundles := merged.Policies.Bundles
	for i := range bundles {
		bundles[i].At = resource.Location{}
	}
	want := []config.Bundle{
		{URL: "https://a.example.com/a.tar.gz", Key: "/k.pem", Auth: config.FetchAuth{TokenEnv: "TOKEN"}},
		{URL: "oci://b.example.com/b", Digest: digest, Confined: true},
		{URL: "vendor/c.tar.gz", Confined: true},
	}
	if diff := cmp.Diff(want, bundles); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is kept on the machine is no part of the source, not even of all of it.
func TestBoundsOfAbsolutePaths(t *testing.T) {
	c := parse(t, config.Both, "waivers: [{path: ., scope: teams}, {path: /etc/holdfast/waivers, scope: teams/a}]")
	for file, want := range map[string]int{"x.yaml": 1, "etc/holdfast/waivers/x.yaml": 1, "/etc/holdfast/waivers/x.yaml": 1, "/etc/other/x.yaml": 0} {
		if got := c.Bounds(file); len(got) != want {
			t.Errorf("%s is within %v", file, got)
		}
	}
}
