package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// What may be fetched ends at the borders of a path's steps, and no way of
// writing an address leads around them.
func TestAllows(t *testing.T) {
	c := parse(t, config.Operator, source+"remotes: ['https://charts.example.com/stable', 'oci://registry.example.com/charts/web', 'oci://Registry.example.com/team/', 'https://all.example.com']")
	for address, want := range map[string]bool{
		"https://charts.example.com/stable":                    true,
		"https://charts.example.com/stable/web-1.tgz":          true,
		"https://CHARTS.example.com/stable/a/b/web-1.tgz":      true,
		"https://charts.example.com/stable2/web-1.tgz":         false,
		"https://charts.example.com/Stable/web-1.tgz":          false,
		"https://charts.example.com/stable:1/web-1.tgz":        false,
		"https://charts.example.com/stable/../x/web-1.tgz":     false,
		"https://charts.example.com/stable/%2e%2e/x/web-1.tgz": false,
		"https://charts.example.com/stable/..%2fx/web-1.tgz":   false,
		"https://charts.example.com/stable/web-1.tgz?to=x":     false,
		"https://charts.example.com.evil.example/stable/x.tgz": false,
		"https://charts.example.com:8443/stable/web-1.tgz":     false,
		"https://charts.example.com@evil.example/stable/x.tgz": false,
		"http://charts.example.com/stable/web-1.tgz":           false,
		"oci://charts.example.com/stable/web":                  false,
		"oci://registry.example.com/charts/web:1.4.2":          true,
		"oci://registry.example.com/charts/web@sha256:00":      true,
		"oci://registry.example.com/charts/web/sub:1":          true,
		"oci://registry.example.com/charts/web2:1":             false,
		"oci://registry.example.com/team/x:1":                  true,
		"oci://registry.example.com/team:1":                    false,
		"https://all.example.com/whatever/it/is-1.tgz":         true,
		"https://all.example.com":                              true,
		"/etc/charts/web-1.tgz":                                false,
		"":                                                     false,
	} {
		if got := c.Allows(address); got != want {
			t.Errorf("%s: allowed is %v, want %v", address, got, want)
		}
	}
	if parse(t, config.Operator, source).Allows("https://charts.example.com/stable/web-1.tgz") {
		t.Error("without remotes something may be fetched")
	}
}

const remoteTarget = `
targets:
- name: web
  driver: kubernetes
  path: web
  render:
    chart: {url: "https://charts.example.com/stable/web-1.tgz", digest: "sha256:0123456789012345678901234567890123456789012345678901234567890123"}
`

func TestMergeHoldsChartsWithinRemotes(t *testing.T) {
	const destination = "destinations: [{driver: kubernetes}]\n"
	c, err := merge(t, destination+"remotes: ['https://charts.example.com/stable']\ndecryption: {ageKeyFile: /k}", remoteTarget)
	if err != nil || !c.Allows(c.Targets[0].Build.Chart.URL) || len(c.Decryption) != 1 || c.Decryption[0].AgeKeyFile != "/k" {
		t.Fatalf("got %+v, %v", c, err)
	}
	for operator, want := range map[string]string{
		"": "holdfast.yaml:7:18: targets[0].render.chart.url: it is not within what op.yaml allows to be fetched; to allow it, add to remotes there: https://charts.example.com/stable",
		"remotes: ['https://charts.example.com/other']": "add to remotes there: https://charts.example.com/stable",
	} {
		_, err := merge(t, destination+operator, remoteTarget)
		var problems resource.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(err.Error(), want) {
			t.Errorf("operator %q: got %v, want %s", operator, err, want)
		}
	}
}

// The repository's own file is read by `check` without the operator's beside
// it; a chart that it names is then no mistake, and nothing is fetched.
func TestChartsWithoutOperator(t *testing.T) {
	c := parse(t, config.Both, remoteTarget)
	if c.Allows(c.Targets[0].Build.Chart.URL) {
		t.Error("what nobody allowed may be fetched")
	}
}

// Whoever proposes a change must not choose the keys of the machine on which it is checked.
func TestConfineTakesKeysAway(t *testing.T) {
	c := parse(t, config.Both, "decryption: {ageKeyFile: /root/age.key}\nremotes: ['https://charts.example.com']\n")
	problems := c.Confine()
	if len(problems) != 1 || problems[0].Location.Line != 1 || c.Decryption != nil || !c.Confined {
		t.Errorf("problems %v, decryption %+v, confined %v", problems, c.Decryption, c.Confined)
	}
	if problems := parse(t, config.Both, "remotes: ['https://charts.example.com']\n").Confine(); len(problems) > 0 {
		t.Errorf("remotes alone: %v", problems)
	}
}

// One folder may hold a chart that is installed twice.
func TestSamePathTwoBuilds(t *testing.T) {
	c := parse(t, config.Both, `
targets:
- {name: east, driver: kubernetes, path: chart, render: {chart: {release: east}}}
- {name: west, driver: kubernetes, path: chart, render: {chart: {release: west}}}
`)
	if len(c.Targets) != 2 {
		t.Errorf("got %d targets, want 2", len(c.Targets))
	}
}

// Keys may be for some folders each; relative files are those beside the configuration.
func TestKeysWithScopes(t *testing.T) {
	c := parse(t, config.Both, "decryption:\n- {ageKeyFile: /k/a.key, scope: teams/a/}\n- {pgpKeyFile: /k/b.asc, scope: [teams/b, shared/b/]}\n")
	want := []config.Decryption{
		{AgeKeyFile: "/k/a.key", Scope: []string{"teams/a"}}, {PGPKeyFile: "/k/b.asc", Scope: []string{"teams/b", "shared/b"}},
	}
	if diff := cmp.Diff(want, c.Decryption); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c = parse(t, config.Both, "decryption: {ageKeyFile: /k/a.key, scope: teams/a/}")
	if diff := cmp.Diff(want[:1], c.Decryption); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if problems := c.Confine(); len(problems) != 1 || len(c.Decryption) > 0 {
		t.Errorf("a file that was found keeps them: %v", problems)
	}
}
