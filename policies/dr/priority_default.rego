# METADATA
# title: Default priorities that outrank the others
# description: |
#   A PriorityClass with globalDefault true gives its value to every pod that names
#   none. If no other class of the target is higher, what is important cannot be
#   told from what is not, and pods that name a lower class are preempted by any
#   other. Two defaults are refused by the API server, or the lower one counts
#   (kubernetes.io, "Pod Priority and Preemption").
# custom:
#   id: dr/priority-default
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Give the default class the value 0, and what matters a class above it; let one class be the default.
#   scope: target
#   kinds: [scheduling.k8s.io/PriorityClass]
package holdfast.dr.priority_default

import data.holdfast.lib.names

_classes := data.holdfast.resources[input.target.name]["scheduling.k8s.io/PriorityClass"][""]

_defaults := [name | some name, class in _classes; class.globalDefault == true]

warn contains {"msg": msg, "path": ["value"], "resource": names.identity(input.target.name, class)} if {
	count(_defaults) == 1
	class := _classes[_defaults[0]]
	is_number(class.value)
	class.value > 0
	others := [other.value | some name, other in _classes; name != _defaults[0]; is_number(other.value)]
	class.value >= max(others)
	msg := sprintf("%s is the default, and no class is above its %d", [names.title(class), class.value])
}

warn contains {"msg": msg, "path": ["globalDefault"], "resource": names.identity(input.target.name, class)} if {
	class := _classes[_defaults[1]]
	msg := sprintf("%d PriorityClasses are the default: %s", [count(_defaults), concat(", ", _defaults)])
}
