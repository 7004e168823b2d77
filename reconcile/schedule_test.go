package reconcile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// watch is a schedule whose clock is set by hand; targets a and b are to be gone
// over each 10 minutes, and slow each hour.
type watch struct {
	*schedule
	now time.Time
}

var intervals = map[string]time.Duration{"a": 10 * time.Minute, "b": 10 * time.Minute, "slow": time.Hour}

func newWatch() *watch { return &watch{newSchedule(), time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)} }

// pass is one over what is due, which it gives; outcomes are those that are not ok.
func (d *watch) pass(outcomes map[string]Outcome, fetch, err error) string {
	due := d.due(d.now)
	result := &Result{FetchErr: fetch}
	var names []string
	for _, name := range []string{"a", "b", "slow"} {
		if due == nil || due(name) {
			names = append(names, name)
			outcome := outcomes[name]
			if outcome == "" {
				outcome = OutcomeOK
			}
			if err == nil {
				result.Runs = append(result.Runs, Run{Target: name, Outcome: outcome})
			}
		}
	}
	d.passed(d.now, d.now, result, err, intervals)
	return strings.Join(names, " ")
}

func (d *watch) after(wait time.Duration) *watch {
	d.now = d.now.Add(wait)
	return d
}

func expectDue(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("gone over were %q, not %q", got, want)
	}
}

func TestEachTargetHasItsInterval(t *testing.T) {
	d := newWatch()
	expectDue(t, d.pass(nil, nil, nil), "a b slow")
	if wait := d.wait(d.now); wait < 9*time.Minute || wait > 11*time.Minute {
		t.Errorf("the next pass is in %s", wait)
	}
	for _, want := range []string{"a b", "a b", "a b", "a b", "a b", "a b slow", "a b"} {
		expectDue(t, d.after(10*time.Minute-5*time.Second).pass(nil, nil, nil), want)
	}
}

func TestWhatIsToldIsAboutOneTarget(t *testing.T) {
	d := newWatch()
	d.pass(nil, nil, nil)
	d.after(4 * time.Minute).tell([]string{"a", "nobody"})
	expectDue(t, d.pass(nil, nil, nil), "a")
	expectDue(t, d.pass(nil, nil, nil), "")
	// It keeps its place beside the others.
	expectDue(t, d.after(6*time.Minute).pass(nil, nil, nil), "a b")
}

func TestAFailureIsTriedAgainAlone(t *testing.T) {
	d := newWatch()
	d.pass(map[string]Outcome{"b": OutcomeFailed, "slow": OutcomeBlocked}, nil, nil)
	waits := []time.Duration{}
	for range 8 {
		wait := d.wait(d.now)
		waits = append(waits, wait)
		expectDue(t, d.after(wait).pass(map[string]Outcome{"b": OutcomeFailed}, nil, nil), "b")
	}
	if waits[0] > 2*time.Second || slices.Max(waits) > 80*time.Second || waits[5] < 2*waits[0] {
		t.Errorf("the tries come after %s", waits)
	}
	d.after(d.wait(d.now)).pass(nil, nil, nil)
	if wait := d.wait(d.now); wait < 2*time.Minute {
		t.Errorf("what is mended is gone over in %s again", wait)
	}
}

// What waits for another target's health, for one, is no reason for a pass, but
// takes part in each.
func TestWhatWaitsTakesPart(t *testing.T) {
	d := newWatch()
	d.pass(map[string]Outcome{"slow": OutcomeWaiting}, nil, nil)
	if wait := d.wait(d.now); wait < 9*time.Minute {
		t.Errorf("the next pass is in %s", wait)
	}
	d.tell([]string{"a"})
	expectDue(t, d.after(time.Second).pass(nil, nil, nil), "a slow")
	d.tell([]string{"a"})
	expectDue(t, d.after(time.Second).pass(nil, nil, nil), "a")
}

// A source that is away is asked again and again, without the targets being
// gone over each time; a pass that failed as a whole is made again.
func TestWhatIsTriedAgainAsAWhole(t *testing.T) {
	d := newWatch()
	d.pass(nil, nil, nil)
	d.after(2*time.Minute).pass(nil, errors.New("away"), nil)
	for range 3 {
		if wait := d.wait(d.now); wait > 10*time.Second {
			t.Errorf("the source is asked in %s", wait)
		}
		expectDue(t, d.after(d.wait(d.now)).pass(nil, errors.New("away"), nil), "")
	}
	d.pass(nil, nil, errors.New("the state cannot be read"))
	expectDue(t, d.after(d.wait(d.now)).pass(nil, nil, nil), "a b slow")
}

func TestWithoutTargets(t *testing.T) {
	s := newSchedule()
	now := time.Now()
	s.passed(now, now, &Result{}, nil, nil)
	if wait := s.wait(now); wait < DefaultInterval/2 {
		t.Errorf("the next pass is in %s", wait)
	}
}
