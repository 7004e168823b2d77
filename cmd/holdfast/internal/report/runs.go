package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
	"go.yaml.in/yaml/v3"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Runs writes what was planned or done, target by target: each change with its
// diff, what is held back and how to let it through, the findings, and a last
// line that counts. It serves plan and apply alike, as a run that changed
// nothing is its own plan.
func Runs(w io.Writer, runs []reconcile.Run, options TextOptions) error {
	options.Excerpt = nil // its indexes are those of a report
	p := newPrinter(options)
	for i := range runs {
		p.run(&runs[i])
	}
	p.runsSummary(runs)
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write runs: %w", err)
	}
	return nil
}

func (p *printer) run(run *reconcile.Run) {
	p.line(p.bold.Render(oneLine(run.Target)), p.outcome(run.Outcome), "  ", p.dim.Render(runDetails(run)))
	if run.Message != "" {
		p.prose("  ", p.plain, run.Message)
	}
	for i := range run.Changes {
		p.change(&run.Changes[i])
	}
	p.notApplied(run)
	p.approvals(run)
	p.health(run.Health)
	p.line()
	groups, folded := groupFindings(run.Findings, p.options.Verbose)
	p.findings(groups, false)
	if folded > 0 {
		p.line(p.dim.Render(fmt.Sprintf("and %d more (--verbose shows them): %s", folded, tallyFolded(run.Findings))))
		p.line()
	}
}

// runDetails is "host host:///srv/app, mode apply, revision 9f2c1e7ab04d (main), 3 of 9 in line".
func runDetails(run *reconcile.Run) string {
	var parts []string
	if run.Driver != "" {
		parts = append(parts, strings.TrimSpace(oneLine(run.Driver)+" "+oneLine(run.Destination)))
	}
	if run.Mode != "" {
		parts = append(parts, "mode "+oneLine(run.Mode))
	}
	if run.Revision != "" {
		revision := "revision " + shortRevision(run.Revision)
		if run.Ref != "" {
			revision += " (" + oneLine(run.Ref) + ")"
		}
		parts = append(parts, revision)
	}
	return strings.Join(append(parts, fmt.Sprintf("%d of %d in line", run.InLine, run.Resources)), ", ")
}

func (p *printer) outcome(outcome reconcile.Outcome) string {
	if outcome == reconcile.OutcomeRunning {
		return ""
	}
	return "  " + p.outcomeStyle(outcome).Render(oneLine(string(outcome)))
}

func (p *printer) outcomeStyle(outcome reconcile.Outcome) lipgloss.Style {
	switch outcome {
	case reconcile.OutcomeRunning:
		return p.plain
	case reconcile.OutcomeOK:
		return p.green
	case reconcile.OutcomeFlagged, reconcile.OutcomeWaiting:
		return p.yellow
	}
	return p.red
}

func (p *printer) action(action resource.Action) lipgloss.Style {
	switch action {
	case resource.ActionCreate:
		return p.green
	case resource.ActionUpdate:
		return p.yellow
	case resource.ActionDelete, resource.ActionReplace:
		return p.red
	}
	return p.cyan
}

func (p *printer) change(c *reconcile.ChangeRecord) {
	where := ""
	if c.Location.File != "" {
		where = "  " + p.dim.Render(oneLine(c.Location.String()))
	}
	if stays(c.State) {
		p.prose("  ", p.dim, "· "+because(stayWord(c.State)+": "+name(&c.Resource), c.Reason))
		return
	}
	p.line("  ", p.action(c.Action).Render(actionSign(c.Action)+" "+oneLine(string(c.Action))), " ", p.bold.Render(name(&c.Resource)), where)
	if c.Drift {
		drift := "drift: changed at the destination"
		if c.ChangedBy != "" {
			drift += "; " + c.ChangedBy
		}
		p.prose("      ", p.yellow, drift)
	}
	if note, style := p.state(c); note != "" {
		p.prose("      ", style, note)
	}
	lines := diffLines(c)
	if !p.options.Verbose && len(lines) > fewDiffLines+1 {
		rest := count(len(lines)-fewDiffLines, "more line")
		lines = append(slices.Clip(lines[:fewDiffLines]), diffLine{' ', "… " + rest + " (--verbose shows them)"})
	}
	for _, line := range lines {
		p.line("      ", p.op(line.Op).Render(string(line.Op)+" "+line.Text))
	}
}

// fewDiffLines is how much of one change's diff is shown unasked.
const fewDiffLines = 40

func (p *printer) op(op byte) lipgloss.Style {
	switch op {
	case '+':
		return p.green
	case '-':
		return p.red
	case '~':
		return p.yellow
	}
	return p.dim
}

// state is what became of a change, "" for one that is merely planned.
func (p *printer) state(c *reconcile.ChangeRecord) (string, lipgloss.Style) {
	note := string(c.State)
	if c.State == reconcile.StatePlanned {
		note = ""
	}
	if c.Reason != "" {
		note = strings.TrimPrefix(note+": "+c.Reason, ": ")
	}
	return note, p.stateStyle(c.State)
}

func (p *printer) stateStyle(state reconcile.State) lipgloss.Style {
	switch state {
	case reconcile.StatePlanned, reconcile.StateKept, reconcile.StateBegun:
		return p.dim
	case reconcile.StateApplied:
		return p.green
	case reconcile.StateFlagged, reconcile.StateStale, reconcile.StateSkipped:
		return p.yellow
	}
	return p.red
}

// stays reports whether a change is none that is going to be made: what it would
// delete is kept, or is on its way out already.
func stays(state reconcile.State) bool { return stayWord(state) != "" }

// stayWord says which of the two it is.
func stayWord(state reconcile.State) string {
	switch state {
	case reconcile.StateKept:
		return "kept"
	case reconcile.StateBegun:
		return "being deleted"
	}
	return ""
}

// because adds a reason, if there is one.
func because(text, reason string) string { return strings.TrimSuffix(text+": "+reason, ": ") }

// notApplied names the resources that are not made, as they say themselves, and
// what was passed over before it could be one.
func (p *printer) notApplied(run *reconcile.Run) {
	for i := range run.NotApplied {
		left := &run.NotApplied[i]
		p.prose("  ", p.dim, "· "+because("not applied: "+name(&left.Resource), left.Reason))
	}
	for _, left := range run.NotEvaluated {
		p.prose("  ", p.dim, "· "+because("not evaluated: "+left.What, left.Reason))
	}
}

// approvalDays is how long the approval that is suggested lasts: long enough
// to review and merge it, too short to be forgotten in force.
const approvalDays = 7

// approval is one entry of a file of approvals.
type approval struct {
	Target  string `yaml:"target"`
	Digest  string `yaml:"digest"`
	Owner   string `yaml:"owner"`
	Reason  string `yaml:"reason"`
	Expires string `yaml:"expires"`
}

// approvals writes for each act that waits for consent the file that gives it.
func (p *printer) approvals(run *reconcile.Run) {
	waiting := map[string]int{}
	var digests []string
	for i := range run.Changes {
		if digest := run.Changes[i].Approval; digest != "" {
			if waiting[digest]++; waiting[digest] == 1 {
				digests = append(digests, digest)
			}
		}
	}
	for _, digest := range digests {
		p.line()
		p.prose("  ", p.plain, fmt.Sprintf("To let the %s through, commit this to the folder of approvals, with your own owner and reason:", count(waiting[digest], "flagged change")))
		p.line()
		for line := range strings.SplitSeq(approvalFile(run, digest), "\n") {
			p.line("    ", p.cyan.Render(line))
		}
	}
}

func approvalFile(run *reconcile.Run, digest string) string {
	file := map[string][]approval{"approvals": {{
		Target: printable(run.Target), Digest: printable(digest), Owner: "you@example.com", Reason: "why this is meant",
		Expires: run.Started.UTC().AddDate(0, 0, approvalDays).Format(time.DateOnly),
	}}}
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(file); err != nil {
		return "digest: " + printable(digest)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// fewUnknown is how many resources of unknown health are named unasked: where
// kinds have no notion of health there are many, and nothing is wrong.
const fewUnknown = 3

func (p *printer) health(records []reconcile.HealthRecord) {
	if len(records) > 0 {
		p.line()
	}
	unknown := 0
	for i := range records {
		record := &records[i]
		if record.Status == drivers.StatusUnknown {
			if unknown++; unknown > fewUnknown && !p.options.Verbose {
				continue
			}
		}
		p.unhealthy("  ", record)
	}
	if more := unknown - fewUnknown; more > 0 && !p.options.Verbose {
		p.prose("  ", p.dim, fmt.Sprintf("unknown: %d more (--verbose shows them)", more))
	}
}

// unhealthy writes one resource that is not known to be healthy, and why.
func (p *printer) unhealthy(indent string, record *reconcile.HealthRecord) {
	style := p.red
	switch record.Status {
	case drivers.StatusUnknown:
		style = p.dim
	case drivers.StatusProgressing:
		style = p.yellow
	}
	p.prose(indent, style, because(oneLine(record.Status.String())+": "+name(&record.Resource), record.Reason))
}
