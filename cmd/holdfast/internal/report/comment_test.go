package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// assertComment holds a comment to its form: the marker first, within GitHub's
// limit, elements of our own alone and each closed, tables whole.
func assertComment(t testing.TB, got string) {
	t.Helper()
	if !strings.HasPrefix(got, commentMarker+"\n") || strings.Count(got, commentMarker) != 1 {
		t.Errorf("the marker is not the first line: %.80q", got)
	}
	if len(got) > 65536 {
		t.Errorf("%d bytes are over GitHub's limit", len(got))
	}
	cells := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(got, commentMarker), "\n") {
		bars := strings.Count(strings.ReplaceAll(line, `\\`, ""), "|") - strings.Count(strings.ReplaceAll(line, `\\`, ""), `\|`)
		switch {
		case !strings.HasPrefix(line, "| "):
			cells = 0
		case cells == 0:
			cells = bars
		case bars != cells:
			t.Errorf("a row of %d bars under a head of %d: %s", bars, cells, line)
		}
		outside := outsideCode(line)
		for _, own := range []string{"<details><summary>", "</summary>", "</details>", "<sub>", "</sub>", "<br>"} {
			outside = strings.ReplaceAll(outside, own, "")
		}
		if strings.ContainsAny(outside, "<>") {
			t.Errorf("an element gets through: %s", line)
		}
		if mention.MatchString(strings.ReplaceAll(outside, "&#8203;", "\u200b")) {
			t.Errorf("it mentions somebody, or something: %s", line)
		}
		// GitLab obeys a comment's line that begins so.
		if strings.HasPrefix(line, "/") {
			t.Errorf("a quick action gets through: %s", line)
		}
	}
	for _, element := range []string{"details", "summary", "sub"} {
		if opened, closed := strings.Count(got, "<"+element+">"), strings.Count(got, "</"+element+">"); opened != closed {
			t.Errorf("%d of <%s>, %d of its end", opened, element, closed)
		}
	}
}

var mention = regexp.MustCompile(`@\w|#\d`)

func TestCommentKeepsItsForm(t *testing.T) {
	for name, check := range map[string]*Check{
		"each": oneOfEach(), "mistaken": mistaken(), "clean": cleanCheck(), "sample": sampleCheck(), "hostile": checkOf(hostileText),
		"mentions": checkOf("@acme/all see #1 and acme/shop#12 | a"), "lines": checkOf("a\n/close\n| b\n</details>"), "html": checkOf("<!-- x --><b>`y"),
	} {
		t.Run(name, func(t *testing.T) { assertComment(t, render(t, "markdown", check)) })
	}
}

// The verdict comes first, then what is to be done.
func TestCommentOrder(t *testing.T) {
	got := render(t, "markdown", oneOfEach())
	at := 0
	for _, want := range []string{
		commentMarker, "### holdfast: fail", "the first that blocks", "the graver that blocks", "spec.size", "Close the port.",
		"<summary>Warnings: 1", "one that warns", "the waiver ended", "spec.address", "<summary>Waived: 1", "until the move",
		"<summary>There before this change: 1", "one from before", "<summary>Not evaluated: 1",
	} {
		next := strings.Index(got[at:], want)
		if next < 0 {
			t.Fatalf("%q does not come after %q in:\n%s", want, got[:at], got)
		}
		at += next
	}
}

// Whatever its size, a comment is one that GitHub takes; what is left out is
// counted, and what blocks goes in first.
func TestCommentIsBounded(t *testing.T) {
	for _, size := range []int{1, 100, 2000} {
		for _, length := range []int{10, 300, 2000} {
			check := oneOfEach()
			f := check.Findings
			check.Findings = nil
			for i := range size {
				for j := range f {
					finding := f[j]
					finding.Msg = fmt.Sprintf("number %d: %s", i, strings.Repeat("é", length))
					finding.Location.Line = i + 1
					check.Findings = append(check.Findings, finding)
				}
				check.Errors = append(check.Errors, resource.Problem{Msg: strings.Repeat("x", length)})
				check.NotEvaluated = append(check.NotEvaluated, policy.NotEvaluated{What: fmt.Sprint(i), Reason: strings.Repeat("y", length)})
			}
			got := render(t, "markdown", check)
			assertComment(t, got)
			blocking := strings.Count(got, "critical |")
			if size == 100 && length == 10 && strings.Contains(got, "left out") {
				t.Errorf("%d findings were cut, though they fit", size)
			}
			if size == 2000 && (!strings.Contains(got, "left out here") || len(got) < 59000) {
				t.Errorf("%d findings of length %d make %d bytes, %d blocking rows", size, length, len(got), blocking)
			}
		}
	}
}

// The counts of a cut comment add up.
func TestCommentCountsWhatItLeavesOut(t *testing.T) {
	check := &Check{Report: &reconcile.Report{}}
	for i := range 3000 {
		check.Findings = append(check.Findings, reconcile.FindingRecord{Rule: "a/b", Msg: fmt.Sprintf("number %d is bad", i), Location: at("a.yaml", i+1, 1)})
	}
	got := render(t, "markdown", check)
	var left int
	if _, err := fmt.Sscanf(got[strings.Index(got, "_… and "):], "_… and %d findings more", &left); err != nil {
		t.Fatal(err)
	}
	if shown := strings.Count(got, "is bad"); shown+left != 3000 || shown == 0 {
		t.Errorf("%d are shown and %d left out of 3000", shown, left)
	}
	if !strings.Contains(got, "number 0 is bad") {
		t.Error("the first is left out")
	}
}
