# METADATA
# title: Where pods may run
# description: |
#   By what a pod is kept apart from those of its own workload, and to what it is
#   tied, by the fields of PodSpec.
package holdfast.lib.spread

import data.holdfast.lib.selectors

host := "kubernetes.io/hostname"

zones := {"topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"}

# template is what a Deployment or StatefulSet makes its pods from: their labels
# and spec.
template(workload) := {"labels": _labels(workload), "spec": _spec(workload)}

_labels(workload) := workload.spec.template.metadata.labels if {
	is_object(workload.spec.template.metadata.labels)
} else := {}

_spec(workload) := workload.spec.template.spec if {
	is_object(workload.spec.template.spec)
} else := {}

# keys are the topologies over which pods are spread, by a rule that counts them
# themselves.
keys(pod) := {rule.key |
	some rule in rules(pod.spec)
	selectors.matches(rule.selector, pod.labels)
}

# rules are a pod's spread constraints and anti-affinities, each with its key,
# its selector or null, and its path in the spec.
rules(spec) := (_constraints(spec) | _required(spec)) | _preferred(spec)

_constraints(spec) := {rule |
	some i, constraint in spec.topologySpreadConstraints
	rule := _rule("spread constraint", constraint, ["topologySpreadConstraints", i])
}

_required(spec) := {rule |
	field := "requiredDuringSchedulingIgnoredDuringExecution"
	some i, term in spec.affinity.podAntiAffinity[field]
	rule := _rule("anti-affinity", term, ["affinity", "podAntiAffinity", field, i])
}

_preferred(spec) := {rule |
	field := "preferredDuringSchedulingIgnoredDuringExecution"
	some i, weighted in spec.affinity.podAntiAffinity[field]
	rule := _rule("anti-affinity", weighted.podAffinityTerm, ["affinity", "podAntiAffinity", field, i, "podAffinityTerm"])
}

_rule(what, of, path) := {
	"what": what,
	"key": of.topologyKey,
	"selector": object.get(of, "labelSelector", null),
	"path": path,
} if {
	is_string(of.topologyKey)
}

# ties are the nodes' labels of which the pod takes one value only, each with
# that value and where it says so. A node's name counts as its hostname.
ties(spec) := _by_name(spec) | (_by_selector(spec) | _by_affinity(spec))

_by_name(spec) := {{"key": host, "value": spec.nodeName, "path": ["nodeName"]} |
	is_string(spec.nodeName)
	spec.nodeName != ""
}

_by_selector(spec) := {{"key": key, "value": value, "path": ["nodeSelector", key]} |
	some key, value in spec.nodeSelector
	is_string(value)
}

_node_affinity := ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]

# One of the terms must hold, so each must name the same value.
_by_affinity(spec) := {{"key": key, "value": value, "path": _node_affinity} |
	terms := object.get(spec, array.concat(_node_affinity, ["nodeSelectorTerms"]), [])
	some [key, _] in _requirements(terms[0])
	allowed := [_allowed(term, key) | some term in terms]
	every values in allowed {
		values != set()
	}
	union_of_all := {value | some values in allowed; some value in values}
	count(union_of_all) == 1
	some value in union_of_all
}

# The values that a term leaves for a label, none where it says nothing of it.
_allowed(term, key) := intersection({values | some [k, values] in _requirements(term); k == key})

_requirements(term) := {[requirement.key, values] |
	some requirement in term.matchExpressions
	requirement.operator == "In"
	values := {value | some value in requirement.values}
} | {[host, values] |
	some requirement in term.matchFields
	requirement.key == "metadata.name"
	requirement.operator == "In"
	values := {value | some value in requirement.values}
}
