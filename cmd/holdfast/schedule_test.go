package main

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/host"
)

// looks are how often a target is looked at; it is away as long as that is set.
type looks struct {
	times atomic.Int64
	away  atomic.Bool
}

// looked is a driver that counts them.
type looked struct {
	*host.Driver
	*looks
}

func (l *looked) Observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	l.times.Add(1)
	if l.away.Load() {
		return nil, errors.New("the machine is away")
	}
	return l.Driver.Observe(ctx, request)
}

// What drifts, and what fails, is gone over without the others; what is new in
// the source is for all.
func TestATargetIsGoneOverAlone(t *testing.T) {
	s := newSite(t, twoTargets)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "one"), "slow/b.yaml": aFile("b", "two")})
	web, slow := &looks{}, &looks{}
	wrap := func(l *looks) func(d *host.Driver) drivers.Driver {
		return func(d *host.Driver) drivers.Driver { return &looked{d, l} }
	}
	started(t, s.withDriver(map[string]func(*host.Driver) drivers.Driver{"web": wrap(web), "slow": wrap(slow)}))
	eventually(t, "the first apply", s.holds("a", "one"))
	eventually(t, "the first apply of the other", s.holds("b", "two"))

	before := slow.times.Load()
	for range 3 {
		polls := 0
		write(t, filepath.Join(s.root, "a"), "someone's")
		eventually(t, "the drift is healed", func() bool {
			if polls++; polls%100 == 0 { // the watch may have begun after the first
				write(t, filepath.Join(s.root, "a"), "someone's")
			}
			return s.holds("a", "one")()
		})
	}
	if now := slow.times.Load(); now > before+1 { // its own write may be told of
		t.Errorf("the other target was looked at %d times for it", now-before)
	}

	slow.away.Store(true)
	s.commit(map[string]string{"web/a.yaml": aFile("a", "three"), "slow/b.yaml": aFile("b", "four")})
	eventually(t, "the commit", s.holds("a", "three"))
	tries := slow.times.Load()
	seen := web.times.Load()
	eventually(t, "what failed is tried again", func() bool { return slow.times.Load() > tries+3 })
	if now := web.times.Load(); now > seen+1 {
		t.Errorf("the target that is well was looked at %d times meanwhile", now-seen)
	}
	slow.away.Store(false)
	eventually(t, "it comes back", s.holds("b", "four"))
}
