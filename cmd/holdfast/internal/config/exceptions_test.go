package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/cmd/holdfast/internal/config"
	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func TestParseWaivers(t *testing.T) {
	got, err := config.ParseWaivers("waivers/shop.yaml", []byte(`# the shop's
waivers:
  - rule: dr/replicas
    resource: {target: prod, kind: Deployment, namespace: shop, name: "legacy-*"}
    reason: one is enough until the move
    owner: team-shop@example.com
    created: 2026-11-01
    expires: 2026-12-31
  - rule: security/privileged
    resource:
      name: agent
    reason: it needs the host's network
    owner: kim
    expires: "2028-02-28"
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []policy.Waiver{
		{
			Rule: "dr/replicas", Resource: policy.Selector{Target: "prod", Kind: "Deployment", Namespace: "shop", Name: "legacy-*"},
			Reason: "one is enough until the move", Owner: "team-shop@example.com", Created: "2026-11-01", Expires: "2026-12-31",
			Ends: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), File: "waivers/shop.yaml:3",
			At:     resource.Location{File: "waivers/shop.yaml", Line: 3, Column: 5},
			RuleAt: resource.Location{File: "waivers/shop.yaml", Line: 3, Column: 11},
		},
		{
			Rule: "security/privileged", Resource: policy.Selector{Name: "agent"},
			Reason: "it needs the host's network", Owner: "kim", Expires: "2028-02-28",
			Ends: time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC), File: "waivers/shop.yaml:9",
			At:     resource.Location{File: "waivers/shop.yaml", Line: 9, Column: 5},
			RuleAt: resource.Location{File: "waivers/shop.yaml", Line: 9, Column: 11},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseApprovals(t *testing.T) {
	got, err := config.ParseApprovals("approvals/one.yaml", []byte(`
approvals:
- target: prod
  digest: sha256:0f3a
  owner: kim
  reason: the old shop is gone
  expires: 2026-12-31
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []policy.Approval{{
		Target: "prod", Digest: "sha256:0f3a", Owner: "kim", Reason: "the old shop is gone", Expires: "2026-12-31",
		Ends: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), File: "approvals/one.yaml:3",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Dates that other readers take in another way must not be guessed at.
func TestDatesAreFullDates(t *testing.T) {
	for date, want := range map[string]bool{
		"2026-12-31": true, "2028-02-29": true, "9999-12-31": true,
		"2027-02-29": false, "2026-13-01": false, "2026-00-10": false, "2026-1-1": false, "26-01-01": false, "20260101": false,
		"2026-12-31T00:00:00Z": false, "2026/12/31": false, "12.31.2026": false, "2026-12": false, "~": false, `""`: false, "[2026-12-31]": false,
	} {
		text := "approvals: [{target: a, digest: b, owner: c, reason: d, expires: " + date + "}]\n"
		_, err := config.ParseApprovals("a.yaml", []byte(text))
		if (err == nil) != want {
			t.Errorf("date %s: %v, want it taken: %v", date, err, want)
		}
		if err != nil {
			checkProblems(t, err, "a.yaml", []byte(text))
		}
	}
}
