# METADATA
# title: Required annotations
# description: |
#   Each element of the parameter required_annotations is a key that must be
#   among the annotations with a value, or an object with key, allowed_regex
#   (which the value must match) and kinds (such as Namespace or Service).
#   Without kinds it is about workloads and namespaces. An empty list asks
#   nothing. Kubernetes documentation, "Recommended Labels".
# custom:
#   id: security/required-annotations
#   category: security
#   severity: low
#   profile: starter
#   remediation: >-
#     Add the annotation to the resource's metadata.annotations.
#   params:
#     required_annotations: []
#   scope: resource
#   kinds:
#     - core/Namespace
#     - core/Pod
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
#     - core/Service
#     - core/PersistentVolumeClaim
#     - core/ConfigMap
#     - core/Secret
#     - core/ServiceAccount
#     - networking.k8s.io/Ingress
package holdfast.security.required_annotations

import data.holdfast.lib.names
import data.holdfast.lib.requirements

deny contains {"msg": msg, "path": fault.path} if {
	some fault in requirements.faults(input.resource, "annotations", data.holdfast.params.required_annotations)
	msg := sprintf("annotation %s of %s %s", [fault.key, names.title(input.resource), fault.phrase])
}
