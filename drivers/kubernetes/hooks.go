package kubernetes

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/drivers/kubernetes/health"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Annotations of other tools that are obeyed.
const (
	helmWeight = "helm.sh/hook-weight"
	argoWave   = "argocd.argoproj.io/sync-wave"
	argoSync   = "argocd.argoproj.io/sync-options"
	helmDelete = "helm.sh/hook-delete-policy"
	argoDelete = "argocd.argoproj.io/hook-delete-policy"
	fluxSSA    = "kustomize.toolkit.fluxcd.io/ssa"
	fluxForce  = "kustomize.toolkit.fluxcd.io/force"
	fluxActs   = "kustomize.toolkit.fluxcd.io/reconcile"
	// annotationReplace on a desired object, with the value "allow", lets it be
	// deleted and made anew where it cannot be changed.
	annotationReplace = "holdfast.dev/replace"
)

// phase is how many stages apart the things before, of and after an apply are.
const phase = 1_000_000

// phases of hooks; what is of none of them is of phase 0.
var phases = map[string]int{
	"pre-install": -1, "pre-upgrade": -1, "post-install": 1, "post-upgrade": 1,
	"PreSync": -1, "PostSync": 1,
}

// hookWords are those that there are of Helm and Argo CD, and whether a hook of
// the kind is part of an apply.
var hookWords = map[string]bool{
	"pre-install": true, "pre-upgrade": true, "post-install": true, "post-upgrade": true,
	"pre-delete": false, "post-delete": false, "pre-rollback": false, "post-rollback": false, "test": false, "test-success": false, "crd-install": true,
	"PreSync": true, "Sync": true, "PostSync": true, "SyncFail": false, "PreDelete": false, "PostDelete": false, "Skip": false,
}

// Stage puts hooks before or after what is ordinary, and sync waves and hook
// weights in order within that.
func (d *Driver) Stage(res *resource.Resource) int {
	stage := phaseOf(res) * phase
	for _, name := range []string{argoWave, helmWeight} {
		if text, ok := res.Annotation(name); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				return stage + min(max(n, 1-phase), phase-1)
			}
		}
	}
	return stage
}

// phaseOf a resource is -1 for what comes before all that is ordinary, 1 for what comes after it.
func phaseOf(res *resource.Resource) int {
	hook, _ := hookOf(res)
	for word := range strings.SplitSeq(hook, ",") {
		if n := phases[strings.TrimSpace(word)]; n != 0 {
			return n
		}
	}
	return 0
}

func hookOf(res *resource.Resource) (string, bool) {
	if hook, ok := res.Annotation(resource.AnnotationArgoHook); ok {
		return hook, true
	}
	return res.Annotation(resource.AnnotationHelmHook)
}

// tasks are the kinds that run to an end, and do so again only when made anew.
var tasks = []string{"batch/Job", "core/Pod", "argoproj.io/Workflow", "tekton.dev/TaskRun", "tekton.dev/PipelineRun"}

// runs reports whether a resource is something to run: a hook of a kind that
// ends, or one that goes once it is there. Other hooks are ordinary objects of
// their stage.
func runs(res *resource.Resource) bool {
	_, hook := hookOf(res)
	if !hook {
		return false
	}
	well, _ := goes(res)
	return well || slices.Contains(tasks, res.ID.GroupKind())
}

// hasRunAs reports whether a hook has run as it is asked for: it does so once for
// each state of all that is desired. Whether its object is still there does not
// matter then, as it may be cleaned up.
func (p *planner) hasRunAs(o *outcome, owned *drivers.Owned) bool {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(o.Desired + p.revision))
	o.Desired = hex.EncodeToString(mac.Sum(nil))
	return p.wasMade(o, owned)
}

// run plans a hook, of which the object gives way to that of the next run.
func (p *planner) run(ctx context.Context, o *outcome) error {
	if o.live == nil {
		if err := p.try(ctx, o); err != nil || o.live == nil {
			return err
		}
	}
	o.again = true
	return p.tryAnew(ctx, o)
}

// running says what a hook is still at that is to give way to its next run; nil
// if it is at nothing.
func (a *application) running(ctx context.Context, s *step) error {
	now, err := a.cluster.get(ctx, s.at)
	if err != nil || now == nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, a.cluster.timeout)
	defer cancel()
	if at := (health.Checker{Client: a.cluster.client}).Runs(within, now); at != "" {
		return fmt.Errorf("%w: %s; delete it if it is not to be waited for", drivers.ErrRunning, at)
	}
	return nil
}

// wasMade reports whether a resource was made as it is asked for, be it there or gone.
func (p *planner) wasMade(o *outcome, owned *drivers.Owned) bool {
	if owned != nil {
		return !owned.Pending && owned.Tombstone.IsZero() && owned.Digest == o.Desired
	}
	return p.Ended[o.ID.Key()] == o.Desired
}

// cleansUp reports whether a resource is a Job that goes away once it has run.
func cleansUp(res *resource.Resource) bool {
	_, ttl := resource.Lookup(res.Content, resource.Path{"spec", "ttlSecondsAfterFinished"})
	return ttl && res.ID.GroupKind() == "batch/Job"
}

// hasRun reports whether a Job that cleans up after itself was made as it is
// asked for, and is gone: that is no reason to run it again.
func (p *planner) hasRun(o *outcome, owned *drivers.Owned) bool {
	return o.live == nil && cleansUp(o.res) && p.wasMade(o, owned)
}

// leaves reports whether an object that is there is to be left as it is, by
// Flux's words on the manifest or on the object.
func (p *planner) leaves(o *outcome) bool {
	for _, res := range []*resource.Resource{o.res, o.Before} {
		if o.live != nil && res != nil && (res.Says(fluxSSA, "IfNotPresent", "Ignore") || res.Says(fluxActs, "disabled")) {
			return true
		}
	}
	return false
}

// notApplied says why a resource is none to be made, "" if it is one: a hook of what is no
// apply, or one that Flux is told not to apply, as long as it is not there.
func (o *outcome) notApplied() string {
	if hook, ok := hookOf(o.res); ok && !slices.ContainsFunc(strings.Split(hook, ","), func(word string) bool { return hookWords[strings.TrimSpace(word)] }) {
		name := resource.AnnotationHelmHook
		if _, argo := o.res.Annotation(resource.AnnotationArgoHook); argo {
			name = resource.AnnotationArgoHook
		}
		return fmt.Sprintf("by its annotation %s: %s it is no part of an apply", name, hook)
	}
	switch {
	case o.live != nil:
		return ""
	case o.res.Says(fluxSSA, "Ignore"):
		return "by " + fluxSSA + ": Ignore it is not applied"
	case o.res.Says(fluxActs, "disabled"):
		return "by " + fluxActs + ": disabled it is not applied"
	}
	return ""
}

// mayReplace reports whether the manifest lets its object be made anew. Argo CD's
// Replace=true does not: it has the object written over as it is, without
// kubectl's annotation, and server-side apply writes none.
func mayReplace(res *resource.Resource) bool {
	if word, _ := res.Annotation(annotationReplace); word == "allow" {
		return true
	}
	if res.Says(fluxForce, "enabled") {
		return true
	}
	options, _ := res.Annotation(argoSync)
	for option := range strings.SplitSeq(options, ",") {
		if strings.TrimSpace(option) == "Force=true" {
			return true
		}
	}
	return false
}
