package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// gateway is the client of the watches, which outlive the credentials that
// they began with.
type gateway struct{ current atomic.Pointer[cluster] }

// Resource is as in dynamic.Interface.
func (g *gateway) Resource(resource schema.GroupVersionResource) dynamic.NamespaceableResourceInterface {
	return g.current.Load().client.Resource(resource)
}

// Watch tells of changes to what bears the target's label, of the kinds that
// the last pass was about.
func (d *Driver) Watch(ctx context.Context, _ []drivers.Owned) (<-chan struct{}, error) {
	return d.cache.Changes(ctx), nil
}

// keepWatch watches the kinds of all that is at the places from now on.
func (d *Driver) keepWatch(ctx context.Context, places []place) {
	namespaces := map[schema.GroupVersionResource][]string{}
	for _, at := range places {
		known := namespaces[at.resource]
		if at.namespace != "" && !slices.Contains(known, at.namespace) {
			known = append(known, at.namespace)
		}
		namespaces[at.resource] = known
	}
	kinds := make([]live.Kind, 0, len(namespaces))
	for resource, known := range namespaces {
		kinds = append(kinds, live.Kind{Resource: resource, Namespaces: known})
	}
	d.cache.Keep(kinds)
	ctx, cancel := context.WithTimeout(ctx, d.cluster.timeout)
	defer cancel()
	d.cache.Settle(ctx)
}

// read reads the objects at the places: those that the watches know without a
// request, and the others from the server.
func (d *Driver) read(ctx context.Context, places []place) (*found, error) {
	known := map[place]*unstructured.Unstructured{}
	var rest []place
	for _, at := range places {
		if obj, ok := d.cache.Get(at.resource, at.namespace, at.name); ok {
			known[at] = obj
		} else {
			rest = append(rest, at)
		}
	}
	read, err := d.cluster.read(ctx, rest)
	if err != nil {
		return nil, err
	}
	for at, obj := range known {
		read.objects[at] = obj
	}
	return read, nil
}

// wrote tells the watches what the server answered to a write.
func (d *Driver) wrote(at place, obj *unstructured.Unstructured) *unstructured.Unstructured {
	d.cache.Wrote(at.resource, obj)
	return obj
}

// Unmanaged is what is in the cluster and in nobody's inventory, in the
// namespaces that the target may write to.
func (d *Driver) Unmanaged(ctx context.Context, owned []drivers.Owned) (*drivers.Listing, error) {
	client, err := discovery.NewDiscoveryClientForConfig(d.cluster.config)
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	owned = slices.Clone(owned)
	for i := range owned {
		if id := &owned[i].ID; id.Namespace == "" && !isClusterWide(*id) {
			id.Namespace = d.namespace
		}
	}
	lister := live.Lister{Discovery: client, Client: d.cluster.client, Logger: d.log}
	if !slices.ContainsFunc(d.settings.Namespaces, func(pattern string) bool { return strings.HasSuffix(pattern, "*") }) {
		lister.Namespaces = d.settings.Namespaces // an account that may see no others can list these
	}
	found, err := lister.Unmanaged(ctx, owned)
	if err != nil {
		return nil, fmt.Errorf("list what is not managed at %s: %w", d.destination, err)
	}
	found.Resources = slices.DeleteFunc(found.Resources, func(res resource.Resource) bool { return !d.settings.within(res.ID.Namespace) })
	return found, nil
}
