package drivertest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// world is a destination, a driver on it, and the inventory that a reconciler
// would keep of it.
type world struct {
	Harness
	t      *testing.T
	driver drivers.Driver
	owned  map[resource.Key]drivers.Owned
	logs   *lockedBuffer
}

func newWorld(t *testing.T, harness Harness) *world {
	w := &world{Harness: harness, t: t, owned: map[resource.Key]drivers.Owned{}, logs: &lockedBuffer{}}
	w.restart()
	return w
}

// restart goes on with a new instance of the driver. The one before is closed
// at the end only, because a killed process closes nothing.
func (w *world) restart() {
	w.t.Helper()
	driver := w.Open(w.t, slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	w.t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	})
	w.driver = driver
}

func (w *world) atomic() bool {
	driver, ok := w.driver.(drivers.Atomic)
	return ok && driver.Atomic()
}

// all are the harness's resources at a version.
func (w *world) all(version int) []resource.Resource {
	all := make([]resource.Resource, Resources)
	for n := range all {
		all[n] = w.Resource(n, version)
	}
	return all
}

func (w *world) inventory() []drivers.Owned {
	var owned []drivers.Owned
	for _, entry := range w.owned {
		owned = append(owned, entry)
	}
	slices.SortFunc(owned, func(a, b drivers.Owned) int { return resource.Compare(a.ID, b.ID) })
	return owned
}

func (w *world) observe(desired ...resource.Resource) *drivers.Observation {
	w.t.Helper()
	observed, err := w.driver.Observe(w.t.Context(), drivers.ObserveRequest{Desired: desired, Owned: w.inventory()})
	if err != nil {
		w.t.Fatalf("observe: %v", err)
	}
	return observed
}

func (w *world) plan(desired ...resource.Resource) *drivers.Plan {
	w.t.Helper()
	return w.planWith(drivers.PlanRequest{Desired: desired})
}

func (w *world) planWith(request drivers.PlanRequest) *drivers.Plan {
	w.t.Helper()
	request.Snapshot, request.Dir, request.Owned = w.Snapshot, w.Dir, w.inventory()
	request.Observed = w.observe(request.Desired...)
	plan, err := w.driver.Plan(w.t.Context(), request)
	if err != nil {
		w.t.Fatalf("plan: %v", err)
	}
	return plan
}

// effects are the changes that do something, in an order in which they can be
// done: what others need comes first, and deletes last, the other way round.
func (w *world) effects(plan *drivers.Plan) []resource.Change {
	edges := map[resource.Key][]resource.Key{}
	if driver, ok := w.driver.(drivers.Dependencies); ok {
		var resources []resource.Resource
		for _, change := range plan.Changes {
			if res := change.After; res != nil {
				resources = append(resources, *res)
			} else if change.Before != nil {
				resources = append(resources, *change.Before)
			}
		}
		edges = driver.DependsOn(resources)
	}
	var writes, deletes []resource.Change
	placed := map[resource.Key]bool{}
	var place func(key resource.Key)
	place = func(key resource.Key) {
		if placed[key] {
			return
		}
		placed[key] = true
		for _, needed := range edges[key] {
			place(needed)
		}
		for _, change := range plan.Changes {
			switch {
			case change.ID.Key() != key, change.Action == resource.ActionNone, change.Action == resource.ActionMove:
			case change.Action == resource.ActionDelete:
				deletes = append(deletes, change)
			default:
				writes = append(writes, change)
			}
		}
	}
	for _, change := range plan.Changes {
		place(change.ID.Key())
	}
	slices.Reverse(deletes)
	return append(writes, deletes...)
}

// apply carries out changes with a journal that may be nil, and gives the journal.
func (w *world) apply(plan *drivers.Plan, changes []resource.Change, j *journal) (*journal, error) {
	w.t.Helper()
	return w.applyUnder(w.t.Context(), plan, changes, j)
}

func (w *world) applyUnder(ctx context.Context, plan *drivers.Plan, changes []resource.Change, j *journal) (*journal, error) {
	w.t.Helper()
	if j == nil {
		j = &journal{}
	}
	j.world = w
	j.before = map[resource.Key]string{}
	for _, change := range changes {
		j.before[change.ID.Key()] = w.Live(w.t, change.ID)
	}
	err := w.driver.Apply(ctx, plan, changes, j)
	return j, err
}

// bring applies all that it takes, and wants it to succeed.
func (w *world) bring(desired ...resource.Resource) *drivers.Plan {
	w.t.Helper()
	plan := w.plan(desired...)
	j, err := w.apply(plan, w.effects(plan), nil)
	if err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	for _, end := range j.ends {
		if end.result.Err != nil {
			w.t.Fatalf("apply %s: %v", end.id, end.result.Err)
		}
	}
	w.settle(plan)
	return plan
}

// settle brings the inventory in line with what the plan saw: what needs no
// change is owned as it is, what moves is the other's from now on, and what is
// not there anymore is forgotten.
func (w *world) settle(plan *drivers.Plan) {
	seen := map[resource.Key]bool{}
	for _, change := range plan.Changes {
		key := change.ID.Key()
		seen[key] = change.Action != resource.ActionMove
		if change.Action == resource.ActionNone {
			w.owned[key] = drivers.Owned{ID: change.ID, UID: change.Precondition, Digest: change.Desired}
		}
	}
	maps.DeleteFunc(w.owned, func(key resource.Key, _ drivers.Owned) bool { return !seen[key] })
}

func (w *world) wantInLine(desired ...resource.Resource) {
	w.t.Helper()
	for _, change := range w.plan(desired...).Changes {
		if change.Action != resource.ActionNone {
			w.t.Errorf("%s is to be a %s, want none: %+v", change.ID, change.Action, change.Diff)
		}
		if len(change.Diff) > 0 {
			w.t.Errorf("%s has a diff without an action: %+v", change.ID, change.Diff)
		}
	}
}

func (w *world) wantHolds(resources ...resource.Resource) {
	w.t.Helper()
	for i := range resources {
		if !w.Holds(w.t, &resources[i]) {
			w.t.Errorf("%s is not as it was asked for", resources[i].ID)
		}
	}
}

// end is how a change ended.
type end struct {
	id     resource.ID
	result drivers.Result
}

// errKilled is what the journal panics with in the place of a killed process.
var errKilled = errors.New("killed")

// journal keeps the inventory as a reconciler does, and holds the driver to
// the order of intention, effect and record.
type journal struct {
	*world
	refuse   error        // what Intend answers, if anything
	intended func()       // called once an intention is recorded
	done     func() error // called before a result is

	mu      sync.Mutex
	before  map[resource.Key]string // fingerprints when Apply began
	intents []resource.ID
	uids    []string
	ends    []end
}

func (j *journal) Intend(ctx context.Context, change *resource.Change, uid string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.Live(j.t, change.ID) != j.before[change.ID.Key()] {
		j.t.Errorf("%s was changed before the intention was recorded", change.ID)
	}
	if slices.ContainsFunc(j.intents, func(id resource.ID) bool { return id.Key() == change.ID.Key() }) {
		j.t.Errorf("%s was intended twice", change.ID)
	}
	j.intents = append(j.intents, change.ID)
	j.uids = append(j.uids, uid)
	if j.refuse != nil || ctx.Err() != nil {
		return cmp.Or(j.refuse, ctx.Err())
	}
	entry := j.owned[change.ID.Key()]
	entry.ID = change.ID
	if change.Action != resource.ActionDelete {
		entry.UID, entry.Pending = uid, true
	}
	j.owned[change.ID.Key()] = entry
	if j.intended != nil {
		j.intended()
	}
	return nil
}

func (j *journal) Done(ctx context.Context, change *resource.Change, result drivers.Result) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	key := change.ID.Key()
	if slices.ContainsFunc(j.ends, func(e end) bool { return e.id.Key() == key }) {
		j.t.Errorf("%s was done twice", change.ID)
	}
	if result.Err == nil && !slices.ContainsFunc(j.intents, func(id resource.ID) bool { return id.Key() == key }) {
		j.t.Errorf("%s was done without an intention", change.ID)
	}
	j.ends = append(j.ends, end{change.ID, result})
	if ctx.Err() != nil {
		j.t.Errorf("the end of %s cannot be recorded: %v", change.ID, ctx.Err())
	}
	if j.done != nil {
		if err := j.done(); err != nil {
			return err
		}
	}
	switch {
	case result.Err != nil:
	case change.Action == resource.ActionDelete:
		delete(j.owned, key)
	default:
		j.owned[key] = drivers.Owned{ID: change.ID, UID: result.UID, Digest: change.Desired}
	}
	return nil
}

// errors are the results by key.
func (j *journal) errors() map[resource.Key]error {
	errs := map[resource.Key]error{}
	for _, e := range j.ends {
		errs[e.id.Key()] = e.result.Err
	}
	return errs
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// hand is how many changes are in hand at once.
func (w *world) hand() int { return max(w.Hand, 1) }
