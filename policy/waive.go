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
	// Findings is how many it covers; those that an expired one would have
	// covered are not counted.
	Findings int
}

// Waive sets Waived on each finding that a waiver covers at now, and says for
// each waiver, in the order given, what it was good for. Where several cover a
// finding, the one that ends last is named. A finding of rule RuleError is
// never waived: that a rule cannot be evaluated says nothing about the resource.
func Waive(findings []Finding, waivers []Waiver, now time.Time) []WaiverUse {
	uses := make([]WaiverUse, len(waivers))
	byRule := map[string][]int{}
	for i, w := range waivers {
		uses[i] = WaiverUse{Waiver: w, State: WaiverUnused}
		if !now.Before(w.Ends) {
			uses[i].State = WaiverExpired
			continue
		}
		byRule[w.Rule] = append(byRule[w.Rule], i)
	}
	for f := range findings {
		finding := &findings[f]
		best := -1
		for _, i := range byRule[finding.Rule] {
			if !covers(&waivers[i], finding) {
				continue
			}
			uses[i].Findings++
			if best < 0 || waivers[i].Ends.After(waivers[best].Ends) {
				best = i
			}
		}
		if best >= 0 {
			w := waivers[best]
			finding.Waived = &Waived{By: "waiver", Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, File: w.File}
		}
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

// covers reports whether the waiver is about the finding. A waiver whose
// selector is empty covers nothing, so that one cannot be written by accident
// that covers all.
func covers(w *Waiver, f *Finding) bool {
	if f.Rule == RuleError || w.Resource == (Selector{}) {
		return false
	}
	id := resource.ID{Target: f.Target}
	if f.Resource != nil {
		id = *f.Resource
	}
	return w.Resource.Matches(id)
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
