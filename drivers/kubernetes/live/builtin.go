package live

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// passing reports whether objects of a kind are notes that the cluster makes
// for itself: nobody would keep them in Git.
func passing(group, kind string) bool {
	switch group {
	case "events.k8s.io", "coordination.k8s.io", "metrics.k8s.io", "internal.apiserver.k8s.io", "discovery.k8s.io", "certificates.k8s.io":
		return true
	case "":
		return slices.Contains([]string{"Event", "Endpoints", "Node", "ComponentStatus"}, kind)
	case "apps":
		return kind == "ControllerRevision"
	case "networking.k8s.io":
		return kind == "IPAddress" || kind == "ServiceCIDR"
	case "storage.k8s.io":
		return slices.Contains([]string{"CSINode", "CSIStorageCapacity", "VolumeAttachment"}, kind)
	case "resource.k8s.io":
		return kind == "ResourceSlice"
	}
	return false
}

// made reports whether an object was made by a controller or comes with every
// cluster. A sign counts only where it belongs, so that nobody hides behind one.
func made(obj *unstructured.Unstructured) bool {
	return len(obj.GetOwnerReferences()) > 0 || signed(obj) || madeByName(obj) || isRecord(obj)
}

func signed(obj *unstructured.Unstructured) bool {
	sign := func(signs map[string]string, name string) bool { _, there := signs[name]; return there }
	labels, annotations := obj.GetLabels(), obj.GetAnnotations()
	kind := obj.GroupVersionKind()
	switch kind.Group {
	case "rbac.authorization.k8s.io":
		return sign(labels, "kubernetes.io/bootstrapping")
	case "flowcontrol.apiserver.k8s.io":
		return sign(annotations, "apf.kubernetes.io/autoupdate-spec")
	}
	switch kind.Kind {
	case "ConfigMap":
		return sign(labels, LabelInventory) || sign(annotations, "control-plane.alpha.kubernetes.io/leader")
	case "PersistentVolume":
		return sign(annotations, "pv.kubernetes.io/provisioned-by")
	}
	return false
}

// madeByName tells what bears no sign but its name.
func madeByName(obj *unstructured.Unstructured) bool {
	name, namespace := obj.GetName(), obj.GetNamespace()
	switch obj.GroupVersionKind().GroupKind().String() {
	case "Namespace":
		return systemNamespace(name) || name == "default"
	case "ServiceAccount":
		return name == "default" || systemNamespace(namespace)
	case "ConfigMap":
		return name == "kube-root-ca.crt" || systemNamespace(namespace) && slices.Contains([]string{
			"extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking",
			"kubeadm-config", "kubelet-config", "cluster-info",
		}, name)
	case "Service":
		return name == "kubernetes" && namespace == "default"
	case "PriorityClass.scheduling.k8s.io":
		return strings.HasPrefix(name, "system-")
	case "APIService.apiregistration.k8s.io": // one that the API server itself answers
		service, _, _ := unstructured.NestedMap(obj.Object, "spec", "service")
		return service == nil
	}
	return false
}

func systemNamespace(name string) bool {
	return name == "kube-system" || name == "kube-public" || name == "kube-node-lease"
}

// isRecord tells Secrets that are some program's notes.
func isRecord(obj *unstructured.Unstructured) bool {
	if obj.GroupVersionKind().GroupKind().String() != "Secret" {
		return false
	}
	kind, _, _ := unstructured.NestedString(obj.Object, "type")
	return slices.Contains([]string{"kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token", "helm.sh/release.v1"}, kind)
}
