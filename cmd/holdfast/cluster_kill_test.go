package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/holdfast-dev/holdfast/reconcile"
)

const twoInCluster = `
limits: {maxDelete: 1000}
targets:
  - {name: web, driver: kubernetes, path: web, mode: apply, prune: true, settings: SETTINGS}
  - {name: other, driver: kubernetes, path: other, mode: apply, prune: true, settings: SETTINGS}
`

// fixed is a ConfigMap that can only be made anew, and may be.
func fixed(name, value string) string {
	return aMap(name, value, "  annotations: {holdfast.dev/replace: allow}") + "immutable: true\n"
}

// tide are two states, to and fro: each step has something to create, update,
// replace, delete and to move between the targets.
var tide = [2]struct {
	files map[string]string
	owned map[string][]string
	value map[string]string
}{
	{
		map[string]string{
			"web/ebb.yaml": aMap("ebb", "x"), "web/flood.yaml": "", "web/kept.yaml": aMap("kept", "x"), "web/changed.yaml": aMap("changed", "ebb"),
			"web/fixed.yaml": fixed("fixed", "ebb"), "web/moved.yaml": aMap("moved", "x"), "other/moved.yaml": "", "other/kept.yaml": aMap("stays", "x"),
		},
		map[string][]string{"web": {"ebb", "kept", "changed", "fixed", "moved"}, "other": {"stays"}},
		map[string]string{"ebb": "x", "kept": "x", "changed": "ebb", "fixed": "ebb", "moved": "x", "stays": "x"},
	},
	{
		map[string]string{
			"web/ebb.yaml": "", "web/flood.yaml": aMap("flood", "x"), "web/kept.yaml": aMap("kept", "x"), "web/changed.yaml": aMap("changed", "flood"),
			"web/fixed.yaml": fixed("fixed", "flood"), "web/moved.yaml": "", "other/moved.yaml": aMap("moved", "x"), "other/kept.yaml": aMap("stays", "x"),
		},
		map[string][]string{"web": {"flood", "kept", "changed", "fixed"}, "other": {"stays", "moved"}},
		map[string]string{"flood": "x", "kept": "x", "changed": "flood", "fixed": "flood", "moved": "x", "stays": "x"},
	},
}

// Killed with SIGKILL at any request, before the API server has it or before
// its answer arrives, holdfast comes to the same end when it is run again, and
// touches nothing else.
func TestKilledAtAnyRequest(t *testing.T) {
	server := cluster.get(t)
	for _, at := range []struct {
		name     string
		sort     string
		answered bool // killed when the server has done what was asked
		every    int
	}{{"before a write", aWrite, false, 1}, {"after a write", aWrite, true, 1}, {"planning", aDryRun, false, 2}, {"looking", aRead, false, 4}} {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := newClusterSite(t, server, twoInCluster)
			g := newGate(t, server)
			s.through(g.kubeconfig, twoInCluster)
			untouched := s.handmade("web", "other")
			s.commit(tide[0].files)
			s.pass()
			kept := s.maps()
			for step := 1; ; step++ {
				now := tide[step%2]
				s.commit(now.files)
				survived := s.killed(g, at.sort, 1+(step-1)*at.every, at.answered)
				s.resumes(now.value, now.owned)
				untouched()
				for _, name := range []string{"kept", "moved", "changed", "stays"} {
					if after := s.maps()[name]; after.UID != kept[name].UID {
						t.Errorf("%s was deleted and made anew", name)
					}
				}
				if t.Failed() {
					t.Fatalf("killed at %s %d", at.sort, step)
				}
				if survived {
					t.Logf("killed %d times", step-1)
					if step < 4 {
						t.Errorf("it asks for a %s only %d times", at.sort, step-1)
					}
					return
				}
			}
		})
	}
}

// killed runs holdfast, which is killed at its nth request of a sort, and
// reports whether it came to its end before that.
func (s *clusterSite) killed(g *gate, sort string, nth int, answered bool) (survived bool) {
	s.t.Helper()
	var seen atomic.Int64
	return s.killedAt(g, answered, func(r *http.Request) bool { return sortOf(r) == sort && seen.Add(1) == int64(nth) })
}

// killedAt runs holdfast, which is killed at the first request that it is to be, before
// or after the API server has done what it asks for.
func (s *clusterSite) killedAt(g *gate, answered bool, at func(*http.Request) bool) (survived bool) {
	s.t.Helper()
	victim := make(chan *daemon, 1)
	var once atomic.Bool
	g.with(func(w http.ResponseWriter, r *http.Request, forward http.Handler) {
		if !at(r) || !once.CompareAndSwap(false, true) {
			forward.ServeHTTP(w, r)
			return
		}
		if answered {
			forward.ServeHTTP(httptest.NewRecorder(), r)
		}
		d := <-victim
		_ = d.Process.Kill()
		<-d.done
		panic(http.ErrAbortHandler) // there is nobody to answer
	})
	defer g.with(nil)
	d := s.start("run", "--once", "--config", s.config)
	victim <- d
	<-d.done
	if d.code >= 0 && d.code != exitClean {
		s.t.Errorf("exit code %d: %s", d.code, d.log)
	}
	return d.code == exitClean
}

// resumes makes one pass, after which all is as desired, the inventories are
// complete, and there is nothing left to do.
func (s *clusterSite) resumes(values map[string]string, owned map[string][]string) {
	s.t.Helper()
	p := s.open()
	defer p.close()
	for _, run := range p.pass().Runs {
		if run.Outcome != reconcile.OutcomeOK {
			s.t.Errorf("after it was killed, %s: %s: %s %+v", run.Target, run.Outcome, run.Message, run.Changes)
		}
	}
	s.wantValues(values)
	for _, run := range p.pass().Runs { // which sees that what was deleted is gone
		expect(s.t, run, reconcile.OutcomeOK)
	}
	for _, target := range slices.Sorted(maps.Keys(owned)) {
		s.wantOwned(p, target, slices.Clone(owned[target])...)
	}
}
