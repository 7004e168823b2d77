package kubernetes

import (
	"context"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// workers is how many requests are made side by side.
	workers = 16
	// many is how many objects of a kind in a namespace are read one by one;
	// more are listed.
	many = 8
	// page is how many objects come with one answer to a list.
	page = 500
)

// found is what was read. What is in neither map is absent.
type found struct {
	objects map[place]*unstructured.Unstructured
	// unread are the places that could not be looked at, though others could.
	unread map[place]error
}

// read reads the objects at the places. An error means that nothing is known.
func (c *cluster) read(ctx context.Context, places []place) (*found, error) {
	kinds := map[place][]place{} // by kind and namespace
	for _, p := range places {
		kind := place{resource: p.resource, namespace: p.namespace}
		kinds[kind] = append(kinds[kind], p)
	}
	out := &found{objects: map[place]*unstructured.Unstructured{}, unread: map[place]error{}}
	var mu sync.Mutex
	var jobs []func(context.Context) error
	single := func(p place) func(context.Context) error {
		return func(ctx context.Context) error {
			obj, err := c.get(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case apierrors.IsForbidden(err):
				out.unread[p] = err
			case err != nil:
				return err
			case obj != nil:
				out.objects[p] = obj
			}
			return nil
		}
	}
	for kind, wanted := range kinds {
		if len(wanted) <= many {
			for _, p := range wanted {
				jobs = append(jobs, single(p))
			}
			continue
		}
		jobs = append(jobs, func(ctx context.Context) error {
			objects, err := c.list(ctx, kind, wanted)
			if apierrors.IsForbidden(err) { // one may be allowed to get what one cannot list
				for _, p := range wanted {
					if err := single(p)(ctx); err != nil {
						return err
					}
				}
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			for p, obj := range objects {
				out.objects[p] = obj
			}
			return err
		})
	}
	return out, sideBySide(ctx, len(jobs), func(ctx context.Context, i int) error { return jobs[i](ctx) })
}

// list lists a kind in a namespace, and keeps what is wanted.
func (c *cluster) list(ctx context.Context, kind place, wanted []place) (map[place]*unstructured.Unstructured, error) {
	want := map[place]bool{}
	for _, p := range wanted {
		want[p] = true
	}
	objects := map[place]*unstructured.Unstructured{}
	options := metav1.ListOptions{Limit: page}
	for {
		list, err := request(ctx, c, func(ctx context.Context) (*unstructured.UnstructuredList, error) {
			return c.objects(kind).List(ctx, options)
		})
		switch {
		case apierrors.IsNotFound(err): // the kind is not served
			return nil, nil
		case apierrors.IsResourceExpired(err) && options.Continue != "":
			options.Continue = "" // it took too long: from the start, in one piece
			options.Limit = 0
			continue
		case err != nil:
			return nil, err
		}
		for i := range list.Items {
			p := kind
			p.name = list.Items[i].GetName()
			if want[p] {
				objects[p] = &list.Items[i]
			}
		}
		if options.Continue = list.GetContinue(); options.Continue == "" {
			return objects, nil
		}
	}
}

// sideBySide does n things, some at a time, until one fails.
func sideBySide(ctx context.Context, n int, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var working sync.WaitGroup
	next := make(chan int)
	for range min(workers, n) {
		working.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	working.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}
