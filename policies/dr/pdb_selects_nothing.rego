# METADATA
# title: PodDisruptionBudgets that select no pods
# description: |
#   A budget whose selector matches the pods of nothing protects nothing, most
#   often since a label was renamed in one place only (kubernetes.io, "Specifying
#   a Disruption Budget for your Application"). Looked at are namespaces of which
#   the target has workloads. Passed over are selectors by labels that
#   controllers add, and namespaces with resources of groups that are not known
#   to make no pods, since an operator's pods cannot be seen.
# custom:
#   id: dr/pdb-selects-nothing
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Make spec.selector match the labels of the pods that the budget is for, or remove the budget.
#   scope: target
#   kinds: [policy/PodDisruptionBudget]
package holdfast.dr.pdb_selects_nothing

import data.holdfast.lib.disruption
import data.holdfast.lib.names
import data.holdfast.lib.placeholders
import data.holdfast.lib.selectors

_resources := data.holdfast.resources[input.target.name]

warn contains {"msg": msg, "path": ["spec", "selector"], "resource": names.identity(input.target.name, budget)} if {
	some selection in disruption.selections
	selection.keys == set()
	selection.others == set()
	budget := selection.budget
	namespace := names.namespace(budget)
	namespace in disruption.namespaces
	not _by_added_label(budget)
	not _by_placeholder(budget)
	not namespace in _with_operators
	msg := sprintf("%s selects the pods of no workload in %s", [names.title(budget), _place(namespace)])
}

_by_added_label(budget) if selectors.by_added_label(budget.spec.selector)

_by_placeholder(budget) if {
	some value in budget.spec.selector.matchLabels
	placeholders.within(value)
}

_place("") := "the default namespace"

_place(namespace) := sprintf("namespace %q", [namespace]) if namespace != ""

# Groups whose resources make no pods of their own.
_podless := {
	"apps", "batch", "core", "policy", "autoscaling", "networking.k8s.io", "rbac.authorization.k8s.io",
	"storage.k8s.io", "scheduling.k8s.io", "discovery.k8s.io", "coordination.k8s.io", "gateway.networking.k8s.io",
	"snapshot.storage.k8s.io", "argoproj.io", "bitnami.com", "cert-manager.io", "external-secrets.io", "keda.sh",
	"kyverno.io", "monitoring.coreos.com", "networking.istio.io", "security.istio.io", "cilium.io", "velero.io",
}

# Kinds of these groups that do make pods.
_operated := {"monitoring.coreos.com/Prometheus", "monitoring.coreos.com/Alertmanager"}

_with_operators := {namespace |
	some kind, namespaces in _resources
	_makes_pods(kind)
	some namespace, _ in namespaces
}

_makes_pods(kind) if not split(kind, "/")[0] in _podless

_makes_pods(kind) if kind in _operated
