package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// deletePolicies are the words of the tools' annotations. What is there before a
// hook is created always gives way to it.
var deletePolicies = map[string][]string{
	helmDelete: {"before-hook-creation", "hook-succeeded", "hook-failed"},
	argoDelete: {"BeforeHookCreation", "HookSucceeded", "HookFailed"},
}

// goes says whether a hook is deleted once it has ended well, or ill, by what is
// written on it. What holds data is not, unless that is written there as well.
func goes(res *resource.Resource) (well, ill bool) {
	if word, _ := res.Annotation(resource.AnnotationPrune); word == "never" || isStateful(res.ID) && word != "allow" {
		return false, false
	}
	for annotation, words := range deletePolicies {
		text, _ := res.Annotation(annotation)
		for word := range strings.SplitSeq(text, ",") {
			word = strings.TrimSpace(word)
			well = well || strings.EqualFold(word, words[1])
			ill = ill || strings.EqualFold(word, words[2])
		}
	}
	return well, ill
}

// End is that of hooks, and of Jobs that clean up after themselves. A hook of Helm
// that has ended well goes with the others of its phase, one of Argo CD at the
// end of all.
func (d *Driver) End(res *resource.Resource) (drivers.End, bool) {
	if !runs(res) {
		return drivers.End{}, cleansUp(res)
	}
	well, ill := goes(res)
	end := drivers.End{Well: well, Ill: ill, Before: drivers.LastStage}
	if _, argo := res.Annotation(resource.AnnotationArgoHook); !argo && phaseOf(res) < 0 {
		end.Before = -phase / 2
	}
	return end, true
}

// Clear deletes hooks that have ended, one after the other: there are few.
func (d *Driver) Clear(ctx context.Context, changes []resource.Change, journal drivers.Journal) error {
	for i := range changes {
		if ctx.Err() != nil {
			return fmt.Errorf("clear: stopped before all were deleted: %w", context.Cause(ctx))
		}
		change, within := &changes[i], context.WithoutCancel(ctx)
		if err := journal.Intend(within, change, change.Precondition); err != nil {
			return fmt.Errorf("record the intention to %s %s: %w", change.Action, change.ID, err)
		}
		result := drivers.Result{UID: change.Precondition}
		if err := d.clear(within, change); err != nil {
			result.Err = explain(err, change, nil)
		}
		if err := journal.Done(within, change, result); err != nil {
			return fmt.Errorf("record the end of %s %s: %w", change.Action, change.ID, err)
		}
	}
	return nil
}

func (d *Driver) clear(ctx context.Context, change *resource.Change) error {
	if change.Precondition == "" {
		return errors.New("it is not known which object it is")
	}
	seen := &sight{places: map[resource.Key]place{}, blind: map[resource.Key]error{}}
	if err := d.findPlaces(ctx, []resource.ID{change.ID}, nil, seen); err != nil {
		return err
	}
	at, ok := seen.places[change.ID.Key()]
	if !ok {
		return nil // its kind is not served any more, and gone with it
	}
	if !d.settings.within(at.namespace) {
		return errLeft
	}
	err := d.cluster.removeOnly(ctx, at, change.Precondition)
	if apierrors.IsUnauthorized(err) {
		if err := d.reconnect(); err != nil {
			return err
		}
		err = d.cluster.removeOnly(ctx, at, change.Precondition)
	}
	return err
}

// removeOnly deletes the object of that UID as it is by now, if it is there.
func (c *cluster) removeOnly(ctx context.Context, at place, uid string) error {
	background := metav1.DeletePropagationBackground
	err := c.delete(ctx, at, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(uid), PropagationPolicy: &background})
	if apierrors.IsConflict(err) { // another is there by now
		return nil
	}
	return err
}
