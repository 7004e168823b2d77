package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/policy"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Evaluation is what one rule says of some resources.
type Evaluation struct {
	Rule      policy.Rule `json:"rule"`
	Evaluated []Evaluated `json:"evaluated"`
}

// Evaluated is what the rule says of one of them, or of all together.
type Evaluated struct {
	Resource *reconcile.ResourceRef    `json:"resource"` // null for a rule of a wider scope, and without identity
	Target   string                    `json:"target,omitempty"`
	Location resource.Location         `json:"location"`
	Asked    bool                      `json:"asked"` // whether the rule is about resources of this kind
	Findings []reconcile.FindingRecord `json:"findings"`
	WaitsFor []resource.Path           `json:"waitsFor,omitempty"`
	Input    json.RawMessage           `json:"input,omitempty"`
	Trace    *policy.Trace             `json:"trace,omitempty"`
}

// EvaluationText writes what was evaluated for the author of the rule.
func EvaluationText(w io.Writer, e *Evaluation, options TextOptions) error {
	p := newPrinter(options)
	p.line(p.bold.Render(oneLine(e.Rule.ID+": "+e.Rule.Title)), "  ", p.dim.Render(oneLine(e.Rule.Location.String())))
	p.line()
	findings := 0
	for i := range e.Evaluated {
		findings += len(e.Evaluated[i].Findings)
		p.evaluated(e, &e.Evaluated[i])
		p.line()
	}
	p.line(count(len(e.Evaluated), "evaluation"), ": ", count(findings, "finding"))
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write the evaluation: %w", err)
	}
	return nil
}

func (p *printer) evaluated(e *Evaluation, one *Evaluated) {
	title := name(one.Resource)
	if title == "" {
		title = "document without identity"
	}
	if e.Rule.Scope != policy.ScopeResource {
		title = cmp.Or(oneLine(one.Target), "whole snapshot")
	}
	p.line(p.bold.Render(title), "  ", strings.TrimRight(p.location(one.Location), " "))
	if len(one.Input) > 0 {
		p.line("  ", p.dim.Render("input"))
		for line := range strings.Lines(string(one.Input)) {
			p.line("    ", printable(strings.TrimRight(line, "\n")))
		}
	}
	switch {
	case !one.Asked:
		p.line("  ", p.dim.Render("not asked: the rule is about "+cmp.Or(oneLine(strings.Join(e.Rule.Kinds, ", ")), "others")))
	case len(one.WaitsFor) > 0:
		p.line("  ", p.yellow.Render("undecided"), ": known only after apply: ", joinPaths(one.WaitsFor))
	case len(one.Findings) == 0:
		p.line("  ", p.green.Render("no finding"))
	}
	for i := range one.Findings {
		f := &one.Findings[i]
		d := decision(f.Decision)
		p.line("  ", p.decision(d).Render(string(d)), "  ", strings.TrimRight(p.location(f.Location), " "))
		p.prose("      ", p.plain, f.Msg)
		if len(f.Path) > 0 {
			p.prose("      ", p.dim, "at "+f.Path.String())
		}
	}
	p.trace(one.Trace, "  ")
}

// Explanation writes a finding, and the ways that led to it. How to mend it is
// left to the description of its rule.
func Explanation(w io.Writer, f *reconcile.FindingRecord, trace *policy.Trace, options TextOptions) error {
	p := newPrinter(options)
	p.line(p.bold.Render(cmp.Or(name(f.Resource), oneLine(f.Target), "whole snapshot")))
	p.told[f.Rule] = true
	p.finding(entry{f, 0})
	p.line()
	p.line(p.bold.Render("Why it fired"))
	p.trace(trace, "  ")
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("write the explanation: %w", err)
	}
	return nil
}

func (p *printer) trace(t *policy.Trace, indent string) {
	if t == nil {
		return
	}
	p.bodies(t.Bodies, indent, true)
	if t.Error != "" {
		p.prose(indent, p.dim, "no more can be shown: "+t.Error)
	}
	if t.Cut {
		p.line(indent, p.dim.Render("only the beginning of a long evaluation is shown"))
	}
}

func (p *printer) bodies(bodies []policy.Body, indent string, top bool) {
	verb := "hold"
	if top {
		verb = "fire"
	}
	for i := range bodies {
		body := &bodies[i]
		head := indent + strings.TrimRight(p.location(body.Location), " ") + "  " + p.bold.Render(oneLine(body.Name)) + " "
		for j := range body.Ways {
			way := &body.Ways[j]
			switch {
			case way.Holds:
				p.line(head, p.green.Render(verb+"s"))
			case body.Failed > 1:
				p.line(head, fmt.Sprintf("does not %s in any of %d ways; this one came furthest", verb, body.Failed))
			default:
				p.line(head, "does not ", verb)
			}
			p.way(way, indent)
		}
		if body.Held > len(body.Ways) && top {
			p.line(indent, p.dim.Render(fmt.Sprintf("and %d more ways", body.Held-len(body.Ways))))
		}
	}
}

func (p *printer) way(way *policy.Way, indent string) {
	digits := 0
	for _, line := range way.Lines {
		digits = max(digits, len(strconv.Itoa(line.Location.Line)))
	}
	for _, line := range way.Lines {
		mark := p.green.Render("✓")
		if !line.Holds {
			mark = p.red.Render("✗")
		}
		p.line(indent, "  ", mark, " ", p.dim.Render(fmt.Sprintf("%*d", digits, line.Location.Line)), "  ", oneLine(line.Text))
		under := indent + strings.Repeat(" ", digits+8)
		for _, value := range line.Values {
			p.line(under, p.dim.Render(oneLine(value.Name)+" = "), oneLine(value.Value))
		}
		p.bodies(line.Bodies, under, false)
		if line.More > 0 {
			p.line(under, p.dim.Render("and "+count(line.More, "more call")))
		}
	}
}
