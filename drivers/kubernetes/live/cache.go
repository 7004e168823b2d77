package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers"
)

// Options are what a Cache is made with.
type Options struct {
	// Client must have no timeout of its own, which would end each watch.
	Client dynamic.Interface
	Target string // the value of Label
	// Status tells how an object is doing. A change of an object's status
	// field alone is told only where this changes.
	Status func(*unstructured.Unstructured) (drivers.Status, string)
	Logger *slog.Logger
}

// Kind is what is watched of one kind.
type Kind struct {
	Resource schema.GroupVersionResource
	// Namespaces are watched one by one where the whole cluster may not be;
	// none for a kind without namespaces.
	Namespaces []string
}

// Cache holds the objects that bear a target's Label, as the API server tells
// of them. It answers only while it is told: never from a watch that broke.
// Its methods may be called concurrently.
//
// One pass calls Keep with the kinds of all that is desired or owned, then
// Settle, then Get for each object, and asks the API server where Get does not know; after each
// write it calls Wrote. Changes is the driver's Watch.
type Cache struct {
	options Options
	running sync.WaitGroup
	noted   chan struct{} // that pending is not empty

	mu      sync.Mutex
	closed  bool
	kinds   map[schema.GroupVersionResource]*kind
	pending map[place]string // what changed since that was last told, by its version
}

// kind is watched by one stream over all namespaces, "", or one for each.
type kind struct {
	namespaces []string
	streams    map[string]*stream
}

// place is where an object is.
type place struct {
	resource        schema.GroupVersionResource
	namespace, name string
}

// New is a cache that watches nothing yet. Close ends it.
func New(options Options) *Cache {
	return &Cache{
		options: options, noted: make(chan struct{}, 1),
		kinds: map[schema.GroupVersionResource]*kind{}, pending: map[place]string{},
	}
}

// Keep watches these kinds and no others from now on. What is watched already goes on.
func (c *Cache) Keep(kinds []Kind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	for resource, k := range c.kinds {
		if !slices.ContainsFunc(kinds, func(wanted Kind) bool { return wanted.Resource == resource }) {
			k.stop()
			delete(c.kinds, resource)
		}
	}
	for _, wanted := range kinds {
		k := c.kinds[wanted.Resource]
		if k == nil {
			k = &kind{streams: map[string]*stream{}}
			c.kinds[wanted.Resource] = k
			c.start(k, wanted.Resource, "")
		}
		k.namespaces = wanted.Namespaces
		if k.streams[""] == nil {
			c.divide(k, wanted.Resource)
		}
	}
}

// start begins a stream; c.mu is held.
func (c *Cache) start(k *kind, resource schema.GroupVersionResource, namespace string) {
	ctx, stop := context.WithCancel(context.Background())
	s := &stream{cache: c, resource: resource, namespace: namespace, stop: stop, settled: make(chan struct{})}
	k.streams[namespace] = s
	c.running.Go(func() { s.run(ctx) })
}

// divide has a stream for each of the kind's namespaces and no others; c.mu is held.
func (c *Cache) divide(k *kind, resource schema.GroupVersionResource) {
	for namespace, s := range k.streams {
		if !slices.Contains(k.namespaces, namespace) {
			s.stop()
			delete(k.streams, namespace)
		}
	}
	for _, namespace := range k.namespaces {
		if k.streams[namespace] == nil && namespace != "" {
			c.start(k, resource, namespace)
		}
	}
}

func (k *kind) stop() {
	for _, s := range k.streams {
		s.stop()
	}
}

// Settle waits until each watch has begun or has failed to, so that Get knows
// what can be known; or until ctx ends.
func (c *Cache) Settle(ctx context.Context) {
	for {
		s := c.unsettled()
		if s == nil {
			return
		}
		select {
		case <-s.settled:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Cache) unsettled() *stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.kinds {
		for _, s := range k.streams {
			select {
			case <-s.settled:
			default:
				return s
			}
		}
	}
	return nil
}

// Get is the object as it is live. It is false where that is not known here: the
// watch is broken, or there is no such object, or it does not bear the Label.
// Then only the API server knows. The caller may change what it gets.
func (c *Cache) Get(resource schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, bool) {
	at := place{resource, namespace, name}
	c.mu.Lock()
	var raw []byte
	if s := c.stream(at); s != nil && s.connected {
		raw = s.objects[at].raw
	}
	c.mu.Unlock()
	obj := &unstructured.Unstructured{}
	if raw == nil || obj.UnmarshalJSON(raw) != nil {
		return nil, false
	}
	return obj, true
}

// stream is the one that tells of what is at a place, nil if none does; c.mu is held.
func (c *Cache) stream(at place) *stream {
	k := c.kinds[at.resource]
	if k == nil {
		return nil
	}
	if s := k.streams[""]; s != nil {
		return s
	}
	return k.streams[at.namespace]
}

// Wrote takes in what the API server answered to a write by holdfast: Get has
// it at once, and the watch need not tell of it.
func (c *Cache) Wrote(resource schema.GroupVersionResource, obj *unstructured.Unstructured) {
	if obj.GetLabels()[Label] != c.options.Target {
		return
	}
	e, err := c.read(obj)
	if err != nil {
		return // the watch will tell
	}
	at := place{resource, obj.GetNamespace(), obj.GetName()}
	c.mu.Lock()
	defer c.mu.Unlock()
	// What the watch has come to already it knows better: that the object was
	// deleted since, for example.
	if s := c.stream(at); s != nil && s.connected && newer(e.version, s.version) {
		s.objects[at] = e
	}
	if version, ok := c.pending[at]; ok && !newer(version, e.version) {
		delete(c.pending, at)
	}
}

// Close ends all watches and waits for them to end.
func (c *Cache) Close() {
	c.mu.Lock()
	c.closed = true
	for _, k := range c.kinds {
		k.stop()
	}
	clear(c.kinds)
	c.mu.Unlock()
	c.running.Wait()
}

// read is an object in the form in which it is kept: as JSON, since a tree of
// maps takes ten times the memory.
func (c *Cache) read(obj *unstructured.Unstructured) (entry, error) {
	raw, err := json.Marshal(obj.Object)
	if err != nil {
		return entry{}, err
	}
	meaning, err := meaning(obj)
	if err != nil {
		return entry{}, err
	}
	status, _ := c.options.Status(obj)
	return entry{obj.GetResourceVersion(), meaning, status, raw}, nil
}
