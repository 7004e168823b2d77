# METADATA
# title: StatefulSets without a priority
# description: |
#   When nodes are lost and the rest is full, pods of higher priority start first
#   and the others wait. A StatefulSet without priorityClassName has the default,
#   like any batch job (kubernetes.io, "Pod Priority and Preemption").
# custom:
#   id: dr/priority-class
#   category: dr
#   severity: low
#   profile: strict
#   remediation: Set priorityClassName in the pod template to a PriorityClass above that of batch work.
#   scope: resource
#   kinds: [apps/StatefulSet]
package holdfast.dr.priority_class

import data.holdfast.lib.names
import data.holdfast.lib.spread

warn contains {"msg": msg, "path": ["spec", "template", "spec"]} if {
	pod := spread.template(input.resource)
	object.get(pod.spec, "priorityClassName", "") in {"", null}
	msg := sprintf("%s has no priorityClassName", [names.title(input.resource)])
}
