// Package kubernetes is the driver for Kubernetes clusters.
//
// Start with Driver and the four steps: observe.go reads, plan.go asks the API
// server by a dry run what an apply would do (change.go and try.go, for one
// resource), apply.go acts, by server-side apply. object.go says how an object is sent, shown and compared; adopt.go how
// fields are taken over from the managers that wrote them before; hooks.go
// what runs rather than is, ending.go how that goes again; order.go what comes
// first.
//
// A target's destination is "kubernetes:" and the URL of the API server. It
// is told without asking the server, so that a cluster that is away does not
// hide what others want elsewhere: targets that write to one cluster must reach
// it by the same URL, or else what moves between them is not seen to move.
//
// Every object that is applied has the label holdfast.dev/target with the
// target's name. Nothing is deleted by it, only by the inventory and the UID.
package kubernetes

import (
	"cmp"
	"context"
	"log/slog"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/health"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Kind is the driver's entry in the list of drivers.
func Kind() drivers.Kind {
	return drivers.Kind{
		Name:     "kubernetes",
		Schema:   []byte(settingsSchema),
		Permits:  permits,
		Validate: validate,
		Open:     open,
	}
}

// Driver keeps the objects of one target. See drivers.Driver.
type Driver struct {
	settings    settings
	target      string
	key         []byte
	log         *slog.Logger
	cluster     *cluster
	gateway     *gateway
	cache       *live.Cache
	destination string
	namespace   string // of objects that name none
	ignore      live.Rules
	seen        *sight
	inLine      map[resource.Key]line // what needed no change when it was last looked at
	ailments    map[resource.Key]*ailment
	kept        string // the resourceVersion of the inventory as it was last seen
}

var (
	_ drivers.Driver       = (*Driver)(nil)
	_ drivers.Dependencies = (*Driver)(nil)
	_ drivers.Staged       = (*Driver)(nil)
	_ drivers.Ending       = (*Driver)(nil)
	_ drivers.Placer       = (*Driver)(nil)
	_ drivers.Healther     = (*Driver)(nil)
	_ drivers.Watcher      = (*Driver)(nil)
	_ drivers.Lister       = (*Driver)(nil)
	_ drivers.Keeper       = (*Driver)(nil)
)

func open(_ context.Context, options drivers.Options) (drivers.Driver, error) {
	s, err := readSettings(options.Settings)
	if err != nil {
		return nil, err
	}
	d := &Driver{
		settings: s, target: options.Target, key: options.Key, log: options.Logger,
		gateway: &gateway{}, inLine: map[resource.Key]line{}, ailments: map[resource.Key]*ailment{},
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.ignore, err = s.rules(); err != nil {
		return nil, err
	}
	if err := d.reconnect(); err != nil {
		return nil, err
	}
	address, err := d.cluster.address()
	if err != nil {
		return nil, err
	}
	d.destination = "kubernetes:" + address
	d.cache = live.New(live.Options{Client: d.gateway, Target: d.target, Status: health.Of, Logger: d.log})
	return d, nil
}

// reconnect reads the credentials anew. The destination stays what it was.
func (d *Driver) reconnect() error {
	c, err := connect(&d.settings)
	if err != nil {
		return err
	}
	d.cluster = c
	d.gateway.current.Store(c)
	d.namespace = cmp.Or(d.settings.Namespace, c.namespace, metav1.NamespaceDefault)
	return nil
}

// Destination is where the API server is.
func (d *Driver) Destination() string { return d.destination }

// Close ends the driver and its watches.
func (d *Driver) Close() error {
	d.cache.Close()
	return nil
}

// Place is the target's default namespace.
func (d *Driver) Place() string { return d.namespace }

// Unplaced reports whether a resource is in the target's default namespace. A
// cluster-wide one of a kind that is not Kubernetes' own counts as well.
func (d *Driver) Unplaced(id resource.ID) bool { return id.Namespace == "" && !isClusterWide(id) }
