package report

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

func text(t *testing.T, report *reconcile.Report, options TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, report, options); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextGolden(t *testing.T) {
	for name, options := range map[string]TextOptions{
		"text-80.txt":         {Width: 80},
		"text-120.txt":        {Width: 120},
		"text-80-color.txt":   {Width: 80, Color: true},
		"text-120-color.txt":  {Width: 120, Color: true},
		"text-80-verbose.txt": {Width: 80, Verbose: true},
		"text-unwrapped.txt":  {},
	} {
		t.Run(name, func(t *testing.T) {
			report := sampleAudit().Report
			report.Errors = []resource.Problem{{Msg: "found a tab where indentation was expected; indent with spaces", Location: at("clusters/prod/bad.yaml", 7, 1)}}
			golden(t, name, func(w io.Writer) error { return Text(w, &report, options) })
		})
	}
}

func TestTextColorOnlyStyles(t *testing.T) {
	report := sampleAudit().Report
	coloured := text(t, &report, TextOptions{Width: 80, Color: true})
	plain := text(t, &report, TextOptions{Width: 80})
	if strings.Contains(plain, "\x1b") {
		t.Error("text without colour has escape sequences")
	}
	if stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, ""); stripped != plain {
		t.Error("colour changes more than the style")
	}
}

func TestTextWithoutFindingsIsOneLine(t *testing.T) {
	report := &reconcile.Report{Summary: reconcile.Summary{Resources: 12, Rules: 1}}
	if got, want := text(t, report, TextOptions{Width: 80}), "12 resources, 1 rule: clean\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTextSummary(t *testing.T) {
	deny := reconcile.FindingRecord{Rule: "a/b", Decision: policy.Deny, Msg: "m"}
	warn, old, waived, later := deny, deny, deny, deny
	warn.Decision, old.Existing = policy.Warn, true
	waived.Waived = &policy.Waived{Expires: "2026-12-01"}
	later.Waived = &policy.Waived{Expires: "2027-01-31"}
	unset := reconcile.FindingRecord{Rule: "a/b", Msg: "an unset decision denies"}
	tests := []struct {
		findings []reconcile.FindingRecord
		want     string
	}{
		{[]reconcile.FindingRecord{deny, unset, deny, warn, warn, waived}, "12 resources, 14 rules: 3 block, 2 warn, 1 waived (expires 2026-12-01); --verbose shows what is waived"},
		{[]reconcile.FindingRecord{later, waived, old}, "12 resources, 14 rules: 1 existing, 2 waived (the first expires 2026-12-01); --verbose shows what is existing and waived"},
		{[]reconcile.FindingRecord{warn}, "12 resources, 14 rules: 1 warn"},
	}
	for _, test := range tests {
		report := &reconcile.Report{Summary: reconcile.Summary{Resources: 12, Rules: 14}, Findings: test.findings}
		lines := strings.Split(strings.TrimSpace(text(t, report, TextOptions{})), "\n")
		if got := lines[len(lines)-1]; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestTextShowsWhatBlocksFirst(t *testing.T) {
	ref := func(name string) *reconcile.ResourceRef { return &reconcile.ResourceRef{Kind: "File", Name: name} }
	report := &reconcile.Report{Findings: []reconcile.FindingRecord{
		{Rule: "x/warns", Decision: policy.Warn, Msg: "only a warning", Resource: ref("a")},
		{Rule: "x/denies", Decision: policy.Deny, Severity: policy.Low, Msg: "a small denial", Resource: ref("b")},
		{Rule: "x/denies", Decision: policy.Deny, Severity: policy.Critical, Msg: "a grave denial", Resource: ref("b")},
	}, Errors: []resource.Problem{{Msg: "a mistake"}}}
	assertOrder(t, text(t, report, TextOptions{}), "a mistake", "a grave denial", "a small denial", "only a warning")
}

func assertOrder(t *testing.T, got string, parts ...string) {
	t.Helper()
	from := 0
	for _, part := range parts {
		i := strings.Index(got[from:], part)
		if i < 0 {
			t.Fatalf("%q is missing or too early in:\n%s", part, got)
		}
		from += i + len(part)
	}
}

func TestTextTellsRemediationOncePerRule(t *testing.T) {
	report := sampleAudit().Report
	got := text(t, &report, TextOptions{})
	if n := strings.Count(got, "mend: Set resources.limits.memory"); n != 1 {
		t.Errorf("the remediation is told %d times", n)
	}
}

func TestTextKeepsWidth(t *testing.T) {
	report := sampleAudit().Report
	report.Findings[0].Msg = strings.Repeat("many words ", 40)
	for _, width := range []int{60, 80, 120} {
		for line := range strings.SplitSeq(text(t, &report, TextOptions{Width: width, Color: true}), "\n") {
			if w := lipgloss.Width(line); w > width && strings.HasPrefix(line, " ") && len(strings.Fields(line)) > 1 {
				t.Errorf("width %d: a line of %d columns: %q", width, w, line)
			}
		}
	}
}

// What is shown comes from manifests, which anyone may have written.
func TestTextNeverLetsContentSteerTheTerminal(t *testing.T) {
	hostile := "\x9b2J\x1b]0;owned\a\x1b[2J\u009b31m\u202eabc\r"
	report := &reconcile.Report{
		Findings: []reconcile.FindingRecord{{
			Rule: hostile, Severity: policy.Severity(hostile), Msg: hostile, Target: hostile, Remediation: hostile, Location: at(hostile, 1, 1),
			Path: path(hostile), Resource: &reconcile.ResourceRef{Kind: hostile, Namespace: hostile, Name: hostile, Scope: hostile},
			Waived: &policy.Waived{By: hostile, Reason: hostile, Owner: hostile, Expires: hostile, File: hostile},
		}, {Rule: hostile, Target: "other"}},
		Undecided:    []reconcile.UndecidedRecord{{Rule: hostile, Location: at(hostile, 1, 1), WaitsFor: []resource.Path{path(hostile)}}},
		NotEvaluated: []policy.NotEvaluated{{What: hostile, Reason: hostile}},
		Errors:       []resource.Problem{{Msg: hostile, Location: at(hostile, 1, 1)}},
		Coverage:     reconcile.Coverage{Uncovered: []reconcile.ResourceRef{{Kind: hostile}}, IdleRules: []string{hostile}},
	}
	assertInert(t, text(t, report, TextOptions{Verbose: true}))
}

func assertInert(t *testing.T, got string) {
	t.Helper()
	if !utf8.ValidString(got) {
		t.Error("bytes that are no text get through")
	}
	for i, r := range got {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			t.Fatalf("a control character gets through at %q", got[max(0, i-40):i+1])
		}
	}
}

func TestTextShowsTheSourceLines(t *testing.T) {
	audit := sampleAudit()
	golden(t, "text-excerpts.txt", func(w io.Writer) error {
		return Text(w, &audit.Report, TextOptions{Width: 80, Excerpt: func(i int) []sources.Line { return audit.Excerpts[i] }})
	})
}

// With --fail-on-warn the summary counts warnings as blocking; the last line
// must agree with the exit code.
func TestTextSaysWhenWarningsBlock(t *testing.T) {
	report := &reconcile.Report{
		Summary:   reconcile.Summary{Blocking: 3},
		Findings:  []reconcile.FindingRecord{{Rule: "a/b", Decision: policy.Warn}, {Rule: "a/b", Decision: policy.Warn}},
		Undecided: []reconcile.UndecidedRecord{{Rule: "a/b", Blocks: true}, {Rule: "a/c"}},
	}
	if got, want := text(t, report, TextOptions{}), "2 warn and block, 2 undecided, 1 of which block\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want it to end with %q", got, want)
	}
	report.Summary.Blocking = 1
	if got := text(t, report, TextOptions{}); strings.Contains(got, "warn and block") {
		t.Errorf("warnings that do not block are said to: %q", got)
	}
}

func TestTextTellsWhereALiveFindingIs(t *testing.T) {
	report := &reconcile.Report{Findings: []reconcile.FindingRecord{{
		Rule: "a/b", Decision: policy.Deny, Severity: policy.High, Msg: "m", Path: path("spec", "mode"), Phase: policy.PhaseLive,
		Resource: &reconcile.ResourceRef{Kind: "File", Name: "motd"},
	}}}
	assertOrder(t, text(t, report, TextOptions{}), "File motd", "deny high live", "at spec.mode")
}

func TestTextShowsTheMaskPlainly(t *testing.T) {
	report := sampleAudit().Report
	if got := text(t, &report, TextOptions{}); !strings.Contains(got, "its password is (sensitive)") {
		t.Error("the mask is not shown as it is")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTextReportsAFailingWriter(t *testing.T) {
	if err := Text(failingWriter{}, &reconcile.Report{}, TextOptions{}); err == nil {
		t.Error("a failed write is not an error")
	}
}

// A list of resources without a name would say nothing; how many there are does.
func TestUncoveredNames(t *testing.T) {
	got := uncoveredNames([]reconcile.ResourceRef{{}, {APIVersion: "v1", Kind: "ConfigMap", Name: "a"}, {}})
	want := []string{"ConfigMap a", "2 documents without apiVersion, kind and name"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Nor may it look well where what no rule looked at blocks.
func TestTextSaysWhenUncoveredBlocks(t *testing.T) {
	report := &reconcile.Report{
		Summary:  reconcile.Summary{Resources: 1, Rules: 1},
		Coverage: reconcile.Coverage{Uncovered: []reconcile.ResourceRef{{Kind: "Pod", Name: "alone"}}},
	}
	for blocks, want := range map[bool]string{
		true:  "\x1b[1;31m1 resource, 1 rule: clean; 1 resource looked at by no rule, which blocks\x1b[0m\n",
		false: "\x1b[32m1 resource, 1 rule: clean; 1 resource looked at by no rule\x1b[0m\n",
	} {
		var b strings.Builder
		if err := Text(&b, report, TextOptions{Color: true, UncoveredBlocks: blocks}); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}

// Who asks for all gets the name by which `explain` knows a finding.
func TestTextNamesFindings(t *testing.T) {
	report := &reconcile.Report{Findings: []reconcile.FindingRecord{{Rule: "a/b", Msg: "x", Fingerprint: "0123456789abcdef0123456789abcdef"}}}
	for verbose, want := range map[bool]int{true: 1, false: 0} {
		var b strings.Builder
		if err := Text(&b, report, TextOptions{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(b.String(), "    finding 01234567\n"); got != want {
			t.Errorf("verbose %v names %d of 1:\n%s", verbose, got, b.String())
		}
	}
}
