# METADATA
# title: Services that select no pod
# description: |
#   A Service whose selector matches the pods of no workload of its namespace
#   sends its traffic nowhere; most often a label is misspelt. Asked where the
#   namespace has workloads in the target and nothing that may make others:
#   custom resources beside those of well-known kinds, Helm releases,
#   Applications. Labels that Kubernetes sets on pods by itself are not looked
#   at. Kubernetes documentation, "Service".
# custom:
#   id: security/service-selector
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Give the Service's spec.selector the labels of the pods' template.
#   scope: target
#   kinds: [core/Service]
package holdfast.security.service_selector

import data.holdfast.lib.names
import data.holdfast.lib.pod_labels

_resources := data.holdfast.resources[input.target.name]

# What installs other things, in any namespace.
_installers := [
	"helm.toolkit.fluxcd.io/HelmRelease",
	"kustomize.toolkit.fluxcd.io/Kustomization",
	"argoproj.io/Application",
	"argoproj.io/ApplicationSet",
	"helm.cattle.io/HelmChart",
]

# Custom resources that make no pods.
_harmless_groups := {
	"cert-manager.io",
	"external-secrets.io",
	"bitnami.com",
	"cilium.io",
	"networking.istio.io",
	"security.istio.io",
	"traefik.io",
	"velero.io",
	"keda.sh",
}

_harmless_kinds := {
	"monitoring.coreos.com/ServiceMonitor",
	"monitoring.coreos.com/PodMonitor",
	"monitoring.coreos.com/PrometheusRule",
}

# What Kubernetes writes on the pods.
_set_on_pods := {
	"statefulset.kubernetes.io/pod-name",
	"apps.kubernetes.io/pod-index",
	"pod-template-hash",
	"controller-revision-hash",
	"batch.kubernetes.io/job-name",
	"job-name",
}

warn contains {"msg": msg, "path": ["spec", "selector"], "resource": names.identity(input.target.name, service)} if {
	not _installed_elsewhere
	some namespace, by_name in _resources["core/Service"]
	namespace in _namespaces
	some service in by_name
	not service.spec.type == "ExternalName"
	labels := _labels(service)
	count(pod_labels.selected(namespace, {"matchLabels": labels})) == 0
	msg := sprintf("%s selects the pods of no workload", [names.title(service)])
}

_labels(service) := object.remove(service.spec.selector, _set_on_pods) if {
	is_object(service.spec.selector)
}

_installed_elsewhere if {
	some kind in _installers
	_ := _resources[kind]
}

# The namespaces that have workloads, and nothing that may make others.
_namespaces := {key[0] | some key, _ in pod_labels.workloads} - {namespace |
	some kind, by_namespace in _resources
	_may_make_pods(kind)
	some namespace, _ in by_namespace
}

_may_make_pods(kind) if {
	group := split(kind, "/")[0]
	contains(group, ".")
	not regex.match(`^(?:[a-z.]+\.)?[a-z]+\.k8s\.io$`, group)
	not group in _harmless_groups
	not kind in _harmless_kinds
}

# An implementation of the Gateway API may run its own pods.
_may_make_pods("gateway.networking.k8s.io/Gateway")
