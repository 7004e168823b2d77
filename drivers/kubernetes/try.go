package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// looks bounds how often an object is read anew because it changed while its plan was made.
const looks = 3

// try asks the server what an apply would do.
func (p *planner) try(ctx context.Context, o *outcome) error {
	asked := o.obj
	for look := 1; ; look++ {
		o.obj = asked
		if o.live != nil {
			o.obj = live.Leave(asked, o.live, p.ignore.Paths(o.live))
		}
		out, err := p.dryRun(ctx, o)
		if err != nil {
			return p.answered(ctx, o, err)
		}
		if isOf(out, o.live) {
			return p.compare(ctx, o, out)
		}
		if look == looks {
			return fmt.Errorf("%w, again and again", drivers.ErrStale)
		}
		obj, err := p.cluster.get(ctx, o.at)
		if err != nil {
			return err
		}
		o.line = line{}
		p.found(o, obj, nil)
		if obj != nil {
			twin := p.twin(o.ID, obj, o.res)
			o.Before = &twin
		}
	}
}

// isOf reports whether the answer to a dry run is about the object that was read.
func isOf(out, obj *unstructured.Unstructured) bool {
	if obj == nil {
		return out.GetResourceVersion() == ""
	}
	return out.GetUID() == obj.GetUID() && out.GetResourceVersion() == obj.GetResourceVersion()
}

// dryRun applies without effect. Fields of others are taken where that may be:
// what others changed of an owned object is drift, and what the managers had
// that are taken over is the target's from now on. Of other managers' fields
// nothing is taken; the change is refused, and shown as it would be.
func (p *planner) dryRun(ctx context.Context, o *outcome) (*unstructured.Unstructured, error) {
	out, err := p.cluster.apply(ctx, o.at, o.obj, o.force, true)
	conflicts := conflictsOf(err)
	if len(conflicts) == 0 {
		return out, err
	}
	o.refused = p.unresolved(conflicts)
	o.force = true
	return p.cluster.apply(ctx, o.at, o.obj, true, true)
}

// answered plans after a refusal of the server. Only where it is not the
// server's last word is there no plan at all.
func (p *planner) answered(ctx context.Context, o *outcome, err error) error {
	if !isLastWord(err) {
		return err
	}
	o.asIs()
	o.unforeseen = o.live == nil && apierrors.IsNotFound(err) // the namespace may come with this very plan
	if !o.unforeseen || !p.isToCome(o.res) {
		o.told = err
	}
	if o.live != nil && isImmutable(err) && mayReplace(o.res) {
		o.told = nil
		err := p.tryAnew(ctx, o)
		o.Action = resource.ActionReplace
		return err
	}
	return nil
}

func isLastWord(err error) bool {
	return !errors.Is(err, drivers.ErrUnreachable) && !apierrors.IsUnauthorized(err) && isAnswer(err)
}

// tryAnew asks the server what would take the place of what is there. As that is
// in the way, the server is asked about an object of another name, which is put
// right afterwards: what goes by the name, as an admission policy may, is not
// seen. That of which the server says no to the other name is shown as it is
// asked for, unless it is a mistake under any name.
func (p *planner) tryAnew(ctx context.Context, o *outcome) error {
	o.asIs()
	at, obj := o.at, o.obj.DeepCopy()
	at.name = "holdfast-" + strconv.FormatUint(rand.Uint64(), 36)
	obj.SetName(at.name)
	out, err := p.cluster.apply(ctx, at, obj, false, true)
	switch {
	case err == nil:
		content := renamed(withoutGenerated(o.ID, planned(out), o.obj), at.name, o.ID.Name)
		o.becomes(content.(map[string]any))
		o.anew = true
	case !isLastWord(err):
		return err
	case isMistake(err):
		o.told = &misnamed{err, at.name, o.ID.Name}
	}
	return nil
}

// renamed is a value with one name in the place of another, also as a part of others.
func renamed(value any, from, to string) any {
	switch value := value.(type) {
	case string:
		return strings.ReplaceAll(value, from, to)
	case []any:
		for i := range value {
			value[i] = renamed(value[i], from, to)
		}
	case map[string]any:
		for key := range value {
			value[key] = renamed(value[key], from, to)
		}
	}
	return value
}

// misnamed is what the server said about an object of another name.
type misnamed struct {
	error
	from, to string
}

func (m *misnamed) Error() string { return strings.ReplaceAll(m.error.Error(), m.from, m.to) }
func (m *misnamed) Unwrap() error { return m.error }

// isToCome reports whether the namespace or the kind of a resource is of the same plan.
func (p *planner) isToCome(res *resource.Resource) bool { return len(p.needs[res.ID.Key()]) > 0 }

func isAnswer(err error) bool {
	status := apierrors.APIStatus(nil)
	return errors.As(err, &status)
}

// compare holds the server's answer against what is there.
func (p *planner) compare(ctx context.Context, o *outcome, out *unstructured.Unstructured) error {
	if o.live == nil {
		o.Action = resource.ActionCreate
		o.becomes(withoutGenerated(o.ID, planned(out), o.obj))
		return nil
	}
	out, err := p.adopted(ctx, o, out)
	if err != nil {
		return p.answered(ctx, o, err)
	}
	content := planned(out)
	if reflect.DeepEqual(content, planned(o.live)) {
		o.none()
		return nil
	}
	o.Action = resource.ActionUpdate
	o.becomes(content)
	return nil
}

// apply is a server-side apply.
func (c *cluster) apply(ctx context.Context, at place, obj *unstructured.Unstructured, force, dryRun bool) (*unstructured.Unstructured, error) {
	text, err := json.Marshal(obj.Object)
	if err != nil {
		return nil, fmt.Errorf("write as JSON: %w", err)
	}
	options := metav1.PatchOptions{FieldManager: live.Manager, Force: &force, FieldValidation: metav1.FieldValidationStrict}
	if dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	return request(ctx, c, func(ctx context.Context) (*unstructured.Unstructured, error) {
		return c.objects(at).Patch(ctx, at.name, applyPatch, text, options)
	})
}
