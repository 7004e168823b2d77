# METADATA
# title: Spread constraints that do not count their own pods
# description: |
#   A topologySpreadConstraint whose labelSelector does not match the labels of
#   the pod that has it spreads that pod by where others run, or, without a
#   labelSelector, by nothing at all: all replicas may land in one place
#   (kubernetes.io, "Pod Topology Spread Constraints", consistency). An
#   anti-affinity without a labelSelector matches no pods either. Selectors by
#   labels that controllers add are passed over.
# custom:
#   id: dr/spread-selects-others
#   category: dr
#   severity: medium
#   profile: starter
#   remediation: Make the labelSelector match labels of the pod template that has it.
#   scope: resource
#   kinds: [apps/Deployment, apps/StatefulSet, apps/ReplicaSet]
package holdfast.dr.spread_selects_others

import data.holdfast.lib.selectors
import data.holdfast.lib.spread

deny contains {"msg": msg, "path": path} if {
	pod := spread.template(input.resource)
	some rule in spread.rules(pod.spec)
	what := _misses(rule, pod.labels)
	msg := sprintf("the %s by %s %s", [rule.what, rule.key, what])
	path := array.concat(["spec", "template", "spec"], rule.path)
}

_misses(rule, _) := "has no labelSelector, and so counts no pods" if rule.selector == null

_misses(rule, labels) := "does not select the pods that have it" if {
	rule.what == "spread constraint"
	is_object(rule.selector)
	not selectors.matches(rule.selector, labels)
	not selectors.by_added_label(rule.selector)
}
