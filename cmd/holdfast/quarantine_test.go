package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
)

const rollingBack = oneTarget + "    rollback: true\n    healthTimeout: 1s\n"

// onWords gives the engine where what holds "sick" is degraded and what holds "slow"
// is progressing; what outage names is degraded, and with "cured" in it nothing is sick.
func (s *site) onWords(outage *sync.Map) *reconcile.Reconciler {
	return s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		m := &moody{Driver: d}
		m.status = func(name string) drivers.Status {
			_, out := outage.Load(name)
			_, cured := outage.Load("cured")
			switch {
			case s.holds(name, "slow")():
				return drivers.StatusProgressing
			case out || s.holds(name, "sick")() && !cured:
				return drivers.StatusDegraded
			}
			return drivers.StatusHealthy
		}
		return m
	}})
}

func (s *site) standing(t *testing.T) reconcile.TargetStatus {
	t.Helper()
	p := s.open()
	defer p.close()
	status, err := reconcile.ReadStatus(t.Context(), p.store, time.Now())
	if err != nil || len(status.Targets) != 1 {
		t.Fatalf("%+v %v", status, err)
	}
	return status.Targets[0]
}

// in runs a part of a test with an engine of its own, as after a restart.
func (s *site) in(t *testing.T, outage *sync.Map, part func(r *reconcile.Reconciler)) {
	t.Helper()
	t.Run("process", func(t *testing.T) {
		own := *s
		own.t = t
		part(own.onWords(outage))
	})
}

// Without rollback what is not healthy is a fault of the world, in each pass.
func TestExitCodeOfARevisionThatFailsHealth(t *testing.T) {
	s := newSite(t, strings.Replace(rollingBack, "rollback: true", "rollback: false", 1))
	bad := s.commit(map[string]string{"web/a.yaml": aFile("a", "sick")})
	r := s.onWords(&sync.Map{})
	for range 2 {
		result := onePass(t, r)
		run := only(t, result, "web")
		if run.Outcome != reconcile.OutcomeFailed || run.Quarantined != bad || onceCode(result) != exitFault {
			t.Errorf("exit code %d of %+v", onceCode(result), run)
		}
	}
}

func TestARevisionThatFailsHealthIsRolledBack(t *testing.T) {
	for _, word := range []string{"sick", "slow"} {
		s := newSite(t, rollingBack)
		outage := &sync.Map{}
		good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
		s.in(t, outage, func(r *reconcile.Reconciler) {
			expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "create a applied", "create b applied")
		})
		bad := s.commit(map[string]string{"web/a.yaml": aFile("a", word), "web/c.yaml": aFile("c", "three")})
		s.in(t, outage, func(r *reconcile.Reconciler) {
			result := onePass(t, r)
			if len(result.Runs) != 2 || passCode(result) != exitFault {
				t.Fatalf("runs %+v", result.Runs)
			}
			expect(t, result.Runs[0], reconcile.OutcomeFailed, "update a applied", "create c applied")
			// What the bad revision made goes by the usual rules.
			expect(t, result.Runs[1], reconcile.OutcomeHeld, "update a applied", "delete c applied")
			if message := result.Runs[1].Message; !strings.HasPrefix(message, "revision "+bad+" is quarantined: File a is ") || !strings.HasSuffix(message, "rolled back to "+good) {
				t.Error(message)
			}
			// It stays so, and nothing else is done.
			result = onePass(t, r)
			expect(t, only(t, result, "web"), reconcile.OutcomeHeld)
			if len(result.Runs) != 1 || passCode(result) != exitMistake || result.Runs[0].Revision != good || result.Runs[0].Quarantined != bad {
				t.Errorf("exit code %d, runs %+v", passCode(result), result.Runs)
			}
		})
		s.files(map[string]string{"a": "one", "b": "two"})
		// After a restart as well; and drift is corrected at the healthy revision.
		write(t, s.root+"/a", "by hand")
		s.in(t, outage, func(r *reconcile.Reconciler) {
			expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeHeld, "update a applied")
		})
		s.files(map[string]string{"a": "one", "b": "two"})
		if at := s.standing(t); at.Healthy != good || at.Bad == nil || at.Bad.Revision != bad || at.Seen != bad {
			t.Errorf("the status: %+v", at)
		}
		mended := s.commit(map[string]string{"web/a.yaml": aFile("a", "four")})
		s.in(t, outage, func(r *reconcile.Reconciler) {
			expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK, "update a applied", "create c applied")
		})
		if at := s.standing(t); at.Healthy != mended || at.Bad != nil {
			t.Errorf("the status: %+v", at)
		}
	}
}

// A typing error, on top of a revision that is not well, takes that one not back.
func TestAnUnfitRevisionTakesNothingBack(t *testing.T) {
	s := newSite(t, oneTarget)
	outage := &sync.Map{}
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	r := s.onWords(outage)
	onePass(t, r)
	sick := s.commit(map[string]string{"web/a.yaml": aFile("a", "sick"), "web/c.yaml": aFile("c", "three")})
	expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "update a applied", "create c applied")
	s.commit(map[string]string{"web/b.yaml": "kind: ["})
	run := only(t, onePass(t, r), "web")
	expect(t, run, reconcile.OutcomeHeld)
	if run.Revision != sick {
		t.Errorf("it is held at %s", run.Revision)
	}
	s.files(map[string]string{"a": "sick", "b": "two", "c": "three"})
}

// A commit that cannot be read, on top of a bad one, does not bring that back.
func TestAnUnfitRevisionIsHeldAtTheHealthyOne(t *testing.T) {
	s := newSite(t, rollingBack)
	good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.in(t, &sync.Map{}, func(r *reconcile.Reconciler) {
		onePass(t, r)
		s.commit(map[string]string{"web/a.yaml": aFile("a", "sick")})
		onePass(t, r)
		s.commit(map[string]string{"web/a.yaml": "a: ["})
		run := only(t, onePass(t, r), "web")
		expect(t, run, reconcile.OutcomeHeld)
		if run.Revision != good {
			t.Errorf("at %s: %s", run.Revision, run.Message)
		}
	})
	s.files(map[string]string{"a": "one"})
}

func TestWithoutRollbackABadRevisionIsShownAndStays(t *testing.T) {
	s := newSite(t, oneTarget)
	outage := &sync.Map{}
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	s.in(t, outage, func(r *reconcile.Reconciler) {
		onePass(t, r)
		bad := s.commit(map[string]string{"web/a.yaml": aFile("a", "sick")})
		result := onePass(t, r)
		expect(t, only(t, result, "web"), reconcile.OutcomeFailed, "update a applied")
		if len(result.Runs) != 1 || result.Runs[0].Quarantined != bad {
			t.Errorf("runs %+v", result.Runs)
		}
	})
	code, out := cli(t, s.folder, "status", "--config", s.config)
	if code != exitClean || !strings.Contains(out, "is bad here since") || !strings.Contains(out, "File a is degraded") {
		t.Errorf("%d: %s", code, out)
	}
	s.in(t, outage, func(r *reconcile.Reconciler) {
		expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed)
		outage.Store("cured", true) // it gets well by itself
		expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeOK)
	})
	if at := s.standing(t); at.Bad != nil || at.Healthy != at.Revision {
		t.Errorf("the status: %+v", at)
	}
	s.files(map[string]string{"a": "sick"})
}

// What was not well before is nothing that a revision has done.
func TestARevisionIsNotBlamedForAnOutage(t *testing.T) {
	s := newSite(t, rollingBack)
	outage := &sync.Map{}
	good := s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two")})
	s.in(t, outage, func(r *reconcile.Reconciler) {
		onePass(t, r)
		outage.Store("a", true)
		// It was healthy at this very revision.
		run := only(t, onePass(t, r), "web")
		expect(t, run, reconcile.OutcomeFailed)
		if run.Quarantined != "" {
			t.Errorf("run %+v", run)
		}
		// Nothing of a new revision is made: it only gets sick.
		s.commit(map[string]string{"README": "read me"})
		expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed)
		// Something else is made while it is sick.
		s.commit(map[string]string{"web/b.yaml": aFile("b", "three")})
		result := onePass(t, r)
		expect(t, only(t, result, "web"), reconcile.OutcomeFailed, "update b applied")
		if len(result.Runs) != 1 || result.Runs[0].Quarantined != "" {
			t.Errorf("runs %+v", result.Runs)
		}
		// And a mend that does not help, but makes it no worse, is no reason to go back.
		s.commit(map[string]string{"web/a.yaml": aFile("a", "four")})
		expect(t, only(t, onePass(t, r), "web"), reconcile.OutcomeFailed, "update a applied")
		s.commit(map[string]string{"web/b.yaml": aFile("b", "sick")})
		result = onePass(t, r)
		if len(result.Runs) != 2 || result.Runs[1].Revision != good {
			t.Errorf("runs %+v", result.Runs)
		}
	})
}

func TestSuspendedTargetsAreLeftAlone(t *testing.T) {
	s := newSite(t, "destinations: [{driver: host, root: ROOT}]\n")
	repository := "targets: [{name: web, driver: host, path: web, mode: apply, settings: {root: " + s.root + "}}]\n"
	suspended := strings.Replace(repository, "mode:", "suspend: true, mode:", 1)
	s.commit(map[string]string{"holdfast.yaml": repository, "web/a.yaml": aFile("a", "one")})
	s.pass()
	for what, files := range map[string]map[string]string{
		"a change":                {"holdfast.yaml": suspended, "web/a.yaml": aFile("a", "two")},
		"a file that is no use":   {"web/a.yaml": "a: ["},
		"a change, and no change": {"web/a.yaml": aFile("a", "two")},
	} {
		files["holdfast.yaml"] = suspended
		s.commit(files)
		write(t, s.root+"/a", "by hand")
		run := only(t, s.pass(), "web")
		expect(t, run, reconcile.OutcomeWaiting)
		if run.Message != "suspended in the configuration" {
			t.Errorf("%s: %s", what, run.Message)
		}
	}
	if _, out := cli(t, s.folder, "status", "--config", s.config); !strings.Contains(out, "suspended in the configuration") {
		t.Error(out)
	}
	s.files(map[string]string{"a": "by hand"})
	s.commit(map[string]string{"holdfast.yaml": repository, "web/a.yaml": aFile("a", "three")})
	expect(t, only(t, s.pass(), "web"), reconcile.OutcomeOK, "update a applied")
}

// A source that is polled often does not end the waits by which a rollout is judged.
func TestPollsDoNotEndAWaitForHealth(t *testing.T) {
	s := newSite(t, strings.Replace(rollingBack, "healthTimeout: 1s", "healthTimeout: 5s", 1))
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, strings.Replace(string(text), "branch: main", "branch: main, interval: 1s", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	started(t, s.onWords(&sync.Map{}))
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "slow")})
	eventually(t, "the bad revision", s.holds("a", "slow"))
	eventually(t, "the rollback", s.holds("a", "one"))
}

// Nor do commits that ask the target for nothing else.
func TestCommitsElsewhereDoNotPutOffTheEndOfARollout(t *testing.T) {
	s := newSite(t, oneTarget+"    healthTimeout: 5s\n  - {name: other, driver: host, path: other, mode: apply, settings: {root: ROOT}}\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "other/b.yaml": aFile("b", "0")})
	started(t, s.onWords(&sync.Map{}))
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "slow")})
	eventually(t, "the bad revision", s.holds("a", "slow"))
	commits := 0
	eventually(t, "the rollout is judged", func() bool {
		commits++
		s.commit(map[string]string{"other/b.yaml": aFile("b", fmt.Sprint(commits))})
		eventually(t, "the commit elsewhere", s.holds("b", fmt.Sprint(commits)))
		out, _, _ := s.holdfast("status", "--config", s.config, "--format", "json")
		var status reconcile.Status
		return json.Unmarshal([]byte(out), &status) == nil && slices.ContainsFunc(status.Targets, func(t reconcile.TargetStatus) bool { return t.Name == "web" && t.Bad != nil })
	})
}
