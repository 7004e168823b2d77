package reconcile

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// jitter is the share by which waits differ, so that many installations do not
// ask one server at the same instant.
const jitter = 0.1

// schedule says which targets the loop goes over next, and when: each after its
// interval, sooner after a run that failed, and at once when something was seen
// there. What is new in the source is for all of them.
type schedule struct {
	all   bool // the next pass is over all targets
	turns map[string]*turn
	// again is when a pass that failed as a whole is tried again; zero for none.
	again time.Time
	retry *backoff.ExponentialBackOff
}

// turn is when a target comes next.
type turn struct {
	interval time.Duration
	regular  time.Time
	again    time.Time // after a run that failed; zero for none
	retry    *backoff.ExponentialBackOff
	told     bool // something was seen there
	waiting  bool // for something that any pass may bring
}

func newSchedule() *schedule {
	return &schedule{all: true, turns: map[string]*turn{}, retry: newRetry()}
}

func newRetry() *backoff.ExponentialBackOff {
	retry := backoff.NewExponentialBackOff()
	retry.InitialInterval, retry.MaxInterval, retry.RandomizationFactor = time.Second, time.Minute, 0.25
	return retry
}

// due says of a target whether it is to be gone over now; nil if all are.
func (s *schedule) due(now time.Time) func(target string) bool {
	if s.all {
		return nil
	}
	return func(target string) bool {
		t := s.turns[target]
		return t == nil || t.told || t.waiting || t.isRegular(now) || !t.again.IsZero() && !now.Before(t.again)
	}
}

// isRegular reports whether the interval is over, or so nearly that the target
// can go with others.
func (t *turn) isRegular(now time.Time) bool {
	return !now.Add(time.Duration(jitter * float64(t.interval))).Before(t.regular)
}

// tell has the targets gone over in the next pass.
func (s *schedule) tell(targets []string) {
	for _, name := range targets {
		if t := s.turns[name]; t != nil {
			t.told = true
		}
	}
}

// passed takes in how a pass went that began at the given time. Intervals are
// those of all the targets that there are.
func (s *schedule) passed(began, now time.Time, result *Result, err error, intervals map[string]time.Duration) {
	whole := s.all
	s.all, s.again = err != nil, time.Time{}
	if err != nil || result.FetchErr != nil {
		s.again = now.Add(s.retry.NextBackOff())
	} else {
		s.retry.Reset()
	}
	for name := range s.turns {
		if _, there := intervals[name]; !there {
			delete(s.turns, name)
		}
	}
	for name, interval := range intervals {
		if t := s.turns[name]; t == nil {
			s.turns[name] = &turn{interval: interval, regular: now.Add(interval), retry: newRetry()}
		} else if whole || t.isRegular(began) {
			t.interval, t.regular = interval, now.Add(interval)
		}
	}
	for _, run := range result.Runs {
		t := s.turns[run.Target]
		if t == nil {
			continue
		}
		t.told, t.waiting, t.again = false, run.Outcome == OutcomeWaiting, time.Time{}
		if run.Outcome == OutcomeFailed {
			t.again = now.Add(t.retry.NextBackOff())
		} else {
			t.retry.Reset()
		}
	}
}

// wait is how long there is nothing to do, if nothing is told.
func (s *schedule) wait(now time.Time) time.Duration {
	next, interval := s.again, time.Duration(0)
	sooner := func(at time.Time, within time.Duration) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next, interval = at, within
		}
	}
	for _, t := range s.turns {
		sooner(t.regular, t.interval)
		sooner(t.again, 0)
	}
	if len(s.turns) == 0 {
		sooner(now.Add(DefaultInterval), DefaultInterval)
	}
	spread := time.Duration(jitter * float64(interval) * (2*rand.Float64() - 1))
	return max(0, next.Sub(now)+spread)
}

// intervals are those of the targets of the newest revision, and of the targets
// that are gone over although it cannot be understood.
func (r *Reconciler) intervals(result *Result) map[string]time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	intervals := map[string]time.Duration{}
	v := r.views[result.Revision.ID]
	for _, name := range r.targets {
		intervals[name] = DefaultInterval
		if v != nil && v.targets[name] != nil {
			intervals[name] = cmp.Or(v.targets[name].target.Interval, DefaultInterval)
		}
	}
	return intervals
}
