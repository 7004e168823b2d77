package config_test

import (
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
)

// Credentials are those of the longest entry that an address is within, and
// one without any takes its part out.
func TestTheLongestRemoteDecides(t *testing.T) {
	c := parse(t, config.Operator, source+`remotes:
- {url: "https://git.example.com", tokenEnv: ALL}
- {url: "https://git.example.com/acme/", tokenEnv: ACME}
- {url: "https://git.example.com/acme/base", tokenEnv: BASE}
- https://git.example.com/acme/open
- {url: "oci://r.example.com/charts", tokenEnv: CHARTS}
- {url: "oci://r.example.com:443/charts/web", tokenEnv: WEB}
`)
	for address, want := range map[string]string{
		"https://git.example.com/other":            "ALL",
		"https://git.example.com/acme/base":        "BASE",
		"https://git.example.com/acme/base.git":    "BASE",
		"https://git.example.com/acme/base/.git":   "BASE",
		"https://git.example.com/acme/based":       "ACME",
		"https://git.example.com/acme/open/x":      "",
		"https://GIT.example.com:443/acme/x":       "ACME",
		"https://git.example.com:8443/acme/x":      "none",
		"https://git.example.com.evil.example/x":   "none",
		"https://git.example.com/acme/../x":        "none",
		"oci://r.example.com/charts/other:1":       "CHARTS",
		"oci://r.example.com/charts/web:1.0":       "WEB",
		"oci://r.example.com/charts/web2:1.0":      "CHARTS",
		"oci://r.example.com:443/charts/web/sub:1": "WEB",
		"https://r.example.com/charts/web":         "none",
	} {
		remote, found := c.RemoteOfRepository(address)
		got := remote.Auth.TokenEnv
		if !found {
			got = "none"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if remote, _ := c.RemoteOf("https://git.example.com/acme/base.git"); remote.Auth.TokenEnv != "ACME" {
		t.Errorf("the address of a chart is taken for a repository's: %+v", remote)
	}
}

// A file that was found may be that of a change under review: no secret is sent
// where it says, and what it says without one counts.
func TestConfineTakesCredentialsAway(t *testing.T) {
	c := parse(t, config.Both, `remotes:
- https://a.example.com
- {url: "https://b.example.com", tokenEnv: CI_TOKEN}
- {url: "https://c.example.com", caFile: ca.pem}
- {url: "https://d.example.com"}
`)
	problems := c.Confine()
	if len(problems) != 2 || problems[0].Location.Line != 3 || problems[1].Location.Line != 4 || !strings.Contains(problems[0].Msg, "given with --config") {
		t.Errorf("got %v", problems)
	}
	for address, want := range map[string]bool{"https://a.example.com/x": true, "https://b.example.com/x": false, "https://c.example.com/x": false, "https://d.example.com/x": true} {
		if remote, found := c.RemoteOf(address); found != want || remote.Auth != (config.FetchAuth{}) {
			t.Errorf("%s: %+v, %v", address, remote, found)
		}
	}
}
