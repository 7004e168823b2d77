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
