# METADATA
# title: Resources of the pod against its containers'
# description: |
#   Where the pod itself has requests or limits (spec.resources), its containers'
#   requests taken together must fit its request, and no container's limit may be
#   above its limit; nor can it have anything but cpu, memory and hugepages-….
#   The API refuses anything else. Kubernetes, "Pod-level resource specification".
# custom:
#   id: allocation/pod-resources
#   category: allocation
#   severity: high
#   profile: starter
#   remediation: Raise the pod's own request or limit in spec.resources, or lower those of its containers.
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
package holdfast.allocation.pod_resources

import data.holdfast.lib.pods
import data.holdfast.lib.quantities
import data.holdfast.lib.requests
import data.holdfast.lib.resources

deny contains {"msg": msg, "path": _path("requests", resource)} if {
	some resource, quantity in pods.spec(input.resource).resources.requests
	requests.pod_level(resource)
	own := quantities.milli(quantity)
	together := requests.of_containers(pods.spec(input.resource), "requests", resource, {})
	together > own
	msg := sprintf("the containers request %s %s together, the pod %s", [
		resource,
		quantities.format(resource, together),
		quantities.format(resource, own),
	])
}

deny contains {"msg": msg, "path": array.concat(entry.path, ["resources", "limits", resource])} if {
	some resource, quantity in pods.spec(input.resource).resources.limits
	requests.pod_level(resource)
	own := quantities.milli(quantity)
	some entry in resources.containers
	limit := quantities.milli(entry.container.resources.limits[resource])
	limit > own
	msg := sprintf("%s is limited to %s %s, the pod to %s", [
		entry.label,
		resource,
		quantities.format(resource, limit),
		quantities.format(resource, own),
	])
}

deny contains {"msg": msg, "path": _path(part, resource)} if {
	some part in ["requests", "limits"]
	amounts := pods.spec(input.resource).resources[part]
	is_object(amounts)
	some resource, _ in amounts
	not requests.pod_level(resource)
	msg := sprintf("the pod itself cannot have %s of %s", [part, resource])
}

_path(part, resource) := array.concat(pods.spec_path(input.resource), ["resources", part, resource])
