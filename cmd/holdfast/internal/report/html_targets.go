package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// targetView is one target's standing.
type targetView struct {
	reconcile.AuditTarget
	Anchor          template.URL
	Live, LiveClass string
	ChangeViews     []changeView
}

// changeView is one change, with its diff as lines.
type changeView struct {
	reconcile.ChangeRecord
	Sign  string
	Lines []diffLine
}

func targetViews(targets []reconcile.AuditTarget) []targetView {
	views := make([]targetView, len(targets))
	for i, target := range targets {
		target.Name = cmp.Or(target.Name, target.Path, "(unnamed)")
		v := targetView{AuditTarget: target, Anchor: anchor("target", target.Name)}
		differ := 0
		for _, change := range target.Changes {
			if !stays(change.State) {
				differ++
			}
		}
		switch {
		case !target.Observed:
			v.Live, v.LiveClass = "not observed", "plain"
		case differ > 0:
			v.Live, v.LiveClass = countVerb(differ, "resource", "differs", "differ"), "warn"
		default:
			v.Live, v.LiveClass = "in line", "good"
		}
		for _, change := range target.Changes {
			v.ChangeViews = append(v.ChangeViews, changeView{change, actionSign(change.Action), diffLines(&change)})
		}
		views[i] = v
	}
	return views
}

// actionSign is the symbol of an action; the word always stands beside it.
func actionSign(action resource.Action) string {
	switch action {
	case resource.ActionCreate:
		return "+"
	case resource.ActionUpdate:
		return "~"
	case resource.ActionDelete:
		return "-"
	case resource.ActionReplace:
		return "±"
	case resource.ActionMove:
		return "→"
	}
	return ""
}

// trend is the geometry of a small chart, in units of its view box.
type trend struct {
	Width, Height, Left, Right int
	Title, First, Last         string
	Grid                       []gridLine
	Series                     []series
}

type gridLine struct {
	Y     int
	Label int
}

type series struct {
	Class, Label, Points string
	Marks                []mark
	LabelY               int
}

type mark struct{ X, Y int }

// The chart's measures: room on the left for numbers, on the right for names.
const (
	trendWidth, trendHeight = 560, 180
	trendLeft, trendRight   = 40, 440
	trendTop, trendBottom   = 14, 146
	trendLabelGap           = 20
)

// newTrend is nil where there are not two points to compare.
func newTrend(points []reconcile.TrendPoint) *trend {
	if len(points) < 2 {
		return nil
	}
	first, last := points[0], points[len(points)-1]
	top := 1
	for _, p := range points {
		top = max(top, p.Findings, p.Blocking)
	}
	t := &trend{
		Width: trendWidth, Height: trendHeight, Left: trendLeft, Right: trendRight,
		First: first.At.UTC().Format(time.DateOnly), Last: last.At.UTC().Format(time.DateOnly),
	}
	t.Title = fmt.Sprintf("From %s to %s findings went from %d to %d, those that block from %d to %d.",
		t.First, t.Last, first.Findings, last.Findings, first.Blocking, last.Blocking)
	y := func(n int) int { return trendBottom - n*(trendBottom-trendTop)/top }
	for _, n := range slices.Compact([]int{0, top / 2, top}) {
		t.Grid = append(t.Grid, gridLine{y(n), n})
	}
	x := timeScale(points)
	findings := series{Class: "findings", Label: count(last.Findings, "finding"), LabelY: y(last.Findings)}
	blocking := series{Class: "blocking", Label: fmt.Sprintf("%d blocking", last.Blocking), LabelY: y(last.Blocking)}
	for i, p := range points {
		findings.add(x(i), y(p.Findings))
		blocking.add(x(i), y(p.Blocking))
	}
	// Names that would overlap are moved apart; findings are never fewer.
	if blocking.LabelY-findings.LabelY < trendLabelGap {
		findings.LabelY = min(findings.LabelY, trendBottom-trendLabelGap)
		blocking.LabelY = findings.LabelY + trendLabelGap
	}
	t.Series = []series{findings, blocking}
	return t
}

func (s *series) add(x, y int) {
	s.Points = strings.TrimPrefix(fmt.Sprintf("%s %d,%d", s.Points, x, y), " ")
	s.Marks = append(s.Marks, mark{x, y})
}

// timeScale places a point by its time, or by its number where times do not rise.
func timeScale(points []reconcile.TrendPoint) func(int) int {
	last := len(points) - 1
	span := points[last].At.Sub(points[0].At)
	rising := slices.IsSortedFunc(points, func(a, b reconcile.TrendPoint) int { return a.At.Compare(b.At) })
	return func(i int) int {
		if !rising || span <= 0 {
			return trendLeft + i*(trendRight-trendLeft)/last
		}
		return trendLeft + int(float64(trendRight-trendLeft)*float64(points[i].At.Sub(points[0].At))/float64(span))
	}
}
