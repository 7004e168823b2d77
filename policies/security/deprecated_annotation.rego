# METADATA
# title: Annotations that a field took the place of
# description: |
#   The annotations of Kubernetes' early days gave way to fields, and each
#   release may cease to look at one. The Ingress class is spec.ingressClassName
#   since 1.18, the AppArmor profile is securityContext.appArmorProfile since
#   1.30, scheduler.alpha.kubernetes.io/critical-pod has no effect since 1.16.
#   Kubernetes documentation, "Well-Known Labels, Annotations and Taints".
# custom:
#   id: security/deprecated-annotation
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Set the field that the message names, and remove the annotation.
#   scope: resource
#   kinds:
#     - networking.k8s.io/Ingress
#     - core/PersistentVolumeClaim
#     - core/PersistentVolume
#     - core/Service
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.deprecated_annotation

import data.holdfast.lib.names
import data.holdfast.lib.pods

_fields := {
	"kubernetes.io/ingress.class": "spec.ingressClassName",
	"volume.beta.kubernetes.io/storage-class": "spec.storageClassName",
	"volume.beta.kubernetes.io/mount-options": "spec.mountOptions",
	"scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
	"service.kubernetes.io/topology-aware-hints": "spec.trafficDistribution",
	"service.alpha.kubernetes.io/tolerate-unready-endpoints": "spec.publishNotReadyAddresses",
}

_apparmor := "container.apparmor.security.beta.kubernetes.io/"

warn contains {"msg": msg, "path": array.concat(path, [annotation])} if {
	is_object(input.resource) # nothing is there for a delete
	some path in _paths
	some annotation, _ in object.get(input.resource, path, {})
	field := _field(annotation)
	msg := sprintf("annotation %s of %s gave way to %s", [annotation, names.title(input.resource), field])
}

_field(annotation) := _fields[annotation]

_field(annotation) := "securityContext.appArmorProfile" if {
	is_string(annotation)
	startswith(annotation, _apparmor)
}

_paths contains ["metadata", "annotations"]

_paths contains array.concat(array.slice(full, 0, count(full) - 1), ["metadata", "annotations"]) if {
	full := pods.spec_path(input.resource)
}
