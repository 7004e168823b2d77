# METADATA
# title: Priority classes that are missing
# description: |
#   A pod whose priorityClassName names no PriorityClass is refused. Where the
#   target declares PriorityClasses, the name should be among them; where it
#   declares none, they are kept elsewhere, and nothing is said. Kubernetes, "Pod
#   Priority and Preemption".
# custom:
#   id: allocation/priority-class
#   category: allocation
#   severity: medium
#   profile: recommended
#   remediation: Declare the PriorityClass, or name one that is declared.
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
package holdfast.allocation.priority_class

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": array.concat(pods.spec_path(input.resource), ["priorityClassName"])} if {
	name := pods.spec(input.resource).priorityClassName
	is_string(name)
	name != ""
	not name in {"system-cluster-critical", "system-node-critical"}
	classes := data.holdfast.resources[input.target.name]["scheduling.k8s.io/PriorityClass"][""]
	count(classes) > 0
	not name in object.keys(classes)
	msg := sprintf("the priority class %q is not among those that are declared", [name])
}
