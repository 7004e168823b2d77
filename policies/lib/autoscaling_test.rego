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

test_the_least_is_one_by_default if {
	found := autoscaling.targets with data.holdfast.resources as _resources with input.target.name as "prod"
	{target.least | some target in found} == {1}
}
