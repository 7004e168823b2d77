package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/drivertest"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// cloud is a destination that is changed in transactions and gives each thing
// an id, which nobody knows before.
type cloud struct {
	things map[string]thing
	serial int
}

// atomicDriver applies a whole plan or nothing of it.
type atomicDriver struct{ cloud *cloud }

func (d *atomicDriver) Destination() string { return "cloud://toy" }
func (d *atomicDriver) Atomic() bool        { return true }
func (d *atomicDriver) Close() error        { return nil }

func (d *atomicDriver) Observe(_ context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	ids := map[resource.Key]resource.ID{}
	for _, entry := range request.Owned {
		ids[entry.ID.Key()] = entry.ID
	}
	for _, res := range request.Desired {
		ids[res.ID.Key()] = res.ID
	}
	observation := &drivers.Observation{}
	for _, id := range slices.SortedFunc(maps.Values(ids), resource.Compare) {
		if x, found := d.cloud.things[id.Name]; found {
			observation.Live = append(observation.Live, x.live(id))
		}
	}
	return observation, nil
}

func (d *atomicDriver) Plan(_ context.Context, request drivers.PlanRequest) (*drivers.Plan, error) {
	changes := compare(request, true, func(id resource.ID) (thing, bool) {
		x, found := d.cloud.things[id.Name]
		return x, found
	})
	slices.SortFunc(changes, func(a, b resource.Change) int { return resource.Compare(a.ID, b.ID) })
	effects := 0
	for _, change := range changes {
		if change.Action != resource.ActionNone {
			effects++
		}
	}
	return &drivers.Plan{Changes: changes, Digest: digest(changes), Artifact: effects}, nil
}

func (d *atomicDriver) Apply(ctx context.Context, plan *drivers.Plan, changes []resource.Change, journal drivers.Journal) error {
	if effects := plan.Artifact.(int); len(changes) != effects {
		return fmt.Errorf("%d of %d changes: a plan is applied whole", len(changes), effects)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if err := d.check(changes); err != nil {
		return d.record(ctx, changes, err, journal)
	}
	for i := range changes {
		// The id of something new is not known yet, and so no uid.
		if err := journal.Intend(ctx, &changes[i], ""); err != nil {
			return err
		}
	}
	return d.record(ctx, changes, d.commit(changes), journal)
}

func (d *atomicDriver) check(changes []resource.Change) error {
	for _, change := range changes {
		precondition := ""
		if x, found := d.cloud.things[change.ID.Name]; found {
			precondition = x.uid()
		}
		if precondition != change.Precondition {
			return fmt.Errorf("%s: %w", change.ID, drivers.ErrStale)
		}
	}
	return nil
}

func (d *atomicDriver) commit(changes []resource.Change) error {
	things, serial := maps.Clone(d.cloud.things), d.cloud.serial
	for _, change := range changes {
		if change.Action == resource.ActionDelete {
			delete(things, change.ID.Name)
			continue
		}
		x := things[change.ID.Name]
		if x.id == "" {
			serial++
			x.id = strconv.Itoa(serial)
		}
		if x.value, x.secret = valueOf(change.After), len(change.After.Sensitive) > 0; !accepts(x.value) {
			return fmt.Errorf("%s: %w", change.ID, errRefusedValue)
		}
		things[change.ID.Name] = x
	}
	d.cloud.things, d.cloud.serial = things, serial
	return nil
}

func (d *atomicDriver) record(ctx context.Context, changes []resource.Change, failure error, journal drivers.Journal) error {
	var errs []error
	for i := range changes {
		result := drivers.Result{Err: failure}
		if x, found := d.cloud.things[changes[i].ID.Name]; found {
			result.UID = x.uid()
		}
		errs = append(errs, journal.Done(ctx, &changes[i], result))
	}
	return errors.Join(errs...)
}

func TestAtomic(t *testing.T) {
	drivertest.Run(t, func(*testing.T) drivertest.Harness {
		c := &cloud{things: map[string]thing{}}
		return drivertest.Harness{
			Open: func(testing.TB, *slog.Logger) drivers.Driver { return &atomicDriver{c} },
			Resource: func(n, version int) resource.Resource {
				return desired("", fmt.Sprintf("thing-%d", n), fmt.Sprintf("version %d", version), false)
			},
			Secret:  func(canary string) resource.Resource { return desired("", "secret", canary, true) },
			Failing: func(canary string) resource.Resource { return desired("", "failing", "refused "+canary, true) },
			Disturb: func(_ testing.TB, id resource.ID) {
				x := c.things[id.Name]
				x.value += ", changed by hand"
				c.things[id.Name] = x
			},
			Live: func(_ testing.TB, id resource.ID) string {
				x, found := c.things[id.Name]
				if !found {
					return ""
				}
				return x.uid()
			},
			Holds:       func(_ testing.TB, res *resource.Resource) bool { return c.things[res.ID.Name].value == valueOf(res) },
			Fingerprint: func(testing.TB) string { return dump(c.things) },
		}
	})
}
