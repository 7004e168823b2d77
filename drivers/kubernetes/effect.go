package kubernetes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// effect makes a change, and gives what was written.
func (a *application) effect(ctx context.Context, change *resource.Change, s *step) (*unstructured.Unstructured, error) {
	switch change.Action {
	case resource.ActionDelete:
		return nil, a.remove(ctx, s, metav1.DeletePropagationBackground)
	case resource.ActionReplace:
		return a.replace(ctx, s)
	}
	if s.again {
		return a.replace(ctx, s)
	}
	if s.at == (place{}) { // the kind was not known when the plan was made
		kind := schema.FromAPIVersionAndKind(change.ID.APIVersion, change.ID.Kind)
		mapping, err := a.cluster.mapping(ctx, kind, true)
		switch {
		case err != nil:
			return nil, err
		case mapping == nil:
			return nil, errNoKind
		}
		if s.at = a.place(change.ID, mapping); !a.settings.within(s.at.namespace) {
			return nil, errOutside // it is in no namespace, as is known only now
		}
		if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
			s.obj.SetNamespace(s.at.namespace)
		}
	}
	if s.unforeseen {
		if err := a.foresee(ctx, change, s); err != nil {
			return nil, err
		}
	}
	return a.write(ctx, s)
}

// foresee asks the server what it makes of an object, which it could not tell
// when the change was planned. If it is not what was planned, and so judged, the
// change is stale.
func (a *application) foresee(ctx context.Context, change *resource.Change, s *step) error {
	for try := 1; ; try++ {
		out, err := a.cluster.apply(ctx, s.at, s.obj, false, true)
		if err != nil && isMisfit(err) && try < tries {
			time.Sleep(time.Duration(try) * 200 * time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(withoutGenerated(change.ID, planned(out), s.obj), change.After.Content) {
			return fmt.Errorf("%w: what the server makes of it is known by now, and is judged first", drivers.ErrStale)
		}
		return nil
	}
}

const (
	// never is a version that no object has: what is applied with it is made,
	// and never changes what is there by then.
	never = "1"
	// tries bounds how often a write starts again because the status of its
	// object was written meanwhile, or the server does not know a new field yet.
	tries = 5
)

// write applies against the very object that was planned for: by its UID and its
// version. If only its status has been written since, it goes on.
func (a *application) write(ctx context.Context, s *step) (*unstructured.Unstructured, error) {
	now := s.live
	for try := 1; ; try++ {
		obj, err := a.writeOnto(ctx, s, now)
		if err == nil {
			return a.wrote(s.at, obj), nil
		}
		if isMisfit(err) && !s.mistaken && try < tries { // its definition may have come with this very plan
			time.Sleep(time.Duration(try) * 200 * time.Millisecond)
			continue
		}
		if s.live == nil && apierrors.IsConflict(err) { // there is something by now
			return nil, drivers.ErrStale
		}
		if !isVersionConflict(err) || try == tries {
			return nil, err
		}
		if now, err = a.again(ctx, s); err == nil && now == nil {
			err = drivers.ErrStale
		}
		if err != nil {
			return nil, err
		}
	}
}

func (a *application) writeOnto(ctx context.Context, s *step, now *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	obj := &unstructured.Unstructured{Object: without(s.obj.Object, nil, nil)}
	if now == nil {
		obj.SetResourceVersion(never)
		return a.cluster.apply(ctx, s.at, obj, false, false)
	}
	if !s.merge {
		var err error
		if now, err = a.takeOver(ctx, s.at, now); err != nil {
			return nil, err
		}
	}
	obj.SetUID(now.GetUID())
	obj.SetResourceVersion(now.GetResourceVersion())
	return a.cluster.apply(ctx, s.at, obj, s.force, false)
}

// again is the object as it is now, nil if it is gone. It must be as it was planned for.
func (a *application) again(ctx context.Context, s *step) (*unstructured.Unstructured, error) {
	now, err := a.cluster.get(ctx, s.at)
	if err != nil || now == nil {
		return nil, err
	}
	if s.live == nil || now.GetUID() != s.live.GetUID() || !same(now, s.live) {
		return nil, drivers.ErrStale
	}
	return now, nil
}

// replaceWait bounds the wait for an object to be gone that is made anew.
const replaceWait = 2 * time.Minute

// replace deletes an object with all that it made, and makes it anew.
func (a *application) replace(ctx context.Context, s *step) (*unstructured.Unstructured, error) {
	if err := a.remove(ctx, s, metav1.DeletePropagationForeground); err != nil {
		return nil, err
	}
	for end := time.Now().Add(replaceWait); ; time.Sleep(200 * time.Millisecond) {
		now, err := a.cluster.get(ctx, s.at)
		switch {
		case err != nil:
			return nil, err
		case now == nil || now.GetUID() != s.live.GetUID():
			return a.write(ctx, &step{at: s.at, obj: s.obj})
		case time.Now().After(end):
			return nil, cmp.Or(lingers(now), errors.New("it is still there after its deletion"))
		}
	}
}

// remove deletes the very object that was planned for.
func (a *application) remove(ctx context.Context, s *step, propagation metav1.DeletionPropagation) error {
	now := s.live
	for try := 1; ; try++ {
		err := a.cluster.remove(ctx, s.at, now, propagation)
		if err == nil || !isVersionConflict(err) || try == tries {
			return err
		}
		if now, err = a.again(ctx, s); err != nil || now == nil {
			return err
		}
	}
}

func (c *cluster) remove(ctx context.Context, at place, obj *unstructured.Unstructured, propagation metav1.DeletionPropagation) error {
	uid, version := obj.GetUID(), obj.GetResourceVersion()
	return c.delete(ctx, at, metav1.DeleteOptions{
		Preconditions:     &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
		PropagationPolicy: &propagation,
	})
}

// delete makes the request; what is not there is no error.
func (c *cluster) delete(ctx context.Context, at place, options metav1.DeleteOptions) error {
	_, err := request(ctx, c, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.objects(at).Delete(ctx, at.name, options)
	})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// patience is how long an object may take to go before that is a failure.
const patience = time.Minute

// lingers says why an object is still there long after its deletion was begun.
func lingers(obj *unstructured.Unstructured) error {
	begun := obj.GetDeletionTimestamp()
	if begun == nil || time.Since(begun.Time) < patience {
		return nil
	}
	return errors.New(waitsFor(obj))
}

// waitsFor says what an object waits for of which the deletion was begun.
func waitsFor(obj *unstructured.Unstructured) string {
	text := "its deletion was begun at " + obj.GetDeletionTimestamp().UTC().Format(time.RFC3339)
	if finalizers := obj.GetFinalizers(); len(finalizers) > 0 {
		text += " and waits for the finalizers " + strings.Join(finalizers, ", ")
	}
	conditions, _, _ := unstructured.NestedSlice(obj.Object, "status", "conditions")
	for _, condition := range conditions { // a Namespace says what is left in it
		fields, _ := condition.(map[string]any)
		kind, _ := fields["type"].(string)
		message, _ := fields["message"].(string)
		if strings.HasPrefix(kind, "Namespace") && fields["status"] == "True" {
			text += "; " + message
		}
	}
	return text
}
