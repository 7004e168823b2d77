package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/holdfast-dev/holdfast/reconcile"
)

// Status writes how the targets stand as a table, with what is amiss below
// each row and a last line that counts. It is no wider than the width: columns
// that matter less are left out first.
func Status(w io.Writer, status *reconcile.Status, options TextOptions) error {
	p := newPrinter(options)
	p.statusHead(status)
	if len(status.Targets) > 0 {
		p.statusTable(status)
	}
	p.statusSummary(status.Targets)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	return nil
}

func (p *printer) statusHead(status *reconcile.Status) {
	var parts []string
	if status.Source != "" {
		parts = append(parts, oneLine(status.Source))
	}
	if status.Revision.ID != "" {
		at := "at " + shortRevision(status.Revision.ID)
		if status.Revision.Ref != "" {
			at += " (" + oneLine(status.Revision.Ref) + ")"
		}
		parts = append(parts, at)
	}
	if len(parts) > 0 {
		p.prose("", p.dim, strings.Join(parts, " "))
		p.line()
	}
}

// column is one column of the status table. Those of a higher rank go first
// when there is not room for all.
type column struct {
	head  string
	rank  int
	right bool // numbers
	cell  func(*reconcile.TargetStatus) string
}

func statusColumns(now time.Time) []column {
	figure := func(of func(*reconcile.RunSummary) int) func(*reconcile.TargetStatus) string {
		return func(t *reconcile.TargetStatus) string {
			if t.LastRun == nil {
				return "-"
			}
			return strconv.Itoa(of(t.LastRun))
		}
	}
	return []column{
		{"TARGET", 0, false, func(t *reconcile.TargetStatus) string { return oneLine(t.Name) }},
		{"OUTCOME", 0, false, outcomeWord},
		{"IN LINE", 1, true, func(t *reconcile.TargetStatus) string {
			if t.LastRun == nil {
				return "-"
			}
			return fmt.Sprintf("%d/%d", t.LastRun.InLine, t.LastRun.Resources)
		}},
		{"HELD", 3, true, figure(held)},
		{"DRIFT", 5, true, figure(func(r *reconcile.RunSummary) int { return r.Drift })},
		{"BLOCK", 2, true, figure(func(r *reconcile.RunSummary) int { return r.Findings.Blocking })},
		{"WARN", 6, true, figure(func(r *reconcile.RunSummary) int { return r.Findings.Warnings })},
		{"LAST RUN", 4, false, func(t *reconcile.TargetStatus) string {
			if t.LastRun == nil {
				return "never"
			}
			return age(now.Sub(t.LastRun.Ended)) + " ago"
		}},
		{"REVISION", 7, false, func(t *reconcile.TargetStatus) string { return cmp.Or(shortRevision(t.Revision), "-") }},
		{"MODE", 8, false, func(t *reconcile.TargetStatus) string { return cmp.Or(oneLine(t.Mode), "-") }},
		{"DRIVER", 9, false, func(t *reconcile.TargetStatus) string { return cmp.Or(oneLine(t.Driver), "-") }},
	}
}

func held(r *reconcile.RunSummary) int {
	return r.Changes[reconcile.StateBlocked] + r.Changes[reconcile.StateFlagged]
}

// outcomeWord is the last run's outcome; a run that is under way is named beside it.
func outcomeWord(t *reconcile.TargetStatus) string {
	word := oneLine(string(t.Outcome))
	switch {
	case t.RunningSince.IsZero():
		return cmp.Or(word, "never run")
	case word == "":
		return "running"
	}
	return word + ", running"
}

// age is a time span in its largest unit: "12m".
func age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

func (p *printer) statusTable(status *reconcile.Status) {
	columns := statusColumns(status.Generated)
	rows := make([][]string, len(status.Targets))
	for i := range status.Targets {
		for _, c := range columns {
			rows[i] = append(rows[i], c.cell(&status.Targets[i]))
		}
	}
	kept, widths := p.fit(columns, rows)
	line := func(cells func(i int) string, style func(i int) lipgloss.Style) {
		var parts []string
		for _, i := range kept {
			cell := clip(cells(i), widths[i])
			pad := strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
			if columns[i].right {
				parts = append(parts, pad+style(i).Render(cell))
			} else {
				parts = append(parts, style(i).Render(cell)+pad)
			}
		}
		p.line(strings.Join(parts, "  "))
	}
	line(func(i int) string { return columns[i].head }, func(int) lipgloss.Style { return p.dim })
	for r := range status.Targets {
		target := &status.Targets[r]
		line(func(i int) string { return rows[r][i] }, func(i int) lipgloss.Style { return p.cellStyle(columns[i].head, rows[r][i], target) })
		p.statusNotes(target, status.Generated)
	}
	p.line()
}

// fit chooses the columns that there is room for, and their widths. Names of
// targets that take more than a third of a row are cut first.
func (p *printer) fit(columns []column, rows [][]string) (kept, widths []int) {
	widths = make([]int, len(columns))
	total := -2
	for i, c := range columns {
		widths[i] = lipgloss.Width(c.head)
		for _, row := range rows {
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
		total += widths[i] + 2
		kept = append(kept, i)
	}
	if p.options.Width == 0 {
		return kept, widths
	}
	if third := p.options.Width / 3; total > p.options.Width && widths[0] > third {
		total -= widths[0] - third
		widths[0] = third
	}
	for total > p.options.Width && len(kept) > 2 {
		last := slices.MaxFunc(kept, func(a, b int) int { return columns[a].rank - columns[b].rank })
		total -= widths[last] + 2
		kept = slices.DeleteFunc(kept, func(i int) bool { return i == last })
	}
	return kept, widths
}

// clip cuts text to width columns, and says so by an ellipsis.
func clip(text string, width int) string {
	if lipgloss.Width(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes))+1 > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (p *printer) cellStyle(head, cell string, target *reconcile.TargetStatus) lipgloss.Style {
	switch {
	case head == "TARGET":
		return p.bold
	case head == "OUTCOME":
		return p.outcomeStyle(target.Outcome)
	case cell == "0" || cell == "-":
		return p.dim
	case head == "BLOCK":
		return p.red
	case head == "HELD" || head == "DRIFT" || head == "WARN":
		return p.yellow
	}
	return p.plain
}

// statusNotes writes below a row what is amiss with the target.
func (p *printer) statusNotes(t *reconcile.TargetStatus, now time.Time) {
	p.underWay(t, now)
	if t.Message != "" {
		p.prose("  ", p.dim, t.Message)
	}
	if t.Bad != nil && t.Bad.Revision == t.Revision {
		bad := fmt.Sprintf("revision %s is bad here since %s", shortRevision(t.Bad.Revision), t.Bad.Since.UTC().Format(time.DateTime))
		if !strings.Contains(t.Message, t.Bad.Reason) {
			bad += ": " + t.Bad.Reason
		}
		p.prose("  ", p.red, bad)
	}
	if t.Orphaned {
		p.prose("  ", p.yellow, fmt.Sprintf("the configuration names this target no more; what it owns, %s, is left in place", count(t.Owned, "resource")))
	}
	if t.Seen != "" && t.Revision != "" && t.Seen != t.Revision {
		p.prose("  ", p.yellow, fmt.Sprintf("enforces %s, not the newest revision %s", shortRevision(t.Revision), shortRevision(t.Seen)))
	}
	if t.LastRun == nil {
		return
	}
	p.unmade(t.LastRun, t.Message)
	if n := t.LastRun.Unhealthy; n > 0 {
		p.prose("  ", p.red, countVerb(n, "resource", "is", "are")+" not healthy")
	}
	if t.LastRun.Unhealthy > 1 || t.Outcome == reconcile.OutcomeHeld { // the message names one
		p.unwell(t.LastRun)
	}
	if n := t.LastRun.NotApplied; n > 0 {
		p.prose("  ", p.dim, countVerb(n, "resource", "is", "are")+" not applied, as the manifests say")
	}
	if n := t.LastRun.HealthUnknown; n > 0 {
		p.prose("  ", p.dim, "of "+count(n, "resource")+" nobody can tell the health")
	}
}

// underWay writes what a run that has not ended has done so far and waits for.
func (p *printer) underWay(t *reconcile.TargetStatus, now time.Time) {
	run := t.Running
	if run == nil {
		return
	}
	text := fmt.Sprintf("under way for %s: %s made", age(now.Sub(t.RunningSince)), count(run.Changes[reconcile.StateApplied], "change"))
	if run.Unhealthy > 0 {
		text += ", waits for the health of " + count(run.Unhealthy, "resource")
	}
	p.prose("  ", p.plain, text)
	p.unwell(run)
	p.unmade(run, "")
}

func (p *printer) unwell(run *reconcile.RunSummary) {
	for i := range run.Unwell {
		p.unhealthy("    ", &run.Unwell[i])
	}
	if more := run.Unhealthy - len(run.Unwell); more > 0 {
		p.prose("    ", p.red, fmt.Sprintf("and %d more", more))
	}
}

// unmade writes the changes that were not made, but for those that the message
// tells of already.
func (p *printer) unmade(run *reconcile.RunSummary, message string) {
	if n := run.Changes[reconcile.StateFailed]; n > 0 {
		p.prose("  ", p.red, count(n, "change")+" failed")
	}
	total := 0
	for state, n := range run.Changes {
		if state != reconcile.StatePlanned && state != reconcile.StateApplied {
			total += n
		}
	}
	for i := range run.Unmade {
		c := &run.Unmade[i]
		if c.Reason != "" && strings.Contains(message, c.Reason) {
			continue
		}
		text := fmt.Sprintf("%s: %s %s", c.State, c.Action, name(&c.Resource))
		if stays(c.State) {
			text = stayWord(c.State) + ": " + name(&c.Resource)
		}
		reason := strings.TrimPrefix(c.Reason, fmt.Sprintf("%s %s: ", c.Action, name(&c.Resource))) // a driver says it as well
		p.prose("  ", p.stateStyle(c.State), because(text, reason))
	}
	if more := total - len(run.Unmade); more > 0 && len(run.Unmade) > 0 {
		p.prose("  ", p.plain, fmt.Sprintf("and %d more", more))
	}
}

// statusSummary writes the last line: "3 targets: 1 blocked, 1 waiting, 1 ok".
func (p *printer) statusSummary(targets []reconcile.TargetStatus) {
	if len(targets) == 0 {
		p.prose("", p.plain, "No target has been run yet. Whether the newest revision can be understood, the daemon's log and /readyz say.")
		return
	}
	counts := map[string]int{}
	style := p.green
	for i := range targets {
		t := &targets[i]
		word := cmp.Or(oneLine(string(t.Outcome)), outcomeWord(t))
		if t.Orphaned {
			word = "orphaned"
		}
		counts[word]++
		if t.Orphaned || t.Outcome != reconcile.OutcomeOK && t.Outcome != reconcile.OutcomeRunning {
			style = p.yellow
		}
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.Sort(words)
	for i, word := range words {
		words[i] = fmt.Sprintf("%d %s", counts[word], word)
	}
	p.line(style.Render(count(len(targets), "target") + ": " + strings.Join(words, ", ")))
}
