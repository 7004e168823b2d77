package main

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/reconcile/state"
)

// A target waits for those that it depends on, and for no others.
func TestAStuckTargetHoldsUpNoChainOfOthers(t *testing.T) {
	s := newSite(t, dependent+"  - {name: slow, driver: host, path: slow, mode: apply, settings: {root: ROOT/slow}}\n")
	s.folders("app", "base", "slow")
	s.commit(map[string]string{"app/a.yaml": aFile("a", "one"), "base/b.yaml": aFile("b", "two"), "slow/c.yaml": aFile("c", "three")})
	hold := make(chan struct{})
	letGo := sync.OnceFunc(func() { close(hold) })
	defer letGo()
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"slow": func(d *host.Driver) drivers.Driver { return &hanging{d, hold} },
	})
	ended := make(chan error, 1)
	go func() {
		_, err := r.Pass(t.Context(), reconcile.PassOptions{})
		ended <- err
	}()
	eventually(t, "the target at the end of the chain", s.holds(filepath.Join("app", "a"), "one"))
	letGo()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	s.files(map[string]string{"app/a": "one", "base/b": "two", "slow/c": "three"})
}

// restless is a target where nothing becomes healthy and drift is told all the time.
type restless struct{ *unready }

func (r *restless) Watch(ctx context.Context, _ []drivers.Owned) (<-chan struct{}, error) {
	drifted := make(chan struct{})
	go func() {
		defer close(drifted)
		for {
			select {
			case <-ctx.Done():
				return
			case drifted <- struct{}{}:
			}
		}
	}()
	return drifted, nil
}

// Only something newer in the source ends a wait for health. The destination's
// own stirring, which an apply causes, does not: health would never be told.
func TestDriftDoesNotEndAWaitForHealth(t *testing.T) {
	s := newSite(t, oneTarget+"    healthTimeout: 1s\n")
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"web": func(d *host.Driver) drivers.Driver { return &restless{&unready{d}} },
	}))
	var runs []reconcile.Run
	eventually(t, "two more runs", func() bool {
		store, err := state.OpenReadOnly(t.Context(), filepath.Join(s.folder, "state.db"))
		if err != nil {
			return false
		}
		defer store.Close()
		runs, err = store.Runs(t.Context(), "web", 10)
		return err == nil && len(runs) > 1 && runs[0].Ended.Sub(runs[len(runs)-1].Started) > 3*time.Second
	})
	for _, run := range runs {
		if run.Outcome != reconcile.OutcomeFailed {
			t.Errorf("%s: %s", run.Outcome, run.Message)
		}
	}
}

// What was left behind takes nothing away by a revision that is not the newest any more.
func TestATargetThatWasLeftBehindPrunesNothing(t *testing.T) {
	s := newSite(t, twoTargets)
	s.commit(map[string]string{"slow/d.yaml": aFile("d", "zero"), "web/a.yaml": aFile("a", "one"), "web/b.yaml": aFile("b", "two"), "web/c.yaml": aFile("c", "three")})
	s.pass()
	before, err := os.Stat(filepath.Join(s.root, "c"))
	if err != nil {
		t.Fatal(err)
	}
	s.commit(map[string]string{"web/b.yaml": aFile("b", "four"), "web/c.yaml": ""})
	reached, hold := make(chan struct{}), make(chan struct{})
	letGo := sync.OnceFunc(func() { close(hold) })
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": func(d *host.Driver) drivers.Driver {
		return &interfered{Driver: d, before: "b", meddle: func() error {
			close(reached)
			<-hold
			return nil
		}}
	}}))
	t.Cleanup(letGo)
	<-reached
	s.commit(map[string]string{"web/c.yaml": aFile("c", "three"), "web/a.yaml": aFile("a", "five"), "slow/d.yaml": aFile("d", "six")})
	eventually(t, "the others go on", s.holds("d", "six"))
	letGo()
	eventually(t, "the newest revision", s.holds("a", "five"))
	after, err := os.Stat(filepath.Join(s.root, "c"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("it was taken away by an older revision: %v", err)
	}
}
