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
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

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

// heirloom is managedFields with what is taken over as holdfast's own, nil if
// there is nothing to take. What is to be left alone stays with who has it: as
// holdfast's own it would go, for it is not applied.
func (d *Driver) heirloom(obj *unstructured.Unstructured) ([]metav1.ManagedFieldsEntry, error) {
	var managers []ssa.FieldManager
	var entries, stay []metav1.ManagedFieldsEntry
	alone := d.ignore.Paths(obj)
	for _, entry := range obj.GetManagedFields() {
		if !d.isTaken(&entry) {
			entries = append(entries, entry)
			continue
		}
		all, err := managed(&entry)
		if err != nil {
			return nil, err
		}
		left := within(obj, all, alone)
		taken := all.Difference(left)
		if !left.Empty() {
			if stay, err = appendEntry(stay, entry, left); err != nil {
				return nil, err
			}
		}
		if taken.Empty() {
			continue
		}
		if entries, err = appendEntry(entries, entry, taken); err != nil {
			return nil, err
		}
		managers = append(managers, ssa.FieldManager{Name: entry.Manager, ExactMatch: true, OperationType: entry.Operation})
	}
	if len(managers) == 0 {
		return nil, nil
	}
	parted := &unstructured.Unstructured{Object: without(obj.Object, nil, nil)}
	parted.SetManagedFields(entries)
	patches, err := ssa.PatchReplaceFieldsManagers(parted, managers, live.Manager)
	if err != nil || len(patches) == 0 {
		return nil, err
	}
	return append(patches[0].Value, stay...), nil
}

// appendEntry appends an entry with other fields.
func appendEntry(entries []metav1.ManagedFieldsEntry, entry metav1.ManagedFieldsEntry, set *fieldpath.Set) ([]metav1.ManagedFieldsEntry, error) {
	text, err := set.ToJSON()
	if err != nil {
		return nil, fmt.Errorf("write which fields %s manages: %w", entry.Manager, err)
	}
	entry.FieldsV1 = metav1.NewFieldsV1(string(text))
	return append(entries, entry), nil
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
