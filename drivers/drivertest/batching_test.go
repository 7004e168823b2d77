package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/drivertest"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// machine is one host of a fleet.
type machine struct {
	things map[string]thing
	isCut  bool // from the network
}

type fleet map[string]*machine

// batch is how many hosts are worked on side by side.
const batch = 2

// batchingDriver works on hosts side by side, a batch after the other. Each
// resource's scope is its host.
type batchingDriver struct{ fleet fleet }

func (d *batchingDriver) Destination() string { return "fleet://toy" }
func (d *batchingDriver) Close() error        { return nil }

// Stage puts the first of the things before the others.
func (d *batchingDriver) Stage(res *resource.Resource) int {
	if strings.HasSuffix(res.ID.Name, "-0") {
		return -1
	}
	return 0
}

// DependsOn has each thing need the one before it on its host.
func (d *batchingDriver) DependsOn(resources []resource.Resource) map[resource.Key][]resource.Key {
	edges, last := map[resource.Key][]resource.Key{}, map[string]resource.Key{}
	for _, res := range slices.SortedFunc(slices.Values(resources), func(a, b resource.Resource) int { return resource.Compare(a.ID, b.ID) }) {
		if before, found := last[res.ID.Scope]; found {
			edges[res.ID.Key()] = []resource.Key{before}
		}
		last[res.ID.Scope] = res.ID.Key()
	}
	return edges
}

// Health is good where the value is the one that is asked for.
func (d *batchingDriver) Health(_ context.Context, resources []resource.Resource) ([]drivers.Health, error) {
	var all []drivers.Health
	for i := range resources {
		health := drivers.Health{ID: resources[i].ID, Status: drivers.StatusHealthy}
		switch x, found := d.fleet[health.ID.Scope].things[health.ID.Name]; {
		case !found:
			health.Status, health.Reason = drivers.StatusProgressing, "it is not there yet"
		case x.value != valueOf(&resources[i]):
			health.Status, health.Reason = drivers.StatusDegraded, "its value is another"
		}
		all = append(all, health)
	}
	return all, nil
}

func (d *batchingDriver) Unmanaged(_ context.Context, owned []drivers.Owned) ([]resource.Resource, error) {
	isOwned := map[string]bool{}
	for _, entry := range owned {
		isOwned[entry.ID.Scope+"/"+entry.ID.Name] = true
	}
	var found []resource.Resource
	for host, m := range d.fleet {
		for name, x := range m.things {
			if !m.isCut && !isOwned[host+"/"+name] {
				found = append(found, x.live(desired(host, name, "", false).ID))
			}
		}
	}
	return found, nil
}

func unreachable(host string) error {
	return fmt.Errorf("%s: %w", host, drivers.ErrUnreachable)
}

func (d *batchingDriver) Observe(_ context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	observation := &drivers.Observation{Unreachable: map[string]error{}}
	seen := map[resource.Key]bool{}
	look := func(id resource.ID) {
		if seen[id.Key()] {
			return
		}
		seen[id.Key()] = true
		if d.fleet[id.Scope].isCut {
			observation.Unreachable[id.Scope] = unreachable(id.Scope)
		} else if x, found := d.fleet[id.Scope].things[id.Name]; found {
			observation.Live = append(observation.Live, x.live(id))
		}
	}
	for _, res := range request.Desired {
		look(res.ID)
	}
	for _, entry := range request.Owned {
		look(entry.ID)
	}
	return observation, nil
}

func (d *batchingDriver) Plan(_ context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	changes := compare(request, false, func(id resource.ID) (thing, bool) {
		x, found := d.fleet[id.Scope].things[id.Name]
		return x, found
	})
	slices.SortFunc(changes, func(a, b resource.Change) int { return resource.Compare(a.ID, b.ID) })
	return &drivers.Plan{Changes: changes, Digest: digest(changes)}, nil
}

func (d *batchingDriver) Apply(ctx context.Context, _ *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	var hosts []string
	for _, change := range changes {
		if !slices.Contains(hosts, change.ID.Scope) {
			hosts = append(hosts, change.ID.Scope)
		}
	}
	for some := range slices.Chunk(hosts, batch) {
		var mine []*resource.Change
		for i := range changes {
			if slices.Contains(some, changes[i].ID.Scope) {
				mine = append(mine, &changes[i])
			}
		}
		if err := d.applyBatch(ctx, mine, journal); err != nil {
			return err
		}
	}
	return nil
}

// task is a change that was intended, and how it ended.
type task struct {
	change *resource.Change
	result drivers.Result
}

func (d *batchingDriver) applyBatch(ctx context.Context, changes []*resource.Change, journal drivers.Journal) error {
	inHand := context.WithoutCancel(ctx)
	var tasks []*task
	var errs []error
	for _, change := range changes {
		if ctx.Err() != nil {
			errs = append(errs, ctx.Err())
			break
		}
		if err := d.check(change); err != nil {
			errs = append(errs, journal.Done(inHand, change, drivers.Result{UID: change.Precondition, Err: err}))
			continue
		}
		uid := change.Precondition
		if change.After != nil {
			uid = thing{value: valueOf(change.After)}.uid()
		}
		if err := journal.Intend(inHand, change, uid); err != nil {
			errs = append(errs, err)
			break
		}
		tasks = append(tasks, &task{change, drivers.Result{UID: uid}})
	}
	var hosts sync.WaitGroup
	for name, host := range d.fleet {
		hosts.Go(func() {
			for _, task := range tasks {
				if task.change.ID.Scope == name {
					task.result.Err = host.apply(task.change)
				}
			}
		})
	}
	hosts.Wait()
	for _, task := range tasks {
		errs = append(errs, journal.Done(inHand, task.change, task.result))
	}
	return errors.Join(errs...)
}

func (d *batchingDriver) check(change *resource.Change) error {
	host := d.fleet[change.ID.Scope]
	if host.isCut {
		return unreachable(change.ID.Scope)
	}
	precondition := ""
	if x, found := host.things[change.ID.Name]; found {
		precondition = x.uid()
	}
	if precondition != change.Precondition {
		return drivers.ErrStale
	}
	return nil
}

func (m *machine) apply(change *resource.Change) error {
	if change.Action == resource.ActionDelete {
		delete(m.things, change.ID.Name)
		return nil
	}
	x := thing{value: valueOf(change.After), secret: len(change.After.Sensitive) > 0}
	if !accepts(x.value) {
		return errRefusedValue
	}
	m.things[change.ID.Name] = x
	return nil
}

func TestBatching(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Harness {
		hosts := fleet{}
		for _, name := range []string{"web1", "web2", "web3"} {
			hosts[name] = &machine{things: map[string]thing{}}
		}
		find := func(id resource.ID) (thing, bool) {
			x, found := hosts[id.Scope].things[id.Name]
			return x, found
		}
		return drivertest.Harness{
			Open: func(testing.TB, *slog.Logger) drivers.Driver { return &batchingDriver{hosts} },
			// The last two are on the same host.
			Resource: func(n, version int) resource.Resource {
				return desired(fmt.Sprintf("web%d", min(n+1, 3)), fmt.Sprintf("thing-%d", n), fmt.Sprintf("version %d", version), false)
			},
			Secret:  func(canary string) resource.Resource { return desired("web1", "secret", canary, true) },
			Failing: func(canary string) resource.Resource { return desired("web2", "failing", "refused "+canary, true) },
			Disturb: func(_ testing.TB, id resource.ID) {
				x, _ := find(id)
				x.value += ", changed by hand"
				hosts[id.Scope].things[id.Name] = x
			},
			Live: func(_ testing.TB, id resource.ID) string {
				x, found := find(id)
				if !found {
					return ""
				}
				return x.uid()
			},
			Holds: func(_ testing.TB, res *resource.Resource) bool {
				x, found := find(res.ID)
				return found && x.value == valueOf(res)
			},
			Fingerprint: func(testing.TB) string {
				return dump(hosts["web1"].things) + dump(hosts["web2"].things) + dump(hosts["web3"].things)
			},
			Foreign: func(testing.TB) resource.ID {
				hosts["web2"].things["by-hand"] = thing{value: "someone's"}
				return desired("web2", "by-hand", "", false).ID
			},
			CutOff: func(testing.TB) (string, func()) {
				hosts["web1"].isCut = true
				return "web1", func() { hosts["web1"].isCut = false }
			},
		}
	})
}
