package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/render"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// hanging is the host driver on a destination that does not answer until it is let go.
type hanging struct {
	*host.Driver
	letGo <-chan struct{}
}

func (h *hanging) Observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	select {
	case <-h.letGo:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return h.Driver.Observe(ctx, request)
}

// unready is the host driver where nothing ever becomes healthy.
type unready struct{ *host.Driver }

func (u *unready) Health(_ context.Context, resources []resource.Resource) ([]drivers.Health, error) {
	var all []drivers.Health
	for _, res := range resources {
		all = append(all, drivers.Health{ID: res.ID, Status: drivers.StatusProgressing, Reason: "starting"})
	}
	return all, nil
}

// withDriver is the site's engine with the drivers of targets named in wrap
// put behind something that gets in the way.
func (s *site) withDriver(wrap map[string]func(*host.Driver) drivers.Driver) *reconcile.Reconciler {
	s.t.Helper()
	c, err := loadConfig(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	parts, err := newEngine(s.t.Context(), c, engineOptions{logger: logger})
	if err != nil {
		s.t.Fatal(err)
	}
	kind := host.Kind()
	open := kind.Open
	kind.Open = func(ctx context.Context, options drivers.Options) (drivers.Driver, error) {
		driver, err := open(ctx, options)
		if wrapped := wrap[options.Target]; wrapped != nil && err == nil {
			return wrapped(driver.(*host.Driver)), nil
		}
		return driver, err
	}
	renderer := render.New(render.Options{MaxFileSize: c.Limits.MaxFileSize})
	r := reconcile.New(reconcile.Options{
		Source: parts.source, Renderer: renderer, Locator: renderer, Compiler: newCompiler(0, logger),
		Drivers: []drivers.Kind{kind}, Store: parts.store, Configure: configure(c), Now: time.Now, Logger: logger, StopGrace: 2 * time.Second,
	})
	s.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			s.t.Error(err)
		}
		if err := parts.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return r
}

const twoTargets = oneTarget + "  - {name: slow, driver: host, path: slow, mode: apply, settings: {root: ROOT}}\n"

// started runs the loop until the test ends.
func started(t *testing.T, r *reconcile.Reconciler) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestAStuckTargetHoldsUpNoOther(t *testing.T) {
	s := newSite(t, twoTargets)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	letGo := make(chan struct{})
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"slow": func(d *host.Driver) drivers.Driver { return &hanging{d, letGo} },
	}))
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three"), "slow/b.yaml": aFile("b", "four")})
	eventually(t, "a commit goes past the target that is stuck", s.holds("a", "three"))
	close(letGo)
	eventually(t, "the target that was stuck gets to the newest revision", s.holds("b", "four"))
}

func TestANewerCommitEndsAWaitForHealth(t *testing.T) {
	s := newSite(t, strings.Replace(oneTarget, "prune: true", "healthTimeout: 1h", 1))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one")})
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"web": func(d *host.Driver) drivers.Driver { return &unready{d} },
	}))
	eventually(t, "the first apply", s.holds("a", "one"))
	s.commit(map[string]string{"web/a.yaml": aFile("a", "two")})
	eventually(t, "the newer commit", s.holds("a", "two"))
}

// deaf is the host driver on a destination that nothing brings to an end.
type deaf struct {
	*host.Driver
	letGo <-chan struct{}
}

func (d *deaf) Observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	<-d.letGo
	return d.Driver.Observe(ctx, request)
}

// What hangs for good is seen in the status from the first time on, and does not
// keep the daemon from its end.
func TestWhatHangsIsSeenAndLeftBehind(t *testing.T) {
	s := newSite(t, twoTargets)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	letGo := make(chan struct{})
	r := s.withDriver(map[string]func(*host.Driver) drivers.Driver{
		"slow": func(d *host.Driver) drivers.Driver { return &deaf{d, letGo} },
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	eventually(t, "the other target", s.holds("a", "one"))
	eventually(t, "the one that hangs is seen", func() bool {
		out, _, _ := s.holdfast("status", "--config", s.config, "--format", "json")
		var status reconcile.Status
		return json.Unmarshal([]byte(out), &status) == nil &&
			slices.ContainsFunc(status.Targets, func(t reconcile.TargetStatus) bool { return t.Name == "slow" && !t.RunningSince.IsZero() })
	})
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := r.Close(); err == nil || !strings.Contains(err.Error(), "target slow") {
		t.Errorf("it was closed with %v", err)
	}
	close(letGo)
}

func TestReadiness(t *testing.T) {
	var ready readiness
	for _, step := range []struct {
		event reconcile.Event
		want  string // in the reasons, "" for none
	}{
		{reconcile.Event{Kind: reconcile.EventFetched}, "no pass"},
		{reconcile.Event{Kind: reconcile.EventUnfit, Message: "holdfast.yaml:1:1: no\nmore"}, "no pass"},
		{reconcile.Event{Kind: reconcile.EventPassed}, "is refused, and there is no earlier one: holdfast.yaml:1:1: no"},
		{reconcile.Event{Kind: reconcile.EventFetched}, ""},
		{reconcile.Event{Kind: reconcile.EventTargets, Targets: []string{"a", "b"}}, "not looked at yet: target a, b"},
		{reconcile.Event{Kind: reconcile.EventEnded, Target: "b"}, "not looked at yet: target a"},
		{reconcile.Event{Kind: reconcile.EventEnded, Target: "a"}, ""},
		{reconcile.Event{Kind: reconcile.EventUnfit, Message: "no"}, ""}, // the targets are held where they are
		{reconcile.Event{Kind: reconcile.EventFetchFailed, Message: "away"}, "the source cannot be read: away"},
	} {
		ready.take(step.event)
		if got := strings.Join(ready.reasons(nil), "\n"); (got == "") != (step.want == "") || !strings.Contains(got, step.want) {
			t.Errorf("after %s: %q, want %q", step.event.Kind, got, step.want)
		}
	}
}
