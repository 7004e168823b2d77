package health

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/holdfast-dev/holdfast/drivers"
	"github.com/holdfast-dev/holdfast/sources/resource"
)

// Checker tells what takes a look at other objects in the cluster.
type Checker struct {
	Client dynamic.Interface
}

// maxExplained is the length in characters of an explanation.
const maxExplained = 4 * maxText

// Check is Of, with one request more for a claim that is not bound: where its storage
// class binds only once a pod uses it, there is nothing to wait for.
func (c Checker) Check(ctx context.Context, obj *unstructured.Unstructured) (drivers.Status, string) {
	health, reason := Of(obj)
	if health != drivers.StatusProgressing || obj.GroupVersionKind().GroupKind().String() != "PersistentVolumeClaim" || obj.GetDeletionTimestamp() != nil {
		return health, reason
	}
	if _, scheduled := obj.GetAnnotations()["volume.kubernetes.io/selected-node"]; scheduled {
		return health, reason
	}
	read := content{obj.Object}
	name := read.text("spec", "storageClassName")
	switch _, named := resource.Lookup(obj.Object, resource.Path{"spec", "storageClassName"}); {
	case read.text("spec", "volumeName") != "":
		return health, reason
	case !named:
		return health, reason + ": it names no storage class, and the cluster has no default one"
	case name == "":
		return health, reason + ": it asks for one without a storage class, and none is free that fits"
	}
	class, err := c.Client.Resource(storageClasses).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return health, reason + ": there is no storage class " + name
	case err != nil || (content{class.Object}).text("volumeBindingMode") != "WaitForFirstConsumer":
		return health, reason // a class that cannot be read promises nothing
	}
	return drivers.StatusHealthy, "it is bound to a volume when the first pod uses it"
}

var (
	storageClasses = schema.GroupVersionResource{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"}
	replicaSets    = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}
	podResource    = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	eventResource  = schema.GroupVersionResource{Version: "v1", Resource: "events"}
)

// Explain says what a person would look up of an object that is not healthy: the
// states of its pods' containers, why they are not scheduled, and the newest
// warnings; in one line, "" where there is nothing to tell. It makes at most six requests,
// and what cannot be read is left out, as is what reason, that of its status,
// says already. It is for an object of which there is something to report, not for each look.
func (c Checker) Explain(ctx context.Context, obj *unstructured.Unstructured, reason string) string {
	var parts []string
	warned := []*unstructured.Unstructured{obj}
	if selector, ok := podSelector(obj); ok {
		owner := obj
		if obj.GetKind() == "Deployment" {
			if owner = c.newestReplicaSet(ctx, obj, selector); owner != nil {
				warned = append(warned, owner)
			}
		}
		if owner != nil {
			troubled := c.troubledPods(ctx, owner, selector)
			parts = append(parts, describe(troubled)...)
			for i := range min(len(troubled), maxWarnedPods) {
				warned = append(warned, &troubled[i].pod)
			}
		}
	}
	said := Clean(reason) + "; " + join(parts)
	for _, about := range warned {
		for _, event := range c.warnings(ctx, about) {
			if strings.Contains(said, event.cause()) {
				continue
			}
			text := event.text()
			if about != obj {
				text = fmt.Sprintf("%s %s: %s", about.GetKind(), about.GetName(), text)
			}
			parts, said = append(parts, text), said+"; "+Clean(text)
		}
	}
	return join(parts)
}

// join strings parts together, each once, as far as they have room.
func join(parts []string) string {
	var b strings.Builder
	for i, part := range parts {
		part = Clean(part)
		if part == "" || contains(parts[:i], part) {
			continue
		}
		if b.Len() > 0 {
			part = "; " + part
		}
		if b.Len()+len(part) > maxExplained {
			break
		}
		b.WriteString(part)
	}
	return b.String()
}

func contains(parts []string, cleaned string) bool {
	for _, part := range parts {
		if Clean(part) == cleaned {
			return true
		}
	}
	return false
}

// podSelector is the selector of a workload's pods, as a list takes it.
func podSelector(obj *unstructured.Unstructured) (string, bool) {
	switch obj.GroupVersionKind().GroupKind().String() {
	case "Deployment.apps", "ReplicaSet.apps", "StatefulSet.apps", "DaemonSet.apps", "Job.batch":
	default:
		return "", false
	}
	value, _, err := unstructured.NestedMap(obj.Object, "spec", "selector")
	if err != nil || len(value) == 0 {
		return "", false
	}
	selector, err := readSelector(value)
	return selector, err == nil && selector != ""
}

func readSelector(value map[string]any) (string, error) {
	var selector metav1.LabelSelector
	if err := fromUnstructured(value, &selector); err != nil {
		return "", fmt.Errorf("read the selector: %w", err)
	}
	parsed, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		return "", fmt.Errorf("read the selector: %w", err)
	}
	return parsed.String(), nil
}
