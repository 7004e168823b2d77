package kubernetes

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/health"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// ailment is what is known of an object that is not healthy.
type ailment struct {
	since     time.Time
	explained time.Time
	text      string
}

const (
	// settleTime is how long an object may be on its way before a reason is looked for.
	settleTime = 2 * time.Second
	// explainEvery is how long a reason that was looked up is good for.
	explainEvery = 10 * time.Second
)

// Health is that of the live objects. What is not healthy for a while is
// looked into: what the pods and the events say is part of the reason.
func (d *Driver) Health(ctx context.Context, resources []resource.Resource) ([]drivers.Health, error) {
	seen := &sight{places: map[resource.Key]place{}, blind: map[resource.Key]error{}}
	ids := make([]resource.ID, len(resources))
	exact := map[resource.Key]*resource.Resource{}
	for i := range resources {
		ids[i] = resources[i].ID
		exact[ids[i].Key()] = &resources[i]
	}
	if err := d.findPlaces(ctx, ids, exact, seen); err != nil {
		return nil, fmt.Errorf("health at %s: %w", d.destination, err)
	}
	read, err := d.read(ctx, seen.all(ids))
	if err != nil {
		return nil, fmt.Errorf("health at %s: %w", d.destination, err)
	}
	healths := make([]drivers.Health, len(resources))
	ailing := make([]*ailment, len(resources))
	for i := range resources {
		ailing[i] = d.ailments[ids[i].Key()]
	}
	err = sideBySide(ctx, len(resources), func(ctx context.Context, i int) error {
		at := seen.places[ids[i].Key()]
		healths[i] = drivers.Health{ID: ids[i]}
		if err := read.unread[at]; err != nil {
			healths[i].Reason = "the API server does not show it"
			return nil
		}
		ailing[i] = d.examine(ctx, &healths[i], read.objects[at], &resources[i], ailing[i])
		return nil
	})
	for i := range resources {
		if key := ids[i].Key(); ailing[i] == nil {
			delete(d.ailments, key)
		} else {
			d.ailments[key] = ailing[i]
		}
	}
	return healths, err
}

// examine fills in the health of one object, and gives what is to be
// remembered of it, nil where it is healthy.
func (d *Driver) examine(ctx context.Context, h *drivers.Health, obj *unstructured.Unstructured, res *resource.Resource, known *ailment) *ailment {
	if obj == nil && (runs(res) || cleansUp(res)) { // it has run, and is gone as it is meant to be
		h.Status = drivers.StatusHealthy
		return nil
	}
	checker := health.Checker{Client: d.cluster.client}
	if obj == nil {
		h.Status, h.Reason = health.Of(nil)
	} else {
		h.Status, h.Reason = checker.Check(ctx, obj)
	}
	if obj == nil || h.Status == drivers.StatusHealthy || h.Status == drivers.StatusUnknown {
		return nil
	}
	if known == nil {
		known = &ailment{since: time.Now()}
	}
	settled := h.Status == drivers.StatusDegraded || time.Since(known.since) >= settleTime
	if settled && time.Since(known.explained) >= explainEvery {
		known.text, known.explained = checker.Explain(ctx, obj, h.Reason), time.Now()
	}
	if known.text != "" {
		h.Reason += "; " + known.text
	}
	var secrets resource.Redactor
	secrets.Add(res)
	h.Reason = secrets.Redact(h.Reason)
	return known
}
