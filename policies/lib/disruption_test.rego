package holdfast.lib.disruption_test

import data.holdfast.lib.disruption

_namespaces(group_kind, resource) := found if {
	found := disruption.namespaces with data.holdfast.resources as {"prod": {group_kind: {"shop": {"a": resource}}}}
		with input.target.name as "prod"
}

# Whatever is the matter with their labels.
test_namespaces if {
	every group_kind in [
		"apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "core/ReplicationController",
		"argoproj.io/Rollout", "batch/Job", "batch/CronJob", "core/Pod",
	] {
		every resource in [{}, {"metadata": {"labels": null}, "spec": null}, {"spec": {"template": {"metadata": {"labels": "a"}}}}] {
			_namespaces(group_kind, resource) == {"shop"}
		}
	}
	_namespaces("core/Service", {}) == set()
}

_selected(selector, labels) := found if {
	found := disruption.selected with input.target.name as "prod" with data.holdfast.resources as {"prod": {
		"policy/PodDisruptionBudget": {"shop": {"a": {"metadata": {"name": "a"}, "spec": {"selector": selector}}}},
		"apps/Deployment": {"shop": {"web": {"spec": {"template": {"metadata": {"labels": labels}}}}}},
	}}
}

test_selected if {
	web := {["shop", "Deployment", "web"]}
	_selected({"matchLabels": {"app": "web"}}, {"app": "web"}) == web
	_selected({}, null) == web
	every labels in [{"app": "api"}, {}, null, "web", ["app"]] {
		_selected({"matchLabels": {"app": "web"}}, labels) == set()
	}
}
