package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

// When someone else changes a resource back each time, holdfast stops taking
// part: it tries again after flapPause, then after twice as long, and so on.
const (
	flapCount  = 3 // corrections of drift within flapWindow
	flapWindow = 10 * time.Minute
	flapPause  = 10 * time.Minute
	flapLimit  = 2 * time.Hour // the longest pause
	flapQuiet  = time.Hour     // without drift, after which all is forgotten
)

// contest is a resource whose drift was corrected lately. It is kept in memory
// alone: after a restart it takes flapCount corrections to be seen again.
type contest struct {
	revision  string
	corrected []time.Time // the corrections that count
	total     int
	pauses    int
	until     time.Time // the end of the last pause
	told      time.Time // the end of the pause that was told of last
	seen      time.Time // when there was drift last
}

// over reports whether what is known is of no account any more.
func (c *contest) over(revision string, now time.Time) bool {
	return c.revision != revision || now.Sub(c.seen) > flapQuiet
}

// holds reports whether a correction has to wait, now that there is drift again.
func (c *contest) holds(now time.Time) bool {
	c.seen = now
	c.corrected = slices.DeleteFunc(c.corrected, func(at time.Time) bool { return now.Sub(at) > flapWindow })
	if c.pauses == 0 && len(c.corrected) >= flapCount {
		c.pause(now)
	}
	return now.Before(c.until)
}

// correct takes in that the drift was corrected. After a pause it is a try,
// and the next pause is known before its end.
func (c *contest) correct(now time.Time) {
	c.corrected, c.seen = append(c.corrected, now), now
	c.total++
	if c.pauses > 0 {
		c.pause(now)
	}
}

func (c *contest) pause(now time.Time) {
	c.until = now.Add(min(flapPause<<c.pauses, flapLimit))
	if flapPause<<c.pauses < flapLimit {
		c.pauses++
	}
}

// standBack flags the corrections that have to wait because someone else
// changes the resource back each time.
func (t *targetPass) standBack() {
	for _, record := range t.contested(t.Reconciler.options.Now()) {
		t.changed(record) // the run may go on for long, waiting for health
	}
}

// contested are the changes flagged by that of which it was not told yet.
func (t *targetPass) contested(now time.Time) (news []*ChangeRecord) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.plan.Changes {
		change := &t.plan.Changes[i]
		key := change.ID.Key()
		c := t.contests[key]
		record := t.changes[key]
		if c == nil || !change.Drift || record == nil || record.State != StatePlanned || c.over(t.record.Revision, now) {
			continue
		}
		if c.holds(now) {
			record.State, record.Reason, record.Retry = StateFlagged, c.reason(change), c.until
			if !c.told.Equal(c.until) {
				c.told = c.until
				news = append(news, record)
			}
		}
	}
	return news
}

// flaggedMessage says what waits for somebody, and what somebody else does not let be.
func (t *targetPass) flaggedMessage() string {
	var parts, contested []string
	waiting := 0
	for i := range t.record.Changes {
		record := &t.record.Changes[i]
		switch {
		case record.State != StateFlagged:
		case record.Retry.IsZero():
			waiting++
		default:
			contested = append(contested, fmt.Sprintf("%s: %s", record.Resource.id(), record.Reason))
		}
	}
	if waiting > 0 {
		parts = append(parts, fmt.Sprintf("%s for someone to decide on", count(waiting, "change waits", "changes wait")))
	}
	if len(contested) > 0 {
		parts = append(parts, fewOf(contested))
	}
	return strings.Join(parts, "; ")
}

// corrected takes in that a change was made.
func (t *targetPass) corrected(key resource.Key, record *ChangeRecord) {
	if !record.Drift || record.State != StateApplied {
		return
	}
	now := t.Reconciler.options.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.contests, func(other resource.Key, c *contest) bool {
		return now.Sub(c.seen) > max(flapQuiet, flapLimit) || other == key && c.over(t.record.Revision, now)
	})
	if t.contests[key] == nil {
		t.contests[key] = &contest{revision: t.record.Revision}
	}
	t.contests[key].correct(now)
}

// fewFields is how many of the fields that are fought over are named.
const fewFields = 5

func (c *contest) reason(change *resource.Change) string {
	var fields []string
	for _, diff := range change.Diff {
		fields = append(fields, diff.Path.String())
	}
	what := "fields " + strings.Join(fields[:min(len(fields), fewFields)], ", ")
	switch {
	case len(fields) == 0:
		what = "all of it"
	case len(fields) > fewFields:
		what += fmt.Sprintf(" and %d more", len(fields)-fewFields)
	}
	return fmt.Sprintf("holdfast has set it back %d times, and each time it was changed again (%s; %s); next try at %s; ignore the field with ignoreDifferences, or stop the other",
		c.total, cmp.Or(change.ChangedBy, "by whom is not known"), what, c.until.UTC().Format(time.DateTime+" MST"))
}
