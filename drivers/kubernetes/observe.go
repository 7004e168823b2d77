package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// sight is what Observe saw, by what Plan goes on to work with.
type sight struct {
	places map[resource.Key]place
	live   map[resource.Key]*unstructured.Unstructured
	// blind says why the live twin of a resource could not be looked for.
	blind map[resource.Key]error
}

// all are the places of those of the resources that have one.
func (s *sight) all(ids []resource.ID) []place {
	var places []place
	for _, id := range ids {
		if at, ok := s.places[id.Key()]; ok {
			places = append(places, at)
		}
	}
	return places
}

// errNoKind: the server does not serve the kind, as far as is known.
var errNoKind = errors.New("the cluster does not know this kind: apply its CustomResourceDefinition first")

// Observe reads the live twins of all that is desired or owned. Where the
// server refuses to show one of them, the change to it fails later, and the
// others do not suffer. What is desired outside of the namespaces that the target
// may write to is not even looked for: a commit must not show what is there. Of
// what is owned there, and left the source, it is seen whether it is there still,
// and nothing of it. The rest is as drivers.Driver says.
func (d *Driver) Observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	observation, err := d.observe(ctx, request)
	if apierrors.IsUnauthorized(err) { // the credentials have run out: there may be new ones by now
		if err := d.reconnect(); err != nil {
			return nil, err
		}
		observation, err = d.observe(ctx, request)
	}
	if apierrors.IsUnauthorized(err) {
		err = fmt.Errorf("the API server does not accept the credentials: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("observe %s: %w", d.destination, err)
	}
	return observation, nil
}

func (d *Driver) observe(ctx context.Context, request drivers.ObserveRequest) (*drivers.Observation, error) {
	seen := &sight{
		places: map[resource.Key]place{}, live: map[resource.Key]*unstructured.Unstructured{}, blind: map[resource.Key]error{},
	}
	desired := map[resource.Key]*resource.Resource{}
	var ids []resource.ID
	for i := range request.Desired {
		desired[request.Desired[i].ID.Key()] = &request.Desired[i]
		ids = append(ids, request.Desired[i].ID)
	}
	for _, entry := range request.Owned {
		if desired[entry.ID.Key()] == nil {
			ids = append(ids, entry.ID)
		}
	}
	if err := d.findPlaces(ctx, ids, desired, seen); err != nil {
		return nil, err
	}
	outside := func(id resource.ID) bool {
		at, known := seen.places[id.Key()]
		return known && !d.settings.within(at.namespace)
	}
	near := slices.DeleteFunc(slices.Clone(ids), func(id resource.ID) bool { return desired[id.Key()] != nil && outside(id) })
	if err := d.look(ctx, near, seen); err != nil {
		return nil, err
	}
	observation := &drivers.Observation{Made: map[resource.Key]string{}}
	for _, id := range ids {
		switch obj := seen.live[id.Key()]; {
		case obj == nil:
		case outside(id):
			observation.Live = append(observation.Live, *unseen(id))
		default:
			observation.Live = append(observation.Live, d.twin(id, obj, desired[id.Key()]))
		}
	}
	for i := range request.Owned {
		entry := &request.Owned[i]
		if outside(entry.ID) {
			continue // there is nothing to be done about it
		}
		if obj := seen.live[entry.ID.Key()]; obj != nil && entry.Pending && entry.UID == "" && d.made(obj) {
			observation.Made[entry.ID.Key()] = string(obj.GetUID())
		}
	}
	slices.SortFunc(observation.Live, func(a, b resource.Resource) int { return resource.Compare(a.ID, b.ID) })
	d.seen = seen
	return observation, nil
}

// made reports whether an object was created by an apply of this target's. A
// create is sent so that it changes nothing that is there already, so the API server's
// own record tells: the apply is as old as the object. Who creates an
// object in another way, with our name and our label, has another operation in it.
func (d *Driver) made(obj *unstructured.Unstructured) bool {
	return obj.GetLabels()[live.Label] == d.target && slices.ContainsFunc(obj.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == live.Manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == "" &&
			entry.Time != nil && entry.Time.Sub(obj.GetCreationTimestamp().Time).Abs() <= time.Second
	})
}

func (d *Driver) look(ctx context.Context, ids []resource.ID, seen *sight) error {
	places := seen.all(ids)
	d.keepWatch(ctx, append(places, d.inventory()))
	found, err := d.read(ctx, places)
	if err != nil {
		return err
	}
	for _, id := range ids {
		key := id.Key()
		at, ok := seen.places[key]
		if obj := found.objects[at]; ok && obj != nil {
			seen.live[key] = obj
		}
		if err := found.unread[at]; ok && err != nil {
			seen.blind[key] = err
		}
	}
	return nil
}

// findPlaces says where the objects are. What is owned may be of a version
// that is no longer served; then it is looked for in another one.
func (d *Driver) findPlaces(ctx context.Context, ids []resource.ID, desired map[resource.Key]*resource.Resource, seen *sight) error {
	type kind struct {
		version schema.GroupVersionKind
		exact   bool
	}
	known := map[kind]*meta.RESTMapping{}
	for _, id := range ids {
		of := kind{schema.FromAPIVersionAndKind(id.APIVersion, id.Kind), desired[id.Key()] != nil}
		mapping, asked := known[of]
		if !asked {
			var err error
			if mapping, err = d.cluster.mapping(ctx, of.version, of.exact); err != nil {
				return err
			}
			known[of] = mapping
		}
		switch {
		case mapping != nil:
			seen.places[id.Key()] = d.place(id, mapping)
		case of.exact:
			seen.blind[id.Key()] = errNoKind
		}
	}
	return nil
}

// mapping is nil where the kind is not served.
func (c *cluster) mapping(ctx context.Context, kind schema.GroupVersionKind, exact bool) (*meta.RESTMapping, error) {
	versions := []string{kind.Version}
	// The first answer of a server that has a group it cannot reach now may
	// leave that group out; the second is about the group itself.
	for range 2 {
		mapping, err := request(ctx, c, func(context.Context) (*meta.RESTMapping, error) {
			return c.mapper.RESTMapping(kind.GroupKind(), versions...)
		})
		if err == nil {
			return mapping, nil
		}
		if !meta.IsNoMatchError(err) {
			return nil, fmt.Errorf("find the kind %s: %w", kind.Kind, err)
		}
		if !exact {
			versions = nil
		}
	}
	return nil, nil
}

func (d *Driver) place(id resource.ID, mapping *meta.RESTMapping) place {
	at := place{resource: mapping.Resource, name: id.Name}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if at.namespace = id.Namespace; at.namespace == "" {
			at.namespace = d.namespace
		}
	}
	return at
}

// twin is a live object as a resource.
func (d *Driver) twin(id resource.ID, obj *unstructured.Unstructured, desired *resource.Resource) resource.Resource {
	content := shown(obj)
	res := resource.Resource{ID: id, Content: content, Sensitive: sensitive(id, content, desired)}
	if desired != nil {
		res.Origin = desired.Origin
	}
	return res
}
