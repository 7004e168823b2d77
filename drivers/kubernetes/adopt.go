package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/fluxcd/pkg/ssa"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/live"
)

const applyPatch = types.ApplyYAMLPatchType

// predecessors are the field managers of tools that wrote manifests before
// holdfast did. What they wrote is taken over, so that what is no longer in a
// manifest goes. kubectl's commands that change a running thing on purpose and
// in passing, rollout and scale, are not among them.
var predecessors = []string{
	"kubectl-client-side-apply", "kubectl", "kubectl-create", "kubectl-edit", "kubectl-patch", "kubectl-replace",
	"kubectl-label", "kubectl-annotate", "kubectl-set", "before-first-apply", "helm",
	"kustomize-controller", "helm-controller", "flux", "argocd-controller", "argocd-application-controller",
}

func (d *Driver) takesOver(manager string) bool {
	return slices.Contains(predecessors, manager) || slices.Contains(d.settings.TakeOver, manager)
}

func (d *Driver) isTaken(entry *metav1.ManagedFieldsEntry) bool {
	return entry.Subresource == "" && d.takesOver(entry.Manager)
}

// heirloom is managedFields with what is taken over as holdfast's own, nil if there is nothing to take.
func (d *Driver) heirloom(obj *unstructured.Unstructured) ([]metav1.ManagedFieldsEntry, error) {
	var managers []ssa.FieldManager
	for _, entry := range obj.GetManagedFields() {
		if d.isTaken(&entry) {
			managers = append(managers, ssa.FieldManager{Name: entry.Manager, ExactMatch: true, OperationType: entry.Operation})
		}
	}
	if len(managers) == 0 {
		return nil, nil
	}
	patches, err := ssa.PatchReplaceFieldsManagers(obj, managers, live.Manager)
	if err != nil || len(patches) == 0 {
		return nil, err
	}
	return patches[0].Value, nil
}

// takeOver makes the fields of predecessors holdfast's own, if there are any,
// and gives the object as it is then.
func (d *Driver) takeOver(ctx context.Context, at place, obj *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	entries, err := d.heirloom(obj)
	if err != nil || entries == nil {
		return obj, err
	}
	return d.cluster.patch(ctx, at, []operation{
		{Op: "replace", Path: "/metadata/managedFields", Value: entries},
		{Op: "replace", Path: "/metadata/resourceVersion", Value: obj.GetResourceVersion()},
	}, false)
}

// operation is one of a JSON patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func (c *cluster) patch(ctx context.Context, at place, operations []operation, dryRun bool) (*unstructured.Unstructured, error) {
	text, err := json.Marshal(operations)
	if err != nil {
		return nil, fmt.Errorf("write as JSON: %w", err)
	}
	options := metav1.PatchOptions{FieldManager: live.Manager}
	if dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	return request(ctx, c, func(ctx context.Context) (*unstructured.Unstructured, error) {
		return c.objects(at).Patch(ctx, at.name, types.JSONPatchType, text, options)
	})
}
