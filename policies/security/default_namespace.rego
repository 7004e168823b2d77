# METADATA
# title: Resources in the namespace default
# description: |
#   In the namespace default things of all sorts meet, so that quotas, network
#   policies and roles cannot be given to some of them only. A manifest that
#   names no namespace passes: who applies it says where. CIS Kubernetes
#   Benchmark 5.7.4.
# custom:
#   id: security/default-namespace
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Create a namespace for the workload, and name it in metadata.namespace.
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
#     - core/Service
#     - core/ConfigMap
#     - core/Secret
#     - core/PersistentVolumeClaim
#     - networking.k8s.io/Ingress
package holdfast.security.default_namespace

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["metadata", "namespace"]} if {
	input.resource.metadata.namespace == "default"
	not _own
	msg := sprintf("%s is in the namespace default", [names.title(input.resource)])
}

# What the control plane keeps there.
_own if {
	input.resource.kind == "Service"
	input.resource.metadata.name == "kubernetes"
}

_own if {
	input.resource.kind == "ConfigMap"
	input.resource.metadata.name == "kube-root-ca.crt"
}
