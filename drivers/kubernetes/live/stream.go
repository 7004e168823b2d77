package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

const (
	pageSize = 500
	// watchTime is what the API server is asked to end a watch after, doubled at
	// random so that not all end at once.
	watchTime = 5 * time.Minute
	// steady is how long a stream must have lasted for the next failure to be a new one.
	steady = time.Minute
	// shortest is how long a watch lasts that ended as it should.
	shortest    = time.Second
	firstPause  = 500 * time.Millisecond
	longestWait = 30 * time.Second
)

// stream is one list and the watch that goes on from it.
//
// It is not client-go's Reflector, as that does not say when it is cut off: it
// goes on from what it knew when the API server is back, however long that was.
type stream struct {
	cache     *Cache
	resource  schema.GroupVersionResource
	namespace string // "" for all
	stop      context.CancelFunc
	settled   chan struct{} // closed when the first attempt has ended

	// The rest is guarded by cache.mu.
	objects   map[place]entry // nil until listed
	version   string          // what it was told up to
	connected bool
	told      bool // that it is settled
}

// run goes on until ctx ends, or the stream is replaced by one for each namespace.
func (s *stream) run(ctx context.Context) {
	defer s.settle()
	log := s.cache.options.Logger.With("target", s.cache.options.Target, "resource", s.resource.String(), "namespace", s.namespace)
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval, pause.RandomizationFactor = firstPause, longestWait, 0.5
	for failures := 0; ; failures++ {
		began := time.Now()
		err := s.follow(ctx)
		if ctx.Err() != nil || apierrors.IsForbidden(err) && s.giveWay() {
			return
		}
		s.settle()
		if time.Since(began) > steady {
			failures = 0
			pause.Reset()
		}
		if failures == 0 {
			log.WarnContext(ctx, "a watch was cut off; it will be begun anew", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// settle says that the first attempt has ended.
func (s *stream) settle() {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	if !s.told {
		s.told = true
		close(s.settled)
	}
}

// giveWay has one stream for each namespace in the place of one that may not
// watch the whole cluster. It is false for what is no such stream.
func (s *stream) giveWay() bool {
	c := s.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.kinds[s.resource]
	if k == nil || k.streams[""] != s || len(k.namespaces) == 0 {
		return false
	}
	c.divide(k, s.resource)
	return true
}

// follow lists and then watches until something goes wrong.
func (s *stream) follow(ctx context.Context) error {
	version, err := s.list(ctx)
	for err == nil {
		version, err = s.watch(ctx, version)
	}
	return err
}

func (s *stream) client() dynamic.ResourceInterface {
	client := s.cache.options.Client.Resource(s.resource)
	if s.namespace != "" {
		return client.Namespace(s.namespace)
	}
	return client
}

func (s *stream) selector() string { return Label + "=" + s.cache.options.Target }

func (s *stream) list(ctx context.Context) (version string, err error) {
	objects := map[place]entry{}
	options := metav1.ListOptions{LabelSelector: s.selector(), Limit: pageSize}
	for {
		page, err := s.client().List(ctx, options)
		if err != nil {
			return "", fmt.Errorf("list %s: %w", s.resource.Resource, err)
		}
		for i := range page.Items {
			e, err := s.cache.read(&page.Items[i])
			if err != nil {
				return "", fmt.Errorf("read one of %s: %w", s.resource.Resource, err)
			}
			objects[s.place(&page.Items[i])] = e
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			s.replace(objects, page.GetResourceVersion())
			return page.GetResourceVersion(), nil
		}
	}
}

// watch goes on from a version until the API server ends it, and then says
// from which one to go on.
func (s *stream) watch(ctx context.Context, version string) (string, error) {
	seconds := int64((watchTime + rand.N(watchTime)).Seconds())
	w, err := s.client().Watch(ctx, metav1.ListOptions{
		LabelSelector: s.selector(), ResourceVersion: version, AllowWatchBookmarks: true, TimeoutSeconds: &seconds,
	})
	if err != nil {
		return "", fmt.Errorf("watch %s: %w", s.resource.Resource, err)
	}
	defer w.Stop()
	s.connect(true)
	defer s.connect(false)
	s.settle()
	began := time.Now()
	for event := range w.ResultChan() {
		obj, ok := event.Object.(*unstructured.Unstructured)
		if event.Type == watch.Error || !ok {
			return "", fmt.Errorf("watch %s: %w", s.resource.Resource, apierrors.FromObject(event.Object))
		}
		version = obj.GetResourceVersion()
		if err := s.take(event.Type, obj); err != nil {
			return "", fmt.Errorf("read one of %s: %w", s.resource.Resource, err)
		}
	}
	if time.Since(began) < shortest {
		return "", errors.Join(ctx.Err(), fmt.Errorf("watch %s: it ended at once", s.resource.Resource))
	}
	return version, ctx.Err()
}

func (s *stream) connect(connected bool) {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	s.connected = connected
}

func (s *stream) place(obj *unstructured.Unstructured) place {
	return place{s.resource, obj.GetNamespace(), obj.GetName()}
}

// take takes in one event.
func (s *stream) take(event watch.EventType, obj *unstructured.Unstructured) error {
	e := entry{version: obj.GetResourceVersion()}
	if event == watch.Added || event == watch.Modified {
		var err error
		if e, err = s.cache.read(obj); err != nil {
			return err
		}
	}
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	s.version = e.version
	at := s.place(obj)
	old, known := s.objects[at]
	switch {
	case event == watch.Bookmark:
	case known && !newer(e.version, old.version): // Wrote was ahead of the watch
	case event == watch.Deleted:
		delete(s.objects, at)
		s.cache.note(at, e.version)
	default:
		s.objects[at] = e
		if !known || e.differs(old) {
			s.cache.note(at, e.version)
		}
	}
	return nil
}

// replace takes in a whole list. What it tells that is new is noted, but for the first list.
func (s *stream) replace(objects map[place]entry, version string) {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	for at, e := range objects {
		if old, known := s.objects[at]; s.objects != nil && (!known || e.differs(old)) {
			s.cache.note(at, e.version)
		}
	}
	for at := range s.objects {
		if _, there := objects[at]; !there {
			s.cache.note(at, version)
		}
	}
	s.objects, s.version = objects, version
}
