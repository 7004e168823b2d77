package statetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/reconcile"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// model is the contract in its simplest form, in memory.
type model struct {
	owned     map[resource.Key]drivers.Owned
	pending   []reconcile.Intent
	deletions []reconcile.Intent
	targets   map[string]reconcile.TargetState
	runs      []reconcile.Run // in the order of saving
}

var modelTargets = []string{"app", "web"}

func (m *model) ownedBy(target string) []drivers.Owned {
	var entries []drivers.Owned
	for key, entry := range m.owned {
		if key.Target == target {
			entries = append(entries, entry)
		}
	}
	slices.SortFunc(entries, func(a, b drivers.Owned) int { return resource.Compare(a.ID, b.ID) })
	return entries
}

func (m *model) pendingOf(target string) []reconcile.Intent {
	return slices.DeleteFunc(slices.Clone(m.pending), func(i reconcile.Intent) bool { return i.Target != target })
}

func (m *model) runIDs(target string) []string {
	newest := slices.Clone(m.runs)
	slices.Reverse(newest)
	slices.SortStableFunc(newest, func(a, b reconcile.Run) int { return b.Started.Compare(a.Started) })
	var ids []string
	for _, run := range newest {
		if target == "" || run.Target == target {
			ids = append(ids, run.ID)
		}
	}
	return ids
}

// machine does the same to a store and to the model.
type machine struct {
	store reconcile.Store
	model model
	count int
	open  func() reconcile.Store
}

// testModel compares after every step of random histories, some of which close
// and open the store in between.
func testModel(t *testing.T, open Open) {
	rapid.Check(t, func(r *rapid.T) {
		place := t.TempDir()
		m := &machine{
			model: model{owned: map[resource.Key]drivers.Owned{}, targets: map[string]reconcile.TargetState{}},
			open:  func() reconcile.Store { return open(t, place) },
		}
		m.store = m.open()
		defer func() { must(t, m.store.Close()) }()
		r.Repeat(map[string]func(*rapid.T){
			"own": m.own, "disown": m.disown, "transfer": m.transfer, "intend": m.intend, "resolve": m.resolve,
			"set target": m.setTarget, "forget": m.forget, "save run": m.saveRun, "reopen": m.reopen, "": m.compare,
		})
	})
}

func (m *machine) next() string {
	m.count++
	return fmt.Sprint(m.count)
}

func drawTarget(t *rapid.T) string { return rapid.SampledFrom(modelTargets).Draw(t, "target") }

func drawID(t *rapid.T, target string) resource.ID {
	id := file(target, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"))
	id.APIVersion = rapid.SampledFrom([]string{"host.holdfast.dev/v1", "host.holdfast.dev/v2", "v1"}).Draw(t, "version")
	id.Scope = rapid.SampledFrom([]string{"", "web1"}).Draw(t, "scope")
	return id
}

func (m *machine) drawOwned(t *rapid.T, target string) drivers.Owned {
	o := drivers.Owned{ID: drawID(t, target), UID: m.next(), Pending: rapid.Bool().Draw(t, "pending")}
	if rapid.Bool().Draw(t, "tombstone") {
		o.Tombstone = noon
	}
	return o
}

func (m *machine) own(t *rapid.T) {
	target := drawTarget(t)
	o := m.drawOwned(t, target)
	must(t, m.store.Own(context.Background(), target, o))
	m.model.owned[o.ID.Key()] = o
}

func (m *machine) disown(t *rapid.T) {
	target := drawTarget(t)
	key := drawID(t, target).Key()
	must(t, m.store.Disown(context.Background(), target, key))
	delete(m.model.owned, key)
}

func (m *machine) transfer(t *rapid.T) {
	from, to := drawTarget(t), drawTarget(t)
	key, o := drawID(t, from).Key(), m.drawOwned(t, to)
	_, isThere := m.model.owned[key]
	err := m.store.Transfer(context.Background(), from, key, o)
	if (err == nil) != isThere {
		t.Fatalf("transfer of what is there (%v): %v", isThere, err)
	}
	if isThere {
		delete(m.model.owned, key)
		m.model.owned[o.ID.Key()] = o
	}
}

func (m *machine) intend(t *rapid.T) {
	target := drawTarget(t)
	actions := []resource.Action{resource.ActionCreate, resource.ActionUpdate, resource.ActionReplace, resource.ActionDelete}
	i := intent(m.next(), drawID(t, target), rapid.SampledFrom(actions).Draw(t, "action"))
	i.Revision = rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "revision")
	i.At = noon.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "hours")) * time.Hour)
	var with *drivers.Owned
	if rapid.Bool().Draw(t, "with entry") {
		o := m.drawOwned(t, target)
		with = &o
		m.model.owned[o.ID.Key()] = o
	}
	must(t, m.store.Intend(context.Background(), i, with))
	m.model.pending = append(m.model.pending, i)
}

func (m *machine) resolve(t *rapid.T) {
	if len(m.model.pending) == 0 {
		t.Skip("nothing is pending")
	}
	at := rapid.IntRange(0, len(m.model.pending)-1).Draw(t, "which")
	i := m.model.pending[at]
	outcome := rapid.SampledFrom([]string{applied, "failed"}).Draw(t, "outcome")
	var with *drivers.Owned
	disown := false
	switch rapid.SampledFrom([]string{"own", "disown", "neither"}).Draw(t, "inventory") {
	case "own":
		o := m.drawOwned(t, i.Target)
		with = &o
		m.model.owned[o.ID.Key()] = o
	case "disown":
		disown = true
		delete(m.model.owned, i.Resource.Key())
	}
	must(t, m.store.Resolve(context.Background(), i, outcome, with, disown))
	m.model.pending = slices.Delete(m.model.pending, at, at+1)
	if outcome == applied && i.Action.Destructive() {
		m.model.deletions = append(m.model.deletions, i)
	}
}

func (m *machine) setTarget(t *rapid.T) {
	target := drawTarget(t)
	state := reconcile.TargetState{Good: m.next()}
	must(t, m.store.SetTarget(context.Background(), target, state))
	m.model.targets[target] = state
}

func (m *machine) forget(t *rapid.T) {
	target := drawTarget(t)
	idle := len(m.model.ownedBy(target))+len(m.model.pendingOf(target)) == 0
	if err := m.store.Forget(context.Background(), target); (err == nil) != idle {
		t.Fatalf("forget where nothing is owned or under way (%v): %v", idle, err)
	}
	if !idle {
		return
	}
	delete(m.model.targets, target)
	m.model.deletions = slices.DeleteFunc(m.model.deletions, func(i reconcile.Intent) bool { return i.Target == target })
	m.model.runs = slices.DeleteFunc(m.model.runs, func(run reconcile.Run) bool { return run.Target == target })
}

func (m *machine) saveRun(t *rapid.T) {
	run := reconcile.Run{ID: m.next(), Target: drawTarget(t)}
	run.Started = noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes")) * time.Minute)
	must(t, m.store.SaveRun(context.Background(), run))
	m.model.runs = append(m.model.runs, run)
}

func (m *machine) reopen(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "how often") > 0 {
		t.Skip("opening takes its time")
	}
	must(t, m.store.Close())
	m.store = m.open()
}

func (m *machine) compare(t *rapid.T) {
	ctx := context.Background()
	kept := maps.Clone(m.model.targets)
	for _, target := range modelTargets {
		state, err := m.store.Target(ctx, target)
		must(t, err)
		same(t, "state", m.model.targets[target], state)
		entries, waiting := owned(t, m.store, target), pending(t, m.store, target)
		same(t, "owned", m.model.ownedBy(target), entries)
		same(t, "pending", m.model.pendingOf(target), waiting)
		m.compareDeletions(t, target)
		m.compareRuns(t, target)
		if len(entries)+len(waiting)+len(m.model.runIDs(target)) > 0 {
			kept[target] = state
		}
	}
	m.compareRuns(t, "")
	names, err := m.store.Targets(ctx)
	must(t, err)
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if !slices.Contains(names, name) {
			t.Fatalf("targets %q lack %q", names, name)
		}
	}
}

func (m *machine) compareDeletions(t *rapid.T, target string) {
	since := noon.Add(24 * time.Hour)
	recent, at, err := m.store.Deletions(context.Background(), target, "r1", since)
	must(t, err)
	wantRecent, wantAt := 0, 0
	for _, i := range m.model.deletions {
		if i.Target == target && !i.At.Before(since) {
			wantRecent++
		}
		if i.Target == target && i.Revision == "r1" {
			wantAt++
		}
	}
	same(t, "deletions", []int{wantRecent, wantAt}, []int{recent, at})
}

func (m *machine) compareRuns(t *rapid.T, target string) {
	same(t, "runs", m.model.runIDs(target), runIDs(t, m.store, target, 1000))
}
