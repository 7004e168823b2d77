package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func htmlPage(t *testing.T, audit *reconcile.Audit) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, audit); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// element is one element of a page, with the text in it.
type element struct {
	tag   string
	attrs map[string]string
	text  strings.Builder
}

// elements reads a page strictly: every element that is opened is closed, in
// order. It is in document order.
func elements(t *testing.T, page string) []*element {
	t.Helper()
	void := []string{"meta", "input", "br", "link", "img", "hr"}
	var all, open []*element
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			if tokens.Err() != io.EOF {
				t.Fatal(tokens.Err())
			}
			if len(open) > 0 {
				t.Fatalf("<%s> is never closed", open[len(open)-1].tag)
			}
			return all
		case html.TextToken:
			text := tokens.Token().Data
			for _, e := range open {
				e.text.WriteString(text)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			e := &element{tag: token.Data, attrs: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := e.attrs[a.Key]; twice {
					t.Errorf("<%s> has %s twice", e.tag, a.Key)
				}
				e.attrs[a.Key] = a.Val
			}
			all = append(all, e)
			if kind == html.StartTagToken && !slices.Contains(void, e.tag) {
				open = append(open, e)
			}
		case html.EndTagToken:
			tag := tokens.Token().Data
			if len(open) == 0 || open[len(open)-1].tag != tag {
				t.Fatalf("</%s> closes nothing", tag)
			}
			open = open[:len(open)-1]
		}
	}
}

func TestHTMLGolden(t *testing.T) {
	// The style and the script are files of their own; the page is compared without them.
	inlined := regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>|'sha256-[^']*'|&#39;sha256-.*?&#39;`)
	for name, audit := range map[string]*reconcile.Audit{"audit.html": sampleAudit(), "empty.html": emptyAudit()} {
		golden(t, name, func(w io.Writer) error {
			_, err := io.WriteString(w, inlined.ReplaceAllString(htmlPage(t, audit), "[inlined]"))
			return err
		})
	}
}

func TestHTMLTellsEveryFinding(t *testing.T) {
	audit := sampleAudit()
	byID := map[string]*element{}
	for _, e := range elements(t, htmlPage(t, audit)) {
		byID[e.attrs["id"]] = e
	}
	for i := range audit.Findings {
		f := &audit.Findings[i]
		e := byID[fmt.Sprintf("finding-%d", i+1)]
		if e == nil {
			t.Errorf("finding %d is missing", i+1)
			continue
		}
		for _, want := range []string{f.Msg, f.Location.String(), name(f.Resource), f.Target} {
			if !strings.Contains(e.text.String(), want) {
				t.Errorf("finding %d does not tell %q", i+1, want)
			}
		}
		if group := byID[string(anchor("rule", f.Rule))]; group == nil || !strings.Contains(group.text.String(), f.Rule) || !strings.Contains(group.text.String(), f.Msg) {
			t.Errorf("finding %d is not under its rule %s", i+1, f.Rule)
		}
		for _, line := range audit.Excerpts[i] {
			if !strings.Contains(e.text.String(), line.Text) {
				t.Errorf("finding %d does not show its source line %q", i+1, line.Text)
			}
		}
	}
}

func TestHTMLMarksTheLineOfTheFinding(t *testing.T) {
	var marked []string
	for _, e := range elements(t, htmlPage(t, sampleAudit())) {
		if e.tag == "mark" {
			marked = append(marked, strings.TrimSpace(e.text.String()))
		}
	}
	if !slices.Contains(marked, "4  name: orders-db") {
		t.Errorf("the finding's line is not among the marked: %q", marked)
	}
}

func TestHTMLTellsTheRest(t *testing.T) {
	audit := sampleAudit()
	audit.Errors = []resource.Problem{{Msg: "found a tab where indentation was expected", Location: at("clusters/prod/bad.yaml", 7, 1)}}
	audit.Base = "base-revision"
	page := html.UnescapeString(htmlPage(t, audit))
	for _, want := range []string{
		audit.Source, audit.Revision, audit.Commit.Subject, audit.Commit.Author, "verified: maren@example.com", audit.Tool, "2026-11-22 09:30 UTC", audit.Base,
		"clusters/prod/bad.yaml:7:1", "found a tab", "the identity ConfigMap shop/flags",
		"no credentials for this destination", "destination; root (uid 0), 2026-11-22T08:51:07Z. No new revision", "(sensitive) → (sensitive)", "its password is (sensitive)",
		"clusters/prod/legacy.tpl", "ConfigMap shop/flags", "security/host-network", "spec.backup.destination",
		"The node agent needs the host's devices", "waivers/registry.yaml:9", "expired", "expiring", "used",
		sampleChanges()[4].Approval, "comes from target core", "soc2/A1.2", "policies",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestHTMLVerdict(t *testing.T) {
	deny := reconcile.FindingRecord{Rule: "a/b", Msg: "m"}
	warn, waived := deny, deny
	warn.Decision, waived.Waived = policy.Warn, &policy.Waived{Expires: "2026-12-01"}
	judged := func(findings []reconcile.FindingRecord) reconcile.Report {
		return reconcile.Report{Summary: reconcile.Summary{Resources: 1, Rules: 1}, Findings: findings}
	}
	tests := []struct {
		report           reconcile.Report
		word, says, lack string
	}{
		{reconcile.Report{}, "Nothing judged", "0 resources judged by 0 rules.", "nothing to object to"},
		{judged(nil), "Pass", "nothing to object to", "does not cover"},
		{judged([]reconcile.FindingRecord{warn, waived}), "Pass", "1 finding warns, 1 is waived (expires 2026-12-01)", "does not cover"},
		{reconcile.Report{Findings: []reconcile.FindingRecord{deny, deny, warn}}, "Fail", "2 findings block, 1 warns", "does not cover"},
		{reconcile.Report{Errors: []resource.Problem{{Msg: "m"}}}, "Fail", "1 mistake is to be mended first", "nothing to object to"},
		{reconcile.Report{Errors: []resource.Problem{{Msg: "m", Fault: true}}}, "Incomplete", "1 thing could not be looked at", "mistake"},
		{reconcile.Report{Errors: []resource.Problem{{Msg: "m", Fault: true}}, Findings: []reconcile.FindingRecord{deny}}, "Fail", "1 thing could not be looked at, 1 finding blocks", "mistake"},
		{reconcile.Report{Undecided: []reconcile.UndecidedRecord{{Rule: "a/b"}}}, "Undecided", "1 answer is undecided", "nothing to object to"},
		{reconcile.Report{Undecided: []reconcile.UndecidedRecord{{Rule: "a/b", Blocks: true}}}, "Fail", "1 answer is undecided, 1 of which blocks", "nothing to object to"},
		{reconcile.Report{NotEvaluated: []policy.NotEvaluated{{What: "x"}}}, "Nothing judged", "does not cover: 1 item was not evaluated.", "!"},
	}
	uncommitted := reconcile.Audit{Report: judged(nil), Uncommitted: []string{"a.yaml"}}
	if page := htmlPage(t, &uncommitted); !strings.Contains(page, "1 file was judged with changes that are not committed") {
		t.Error("the page puts the revision's name to what is not in it")
	}
	for _, test := range tests {
		for _, e := range elements(t, htmlPage(t, &reconcile.Audit{Report: test.report})) {
			if e.attrs["id"] != "verdict" {
				continue
			}
			got := e.text.String()
			if !strings.Contains(got, "Verdict "+test.word) || !strings.Contains(got, test.says) || strings.Contains(got, test.lack) {
				t.Errorf("want %s, %q and not %q in:\n%s", test.word, test.says, test.lack, got)
			}
		}
	}
}

func TestHTMLNeedsNothingElse(t *testing.T) {
	for _, e := range elements(t, htmlPage(t, sampleAudit())) {
		switch e.tag {
		case "link", "img", "iframe", "object", "embed", "base", "video", "audio", "source":
			t.Errorf("the page has a <%s>", e.tag)
		}
		for attr, value := range e.attrs {
			switch {
			case attr == "href" && e.tag == "a":
				if !strings.HasPrefix(value, "#") && value != "https://docs.example.com/dr/backups" {
					t.Errorf("a link leads to %s", value)
				}
			case slices.Contains([]string{"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data"}, attr):
				t.Errorf("<%s> has %s=%q", e.tag, attr, value)
			case strings.HasPrefix(attr, "on") || attr == "style":
				t.Errorf("<%s> has an inline %s, which the page's policy refuses", e.tag, attr)
			}
		}
		if e.tag == "style" && regexp.MustCompile(`url\(|@import|@font-face`).MatchString(e.text.String()) {
			t.Error("the style loads something")
		}
	}
}

// A policy whose hashes do not fit would leave the page without its style.
func TestHTMLPolicyFitsWhatIsInlined(t *testing.T) {
	var csp string
	for _, e := range elements(t, htmlPage(t, sampleAudit())) {
		switch {
		case e.attrs["http-equiv"] == "Content-Security-Policy":
			csp = e.attrs["content"]
			if !strings.HasPrefix(csp, "default-src 'none';") {
				t.Errorf("the policy is %s", csp)
			}
		case e.tag == "style" || e.tag == "script":
			if want := e.tag + "-src '" + sourceHash([]byte(e.text.String())) + "'"; !strings.Contains(csp, want) {
				t.Errorf("the policy %s does not have %s", csp, want)
			}
		}
	}
}

func TestHTMLLinksLeadSomewhereAndHeadingsAreInOrder(t *testing.T) {
	for name, audit := range map[string]*reconcile.Audit{"sample": sampleAudit(), "empty": emptyAudit(), "hostile": hostileAudit()} {
		t.Run(name, func(t *testing.T) {
			ids := map[string]bool{}
			all := elements(t, htmlPage(t, audit))
			level := 0
			for _, e := range all {
				if id, ok := e.attrs["id"]; ok {
					if ids[id] || strings.ContainsAny(id, " \t\n") {
						t.Errorf("id %q is there twice, or not fit to be one", id)
					}
					ids[id] = true
				}
				if len(e.tag) == 2 && e.tag[0] == 'h' && e.tag[1] >= '1' && e.tag[1] <= '6' {
					next := int(e.tag[1] - '0')
					if next > level+1 {
						t.Errorf("heading %q of level %d follows level %d", e.text.String(), next, level)
					}
					level = next
				}
			}
			for _, e := range all {
				if target, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && !ids[target] {
					t.Errorf("a link leads to #%s, which is not there", target)
				}
				for _, id := range strings.Fields(e.attrs["aria-labelledby"]) {
					if !ids[id] {
						t.Errorf("a label %s is not there", id)
					}
				}
			}
		})
	}
}

// hostileAudit has in each text what would break a page that trusts it.
func hostileAudit() *reconcile.Audit { return auditOf(hostileText) }

const hostileText = `"></style></script><script>alert(1)</script><img src=x onerror=alert(2)>'` + "\u202e`javascript:alert(3)` {{.CSP}}"

// auditOf has the text wherever there is place for one.
func auditOf(evil string) *reconcile.Audit {
	ref := &reconcile.ResourceRef{APIVersion: evil, Kind: evil, Namespace: evil, Name: evil, Scope: evil}
	where := at(evil, 3, 1)
	finding := reconcile.FindingRecord{
		Rule: evil, Policy: evil, Category: evil, Severity: policy.Severity(evil), Msg: evil, Target: evil, Resource: ref, Location: where,
		Path: path(evil), Remediation: "javascript:alert(4) see https://example.com/" + evil, Controls: []string{evil, evil + "2"}, Phase: policy.PhaseLive,
		Waived: &policy.Waived{By: evil, Reason: evil, Owner: evil, Expires: evil, File: evil},
	}
	rule := policy.Rule{ID: evil, Title: evil, Category: evil, Severity: policy.Severity(evil), Controls: []string{evil}, Decisions: []policy.Decision{policy.Decision(evil)}, Profile: evil, Location: where}
	problem := resource.Problem{Msg: evil, Location: where}
	change := reconcile.ChangeRecord{Resource: *ref, Action: resource.Action(evil), State: reconcile.State(evil), Reason: evil, Drift: true, ChangedBy: evil, Location: where, Approval: evil,
		Diff: []resource.FieldDiff{{Path: path(evil), Before: evil, After: evil + "\n"}, {After: map[string]any{evil: evil}}}}
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	return &reconcile.Audit{
		Report: reconcile.Report{
			Revision: evil, Base: evil, Findings: []reconcile.FindingRecord{finding}, Errors: []resource.Problem{problem}, Warnings: []resource.Problem{problem},
			Undecided:    []reconcile.UndecidedRecord{{Rule: evil, Target: evil, Resource: ref, Location: where, WaitsFor: []resource.Path{path(evil)}}},
			NotEvaluated: []policy.NotEvaluated{{What: evil, Reason: evil}},
			Coverage:     reconcile.Coverage{Uncovered: []reconcile.ResourceRef{*ref}, IdleRules: []string{evil}},
		},
		Title: evil, Tool: evil, Source: evil, Generated: now, Commit: sources.Revision{ID: evil, Ref: evil, Author: evil, Subject: evil, Signer: evil, Time: now},
		Targets: []reconcile.AuditTarget{{Name: evil, Driver: evil, Path: evil, Mode: evil, Destination: evil, Observed: true, Changes: []reconcile.ChangeRecord{change},
			LastRun: &reconcile.Run{Revision: evil, Outcome: reconcile.Outcome(evil), Message: evil}},
			{Name: evil + "2", Reason: evil}},
		Rules:    []policy.Rule{rule},
		Waivers:  []reconcile.AuditWaiver{{Waived: *finding.Waived, Rule: evil, Resource: evil, State: evil}},
		Excerpts: map[int][]sources.Line{0: {{Number: 3, Text: evil}}},
		Trend:    []reconcile.TrendPoint{{At: now, Revision: evil, Findings: 1}, {At: now, Revision: evil, Findings: 2}},
	}
}

func TestHTMLEscapesEverything(t *testing.T) {
	page := htmlPage(t, hostileAudit())
	assertInert(t, page)
	scripts := 0
	for _, e := range elements(t, page) {
		switch {
		case e.tag == "script":
			scripts++
			if strings.Contains(e.text.String(), "alert") {
				t.Error("foreign text got into the script")
			}
		case e.tag == "img":
			t.Error("foreign text became an element")
		case e.tag == "style" && strings.Contains(e.text.String(), "alert"):
			t.Error("foreign text got into the style")
		}
		for attr, value := range e.attrs {
			if strings.HasPrefix(attr, "on") || attr == "href" && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "https://example.com/") {
				t.Errorf("<%s> has %s=%q", e.tag, attr, value)
			}
			if attr == "class" && strings.Contains(value, "alert") {
				t.Errorf("foreign text became a class: %q", value)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("the page has %d scripts", scripts)
	}
}

func TestHTMLFoldsManyFindings(t *testing.T) {
	audit := emptyAudit()
	for i := range 5000 {
		audit.Findings = append(audit.Findings, reconcile.FindingRecord{
			Rule: fmt.Sprintf("security/rule-%02d", i%40), Category: "security", Severity: policy.High, Msg: fmt.Sprintf("finding number %d", i),
			Location: at(fmt.Sprintf("manifests/%d.yaml", i), 1, 1),
		})
	}
	shown := 0
	for _, e := range elements(t, htmlPage(t, audit)) {
		switch class := e.attrs["class"]; {
		case class == "group":
			if _, open := e.attrs["open"]; open {
				t.Fatal("a group of many is open from the start")
			}
		case strings.HasPrefix(class, "finding "):
			shown++
		}
	}
	if shown != 5000 {
		t.Errorf("%d of 5000 findings are on the page", shown)
	}
}
