package policy

import (
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ExpiresSoon is how long before its end a waiver is reported as expiring.
const ExpiresSoon = 14 * 24 * time.Hour

// WaiverState is what a waiver was good for.
type WaiverState string

// The states. A waiver that covers something and ends soon is WaiverExpiring;
// one that covers nothing is WaiverUnused, however long it lasts.
const (
	WaiverUsed     WaiverState = "used"
	WaiverUnused   WaiverState = "unused"
	WaiverExpiring WaiverState = "expiring"
	WaiverExpired  WaiverState = "expired"
)

// WaiverUse is a waiver and what became of it.
type WaiverUse struct {
	Waiver Waiver
	State  WaiverState
	// Findings is how many it covers. Missed are those that nothing covers and
	// that it would have covered, had it not ended.
	Findings int
	Missed   int
	// Outside is how many it would cover but for Beyond, the first of its
	// bounds that one of them is not within.
	Outside int
	Beyond  Bound
}

// Waive sets Waived on each finding that a waiver covers at now, and says for
// each waiver, in the order given, what it was good for. Where several cover a
// finding, the one that ends last is named. A finding of rule RuleError is
// never waived: that a rule cannot be evaluated says nothing about the resource.
// One that a policy itself excepts needs no waiver.
func Waive(findings []Finding, waivers []Waiver, now time.Time) []WaiverUse {
	uses := make([]WaiverUse, len(waivers))
	byRule := map[string][]int{}
	for i, w := range waivers {
		uses[i] = WaiverUse{Waiver: w, State: WaiverUnused}
		if !now.Before(w.Ends) {
			uses[i].State = WaiverExpired
		}
		byRule[w.Rule] = append(byRule[w.Rule], i)
	}
	for f := range findings {
		if findings[f].Waived != nil {
			continue
		}
		waive(&findings[f], uses, byRule[findings[f].Rule])
	}
	for i := range uses {
		if uses[i].Findings > 0 {
			uses[i].State = WaiverUsed
			if uses[i].Waiver.Ends.Sub(now) <= ExpiresSoon {
				uses[i].State = WaiverExpiring
			}
		}
	}
	return uses
}

// waive looks for what covers the finding among the uses, by their indices.
func waive(finding *Finding, uses []WaiverUse, among []int) {
	best := -1
	var ended []int
	for _, i := range among {
		use := &uses[i]
		if !use.Waiver.matches(finding) {
			continue
		}
		beyond, outside := use.Waiver.beyond(finding)
		switch {
		case outside:
			if use.Outside++; use.Outside == 1 {
				use.Beyond = beyond
			}
		case use.State == WaiverExpired:
			ended = append(ended, i)
		default:
			use.Findings++
			if best < 0 || use.Waiver.Ends.After(uses[best].Waiver.Ends) {
				best = i
			}
		}
	}
	if best < 0 {
		for _, i := range ended {
			uses[i].Missed++
		}
		return
	}
	w := uses[best].Waiver
	finding.Waived = &Waived{By: "waiver", Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, File: w.File}
}

// Covers reports whether the waiver covers the finding at now.
func (w *Waiver) Covers(f *Finding, now time.Time) bool {
	_, outside := w.beyond(f)
	return w.Rule == f.Rule && now.Before(w.Ends) && w.matches(f) && !outside
}

// matches reports whether the selector picks what the finding is about. An
// empty one picks nothing, so that no waiver of all can be written by accident.
func (w *Waiver) matches(f *Finding) bool {
	if f.Rule == RuleError || w.Resource == (Selector{}) {
		return false
	}
	id := resource.ID{Target: f.Target}
	if f.Resource != nil {
		id = *f.Resource
	}
	return w.Resource.Matches(id)
}

// beyond is the first bound that the finding is not within, if there is one.
func (w *Waiver) beyond(f *Finding) (Bound, bool) {
	file := ""
	if f.Subject != nil {
		file = f.Subject.Origin.File
	}
	for _, bound := range w.Bounds {
		if !bound.holds(file) {
			return bound, true
		}
	}
	return Bound{}, false
}

// Matches reports whether the selector picks the resource. Kind is the kind
// alone or group/Kind. A finding about no single resource is an ID with a
// target at most: only a selector that asks for no more than the target picks it.
func (s Selector) Matches(id resource.ID) bool {
	if id.IsZero() && s != (Selector{Target: s.Target}) {
		return false
	}
	return (s.Target == "" || glob(s.Target, id.Target)) &&
		(s.Kind == "" || s.Kind == id.Kind || s.Kind == id.GroupKind()) &&
		(s.Namespace == "" || glob(s.Namespace, id.Namespace)) &&
		(s.Name == "" || glob(s.Name, id.Name))
}

// glob matches text against a pattern in which "*" is any run of characters.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(text, first) || len(text) < len(first)+len(last) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}
