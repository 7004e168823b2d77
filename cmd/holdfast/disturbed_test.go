package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
)

// heals writes over a file and waits until it is as it should be.
func (s *site) heals(t *testing.T, name, content string) {
	t.Helper()
	polls := 0
	write(t, filepath.Join(s.root, name), "someone's")
	eventually(t, "the drift of "+name+" is healed", func() bool {
		if polls++; polls%100 == 0 { // the watch may have begun after the first
			write(t, filepath.Join(s.root, name), "someone's")
		}
		return s.holds(name, content)()
	})
}

func (s *site) lacks(name string) func() bool {
	return func() bool {
		_, err := os.Stat(filepath.Join(s.root, name))
		return errors.Is(err, os.ErrNotExist)
	}
}

// A wait for health can take long. What drifts meanwhile is corrected all the same.
func TestDriftIsCorrectedWhileATargetWaitsForHealth(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "healthTimeout: 1h", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"web": func(d *host.Driver) drivers.Driver { return &unready{d} },
	}))
	eventually(t, "the first apply", s.holds("b", "two"))
	s.heals(t, "a", "one")
	s.heals(t, "b", "two")
}

// So is what drifts at another target.
func TestDriftIsCorrectedWhileAnotherTargetWaitsForHealth(t *testing.T) {
	s := newSite(t, strings.Replace(twoTargets, "path: slow,", "path: slow, healthTimeout: 1h,", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"slow": func(d *host.Driver) drivers.Driver { return &unready{d} },
	}))
	eventually(t, "the first apply", s.holds("a", "one"))
	eventually(t, "the first apply of the other", s.holds("b", "two"))
	s.heals(t, "a", "one")
	s.heals(t, "a", "one")
	// What waits is no longer looked for in the next commit's way either.
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three"), "slow/b.yaml": aFile("b", "four")})
	eventually(t, "the newer commit", s.holds("a", "three"))
	eventually(t, "the newer commit at the other", s.holds("b", "four"))
	s.heals(t, "a", "three")
}

// Where it is what others wait for that drifts, these still come once it is healthy,
// and it is told as drift.
func TestDriftOfWhatOthersWaitFor(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "prune: true\n    healthTimeout: 1h", 1))
	s.commit(map[string]string{"web/old.yaml": aFile("old", "old"), "web/kept.yaml": aFile("kept", "kept")})
	s.pass()
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two", dependsOn("a")), "web/old.yaml": ""})
	var well atomic.Bool
	r, _ := s.onMoody(func(name string) drivers.Status {
		if name == "a" && !well.Load() {
			return drivers.StatusProgressing
		}
		return drivers.StatusHealthy
	}, nil)
	started(t, r)
	eventually(t, "what is needed", s.holds("a", "one"))
	s.heals(t, "a", "one")
	s.heals(t, "kept", "kept")
	if !s.holds("old", "old")() || s.holds("b", "two")() {
		t.Error("something was done before what it waits for was healthy")
	}
	well.Store(true)
	eventually(t, "what waited for it", s.holds("b", "two"))
	eventually(t, "the prune comes last", s.lacks("old"))
}

// However often something drifts, the time for health is not made longer by it.
func TestDriftDoesNotLengthenAWaitForHealth(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "healthTimeout: 4s", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	r, _ := s.onMoody(statuses(map[string][]drivers.Status{"a": {drivers.StatusProgressing}}), nil)
	started(t, r)
	eventually(t, "the first apply", s.holds("a", "one"))
	polls := 0
	eventually(t, "the wait is over", func() bool {
		if polls++; polls%25 == 0 {
			write(t, filepath.Join(s.root, "b"), "someone's")
		}
		return s.statusOf().LastRun != nil
	})
	if message := s.statusOf().Message; !strings.Contains(message, "File a is progressing") {
		t.Errorf("the message is %q", message)
	}
}

// A run that waits for long has a status: what it waits for, and what it does not
// go on with.
func TestTheStatusOfARunThatWaits(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "healthTimeout: 1h", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	r, _ := s.onMoody(statuses(map[string][]drivers.Status{"a": {drivers.StatusProgressing}}), nil)
	started(t, r)
	eventually(t, "the first apply", s.holds("b", "two"))
	eventually(t, "what is waited for", func() bool {
		run := s.statusOf().Running
		return run != nil && run.Changes[reconcile.StateApplied] == 2 && len(run.Unwell) == 1 && run.Unwell[0].Resource.Name == "a"
	})
	wantWords(t, s.command(exitClean, "status"), "running", "2 changes made, waits for the health of 1 resource", "File a", "as the test says")
	for range 3 {
		s.heals(t, "b", "two")
	}
	write(t, filepath.Join(s.root, "b"), "someone's")
	eventually(t, "the contest", func() bool {
		run := s.statusOf().Running
		return run != nil && len(run.Unmade) == 1 && run.Unmade[0].Resource.Name == "b" && !run.Unmade[0].Retry.IsZero()
	})
	if s.statusOf().LastRun != nil {
		t.Error("it has ended")
	}
}

// A target is rolled back at once, whatever the others wait for.
func TestARollbackWaitsForNoOtherTarget(t *testing.T) {
	s := newSite(t, rollingBack+"  - {name: slow, driver: host, path: slow, mode: apply, healthTimeout: 1h, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	var calm atomic.Bool
	calm.Store(true)
	status := func(name string) drivers.Status {
		switch {
		case name == "a" && s.holds("a", "sick")():
			return drivers.StatusDegraded
		case name == "b" && !calm.Load():
			return drivers.StatusProgressing
		}
		return drivers.StatusHealthy
	}
	wrap := func(d *host.Driver) drivers.Driver { return &moody{Driver: d, status: status} }
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": wrap, "slow": wrap}))
	eventually(t, "the first apply", s.holds("a", "one"))
	eventually(t, "the first apply of the other", s.holds("b", "two"))
	calm.Store(false)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "sick"), "web/c.yaml": aFile("c", "three"), "slow/b.yaml": aFile("b", "four")})
	eventually(t, "the bad revision", s.holds("c", "three"))
	eventually(t, "the rollback", s.holds("a", "one"))
	eventually(t, "what the bad revision made is gone", s.lacks("c"))
	s.heals(t, "a", "one")
}
