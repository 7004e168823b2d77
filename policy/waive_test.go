package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ends is the end of a day in 2026, as a waiver that expires on it ends.
func ends(month time.Month, day int) time.Time {
	return time.Date(2026, month, day+1, 0, 0, 0, 0, time.UTC)
}

func web() *resource.ID {
	return &resource.ID{Target: "prod", APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web-blue"}
}

// Which findings a selector covers.
func TestWaiveSelects(t *testing.T) {
	onWeb := policy.Finding{Rule: "a/b", Target: "prod", Resource: web()}
	onTarget := policy.Finding{Rule: "a/b", Target: "prod"}
	tests := []struct {
		name     string
		rule     string
		selector policy.Selector
		finding  policy.Finding
		want     bool
	}{
		{"by name", "a/b", policy.Selector{Name: "web-blue"}, onWeb, true},
		{"by all", "a/b", policy.Selector{Target: "prod", Kind: "Deployment", Namespace: "shop", Name: "web-blue"}, onWeb, true},
		{"by group and kind", "a/b", policy.Selector{Kind: "apps/Deployment"}, onWeb, true},
		{"another group", "a/b", policy.Selector{Kind: "example.com/Deployment"}, onWeb, false},
		{"another kind", "a/b", policy.Selector{Kind: "StatefulSet", Name: "web-blue"}, onWeb, false},
		{"another namespace", "a/b", policy.Selector{Namespace: "shop2", Name: "web-blue"}, onWeb, false},
		{"another target", "a/b", policy.Selector{Target: "stage", Name: "web-blue"}, onWeb, false},
		{"another name", "a/b", policy.Selector{Name: "web"}, onWeb, false},
		{"another rule", "a/c", policy.Selector{Name: "web-blue"}, onWeb, false},
		{"a part of the rule's id", "a", policy.Selector{Name: "web-blue"}, onWeb, false},
		{"rules have no wildcard", "*", policy.Selector{Name: "web-blue"}, onWeb, false},
		{"wildcard at the end", "a/b", policy.Selector{Name: "web-*"}, onWeb, true},
		{"wildcard at the start", "a/b", policy.Selector{Name: "*-blue"}, onWeb, true},
		{"wildcards around", "a/b", policy.Selector{Name: "*b-b*"}, onWeb, true},
		{"wildcards in order", "a/b", policy.Selector{Name: "w*b*e"}, onWeb, true},
		{"wildcards in another order", "a/b", policy.Selector{Name: "w*u*l*e"}, onWeb, false},
		{"parts that overlap", "a/b", policy.Selector{Name: "web-b*-blue"}, onWeb, false},
		{"no other wildcard", "a/b", policy.Selector{Name: "web-[a-z]lue"}, onWeb, false},
		{"wildcard in the namespace", "a/b", policy.Selector{Namespace: "sh*"}, onWeb, true},
		{"empty selector", "a/b", policy.Selector{}, onWeb, false},
		{"target of a finding without resource", "a/b", policy.Selector{Target: "prod"}, onTarget, true},
		{"name for a finding without resource", "a/b", policy.Selector{Target: "prod", Name: "*"}, onTarget, false},
		{"namespace for a finding without resource", "a/b", policy.Selector{Namespace: "*"}, onTarget, false},
		{"finding of the snapshot", "a/b", policy.Selector{Target: "*"}, policy.Finding{Rule: "a/b"}, true},
		{"rule error", policy.RuleError, policy.Selector{Name: "*"}, policy.Finding{Rule: policy.RuleError, Target: "prod", Resource: web()}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := []policy.Finding{test.finding}
			waiver := policy.Waiver{Rule: test.rule, Resource: test.selector, Ends: ends(12, 31), Reason: "r", Owner: "o", Expires: "2026-12-31", File: "w.yaml:1"}
			uses := policy.Waive(findings, []policy.Waiver{waiver}, ends(6, 30))
			if got := findings[0].Waived != nil; got != test.want || findings[0].Blocks() == test.want {
				t.Fatalf("waived is %v, want %v", got, test.want)
			}
			want := policy.WaiverUse{Waiver: waiver, State: policy.WaiverUnused}
			if test.want {
				want.State, want.Findings = policy.WaiverUsed, 1
				if diff := cmp.Diff(&policy.Waived{By: "waiver", Reason: "r", Owner: "o", Expires: "2026-12-31", File: "w.yaml:1"}, findings[0].Waived); diff != "" {
					t.Errorf("waived (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff([]policy.WaiverUse{want}, uses); diff != "" {
				t.Errorf("use (-want +got):\n%s", diff)
			}
		})
	}
}

// A waiver holds until the end of its last day, UTC, whatever the clock's zone.
func TestWaiveEnds(t *testing.T) {
	end := ends(11, 22)
	east := time.FixedZone("east", 9*3600)
	tests := []struct {
		name string
		now  time.Time
		want policy.WaiverState
	}{
		{"more than 14 days before", end.Add(-policy.ExpiresSoon - 1), policy.WaiverUsed},
		{"14 days before", end.Add(-policy.ExpiresSoon), policy.WaiverExpiring},
		{"the last instant", end.Add(-1), policy.WaiverExpiring},
		{"the last instant elsewhere", end.Add(-1).In(east), policy.WaiverExpiring},
		{"the first instant after", end, policy.WaiverExpired},
		{"the first instant after elsewhere", end.In(east), policy.WaiverExpired},
		{"long after", end.AddDate(1, 0, 0), policy.WaiverExpired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := []policy.Finding{{Rule: "a/b", Target: "prod", Resource: web()}}
			uses := policy.Waive(findings, []policy.Waiver{{Rule: "a/b", Resource: policy.Selector{Name: "web-blue"}, Ends: end}}, test.now)
			if uses[0].State != test.want {
				t.Errorf("state is %s, want %s", uses[0].State, test.want)
			}
			if waived := findings[0].Waived != nil; waived != (test.want != policy.WaiverExpired) {
				t.Errorf("waived is %v", waived)
			}
		})
	}
	// One without an end, as the zero value has, is long expired.
	if uses := policy.Waive(nil, []policy.Waiver{{Rule: "a/b"}}, end); uses[0].State != policy.WaiverExpired {
		t.Errorf("the state of a waiver without end is %s", uses[0].State)
	}
}

// Of several, the one that ends last is named, and each is counted.
func TestWaiveSeveral(t *testing.T) {
	findings := []policy.Finding{{Rule: "a/b", Target: "prod", Resource: web()}, {Rule: "a/b", Target: "stage", Resource: &resource.ID{Target: "stage", Kind: "Pod", Name: "x"}}}
	waivers := []policy.Waiver{
		{Rule: "a/b", Resource: policy.Selector{Name: "*"}, Ends: ends(10, 1), Owner: "short"},
		{Rule: "a/b", Resource: policy.Selector{Name: "web-blue"}, Ends: ends(12, 1), Owner: "long"},
		{Rule: "a/b", Resource: policy.Selector{Name: "*"}, Ends: ends(1, 1), Owner: "over"},
	}
	uses := policy.Waive(findings, waivers, ends(6, 1))
	if findings[0].Waived.Owner != "long" || findings[1].Waived.Owner != "short" {
		t.Errorf("waived by %s and %s, want long and short", findings[0].Waived.Owner, findings[1].Waived.Owner)
	}
	if uses[0].Findings != 2 || uses[1].Findings != 1 || uses[2].Findings != 0 || uses[2].State != policy.WaiverExpired {
		t.Errorf("uses are %+v", uses)
	}
}

// A waiver of a team covers what is written below the team's paths, whatever
// its selector says, and what it leaves is told.
func TestWaiveWithinBounds(t *testing.T) {
	of := func(file string) policy.Finding {
		f := policy.Finding{Rule: "a/b", Target: "prod", Resource: web()}
		if file != "" {
			f.Subject = &resource.Resource{ID: *web(), Origin: resource.Origin{File: file}}
		}
		return f
	}
	teamA := policy.Bound{Paths: []string{"teams/a", "shared/a.yaml"}, At: resource.Location{File: "holdfast.yaml", Line: 3}}
	tests := []struct {
		name   string
		bounds []policy.Bound
		file   string
		want   bool
	}{
		{"no bound", nil, "teams/b/x.yaml", true},
		{"no bound and no file", nil, "", true},
		{"below", []policy.Bound{teamA}, "teams/a/x.yaml", true},
		{"further below", []policy.Bound{teamA}, "teams/a/b/c/x.yaml", true},
		{"the file itself", []policy.Bound{teamA}, "shared/a.yaml", true},
		{"another team", []policy.Bound{teamA}, "teams/b/x.yaml", false},
		{"a name that begins alike", []policy.Bound{teamA}, "teams/ab/x.yaml", false},
		{"a folder of that name elsewhere", []policy.Bound{teamA}, "old/teams/a/x.yaml", false},
		{"above", []policy.Bound{teamA}, "teams/x.yaml", false},
		{"no file", []policy.Bound{teamA}, "", false},
		{"all of the source", []policy.Bound{{Paths: []string{"."}}}, "x.yaml", true},
		{"all of the source and no file", []policy.Bound{{Paths: []string{"."}}}, "", false},
		{"nothing", []policy.Bound{{}}, "teams/a/x.yaml", false},
		{"both bounds", []policy.Bound{teamA, {Paths: []string{"teams"}}}, "teams/a/x.yaml", true},
		{"one bound of two", []policy.Bound{{Paths: []string{"teams"}}, teamA}, "teams/b/x.yaml", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := []policy.Finding{of(test.file)}
			waiver := policy.Waiver{Rule: "a/b", Resource: policy.Selector{Name: "web-*"}, Ends: ends(12, 31), Bounds: test.bounds}
			use := policy.Waive(findings, []policy.Waiver{waiver}, ends(6, 30))[0]
			if got := findings[0].Waived != nil; got != test.want {
				t.Fatalf("waived is %v, want %v", got, test.want)
			}
			if waiver.Covers(&policy.Finding{Rule: "a/b", Resource: web(), Subject: findings[0].Subject}, ends(6, 30)) != test.want {
				t.Error("Covers says otherwise")
			}
			if test.want {
				if use.State != policy.WaiverUsed || use.Outside != 0 {
					t.Errorf("it is %s, %d outside", use.State, use.Outside)
				}
				return
			}
			if use.State != policy.WaiverUnused || use.Outside != 1 || use.Findings != 0 {
				t.Errorf("it is %s, with %d findings and %d outside", use.State, use.Findings, use.Outside)
			}
			if beyond := test.bounds[len(test.bounds)-1]; cmp.Diff(beyond, use.Beyond) != "" {
				t.Errorf("beyond %v, want %v", use.Beyond, beyond)
			}
		})
	}
}

// What an ended waiver would have covered is counted where nothing else covers it.
func TestWaiveMissed(t *testing.T) {
	findings := []policy.Finding{
		{Rule: "a/b", Target: "prod", Resource: web()},
		{Rule: "a/b", Target: "prod", Resource: &resource.ID{Target: "prod", Kind: "Deployment", Name: "web-green"}},
	}
	uses := policy.Waive(findings, []policy.Waiver{
		{Rule: "a/b", Resource: policy.Selector{Kind: "Deployment"}, Ends: ends(5, 1)},
		{Rule: "a/b", Resource: policy.Selector{Name: "web-green"}, Ends: ends(12, 31)},
		{Rule: "a/b", Resource: policy.Selector{Kind: "Deployment"}, Ends: ends(5, 1), Bounds: []policy.Bound{{Paths: []string{"x"}}}},
	}, ends(6, 30))
	var got []int
	for _, use := range uses {
		got = append(got, use.Missed, use.Findings, use.Outside)
	}
	if diff := cmp.Diff([]int{1, 0, 0, 0, 1, 0, 0, 0, 2}, got); diff != "" {
		t.Errorf("missed, covered, outside (-want +got):\n%s", diff)
	}
}

// An exception that a policy itself makes stays one, and a waiver beside it is of no use.
func TestWaiveLeavesExceptions(t *testing.T) {
	findings := []policy.Finding{{Rule: "main.deny", Target: "prod", Resource: web(), Waived: &policy.Waived{By: "exception"}}}
	uses := policy.Waive(findings, []policy.Waiver{{Rule: "main.deny", Resource: policy.Selector{Name: "*"}, Ends: ends(12, 31)}}, ends(6, 30))
	if findings[0].Waived.By != "exception" || uses[0].State != policy.WaiverUnused {
		t.Errorf("waived by %s, the waiver is %s", findings[0].Waived.By, uses[0].State)
	}
}
