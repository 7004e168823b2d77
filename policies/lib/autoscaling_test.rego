package holdfast.lib.autoscaling_test

import data.holdfast.lib.autoscaling

_autoscaler(spec) := {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}

_resources := {"prod": {"autoscaling/HorizontalPodAutoscaler": {"shop": {"web": _autoscaler({
	"scaleTargetRef": {"kind": "Deployment", "name": "web"},
	"maxReplicas": 6,
})}}}}

test_most_replicas if {
	autoscaling.most_replicas(["shop", "Deployment", "web"], 2) == 6 with data.holdfast.resources as _resources
		with input.target.name as "prod"
	every key in [["shop", "Deployment", "api"], ["other", "Deployment", "web"], ["shop", "StatefulSet", "web"]] {
		autoscaling.most_replicas(key, 2) == 2 with data.holdfast.resources as _resources with input.target.name as "prod"
	}
}

test_bounds_that_are_no_numbers_do_not_count if {
	every most in ["6", null] {
		resources := object.union(
			_resources,
			{"prod": {"autoscaling/HorizontalPodAutoscaler": {"shop": {"web": {"spec": {"maxReplicas": most}}}}}},
		)
		autoscaling.most_replicas(["shop", "Deployment", "web"], 2) == 2 with data.holdfast.resources as resources
			with input.target.name as "prod"
	}
}

test_the_least_is_one_by_default if {
	found := autoscaling.targets with data.holdfast.resources as _resources with input.target.name as "prod"
	{target.least | some target in found} == {1}
}

test_bounds_anywhere if {
	found := autoscaling.bounds_anywhere with data.holdfast.resources as _resources
	found == {["prod", "shop", "Deployment", "web"]: [1, 6]}
	broken := {"prod": {"autoscaling/HorizontalPodAutoscaler": {"shop": {
		"a": _autoscaler({"scaleTargetRef": {"kind": null, "name": "a"}, "maxReplicas": 6}),
		"b": _autoscaler({"scaleTargetRef": {"kind": "Deployment", "name": "b"}, "maxReplicas": "6"}),
		"c": _autoscaler(null),
	}}}}
	odd := autoscaling.bounds_anywhere with data.holdfast.resources as broken
	odd == {["prod", "shop", null, "a"]: [1, 6]}
	found_here := autoscaling.targets with data.holdfast.resources as broken with input.target.name as "prod"
	{target.key | some target in found_here} == {["shop", null, "a"]}
}

test_least if {
	autoscaling.least(_autoscaler({"minReplicas": 3})) == 3
	autoscaling.least(_autoscaler({"minReplicas": null})) == 1
	autoscaling.least(_autoscaler({})) == 1
	autoscaling.least(_autoscaler({"minReplicas": "${LEAST}", "maxReplicas": 4})) == 4
}

_scaled(ref) := found if {
	found := autoscaling.scaled(_autoscaler({"scaleTargetRef": ref})) with input.target.name as "prod"
		with data.holdfast.resources as {"prod": {
			"apps/Deployment": {"shop": {"web": "the one"}, "other": {"api": "elsewhere"}},
			"core/ReplicationController": {"shop": {"old": "the old one"}},
		}}
}

test_scaled if {
	_scaled({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}) == "the one"
	_scaled({"apiVersion": "v1", "kind": "ReplicationController", "name": "old"}) == "the old one"
	every ref in [
		{"apiVersion": "v1", "kind": "Deployment", "name": "web"},
		{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web"},
		{"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"},
		{"apiVersion": null, "kind": "Deployment", "name": "web"},
		{"apiVersion": "apps/v1", "kind": null, "name": "web"},
		{"kind": "Deployment", "name": "web"},
		null,
	] {
		not _scaled(ref)
	}
}

_utilization(metrics) := autoscaling.utilization(_autoscaler({"metrics": metrics}))

_resource(name, target) := {"type": "Resource", "resource": {"name": name, "target": target}}

test_utilization if {
	_utilization([_resource("cpu", {"type": "Utilization"}), _resource("memory", {"type": "AverageValue"})]) == {["cpu", ""]}
	_utilization([{"type": "Resource", "resource": {"name": "memory", "targetAverageUtilization": 60}}]) == {["memory", ""]}
	_utilization([{"type": "ContainerResource", "containerResource": {
		"name": "memory",
		"container": "web",
		"target": {"type": "Utilization"},
	}}]) == {["memory", "web"]}
	_utilization([_resource(7, {"type": "Utilization"})]) == set()
	_utilization([{"type": "Pods", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}, "text", null]) == set()

	# Without metrics the API goes by CPU.
	every metrics in [[], null, "text"] {
		_utilization(metrics) == {["cpu", ""]}
	}
}

test_other_metrics_by_container if {
	_utilization([{"type": "Pods", "containerResource": {
		"name": "cpu",
		"container": "web",
		"target": {"type": "Utilization"},
	}}]) == set()
}
