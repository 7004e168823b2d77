package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources"
)

// A configuration that reads well and still cannot be run with does not end the daemon.
func TestDaemonGoesOnWhereTheNextConfigurationCannotBeRunWith(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	d := s.start("run", "--config", s.config)
	eventually(t, "the first apply", s.holds("a", "one"))
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.config, strings.Replace(string(text), "state.db", "operator.yaml/state.db", 1))
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is refused", func() bool { return strings.Contains(d.log.String(), "not taken up") })
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	eventually(t, "the one before goes on", s.holds("a", "two"))
	if code := d.stop(syscall.SIGTERM); code != exitClean {
		t.Errorf("exit code %d", code)
	}
}

// faulty is a driver with a bug.
type faulty struct{ *host.Driver }

func (f *faulty) Observe(context.Context, drivers.ObserveRequest) (*drivers.Observation, error) {
	panic("a bug")
}

func TestABugInOneTargetIsItsOwn(t *testing.T) {
	s := newSite(t, twoTargets)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{"slow": func(d *host.Driver) drivers.Driver { return &faulty{d} }})
	result := onePass(t, r)
	expect(t, only(t, result, "web"), reconcile.OutcomeOK, "create a applied")
	if run := only(t, result, "slow"); run.Outcome != reconcile.OutcomeFailed || !strings.Contains(run.Message, "a bug in holdfast") {
		t.Errorf("%s: %s", run.Outcome, run.Message)
	}
}

// A revision that holdfast itself trips over is an error and no crash: the
// commit that mends it has to get in.
func TestABugBeforeTheTargetsIsAnError(t *testing.T) {
	s := newSite(t, oneTarget)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	p := s.open()
	defer p.close()
	r := reconcile.New(reconcile.Options{
		Source: p.source, Store: p.store, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Configure: func(context.Context, sources.Snapshot) (*reconcile.Spec, error) { panic("a bug") },
	})
	if _, err := r.Pass(t.Context(), reconcile.PassOptions{}); err == nil || !strings.Contains(err.Error(), "a bug in holdfast") {
		t.Errorf("got %v", err)
	}
}
