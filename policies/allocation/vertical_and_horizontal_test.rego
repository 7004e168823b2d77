package holdfast.allocation.vertical_and_horizontal_test

import data.holdfast.allocation.vertical_and_horizontal
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  name: web
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  updatePolicy: {updateMode: "Off"}
`

bad_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  name: web
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  updatePolicy: {updateMode: Recreate}
`

_horizontal(metrics) := ["autoscaling/HorizontalPodAutoscaler", {
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "h", "namespace": "shop"},
	"spec": {
		"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
		"maxReplicas": 6,
		"metrics": metrics,
	},
}]

_vertical(namespace, spec) := ["autoscaling.k8s.io/VerticalPodAutoscaler", {
	"apiVersion": "autoscaling.k8s.io/v1",
	"kind": "VerticalPodAutoscaler",
	"metadata": {"name": "v", "namespace": namespace},
	"spec": object.union({"targetRef": {"kind": "Deployment", "name": "web"}}, spec),
}]

_warn_of(horizontal, vertical) := found if {
	found := vertical_and_horizontal.warn with input as samples.of(null)
		with data.holdfast.resources as samples.stored({horizontal, vertical})
}

_warn(spec) := _warn_of(_horizontal(null), _vertical("shop", spec))

_both := [{"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization"}}} | some name in ["memory", "cpu"]]

test_both_by_the_same_are_found if {
	_warn({}) == {{
		"msg": `VerticalPodAutoscaler "v" and HorizontalPodAutoscaler "h" both go by cpu of Deployment "web"`,
		"path": ["spec", "targetRef"],
		"resource": {
			"target": "prod",
			"apiVersion": "autoscaling.k8s.io/v1",
			"kind": "VerticalPodAutoscaler",
			"namespace": "shop",
			"name": "v",
		},
	}}
	{f.msg | some f in _warn_of(_horizontal(_both), _vertical("shop", {"updatePolicy": {"updateMode": "Initial"}}))} == {
		`VerticalPodAutoscaler "v" and HorizontalPodAutoscaler "h" both go by cpu and memory of Deployment "web"`,
	}
}

test_a_resource_is_named_once if {
	of_one := {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "a", "target": {"type": "Utilization"}}}
	{f.msg | some f in _warn_of(_horizontal([_both[1], of_one]), _vertical("shop", {}))} == {
		`VerticalPodAutoscaler "v" and HorizontalPodAutoscaler "h" both go by cpu of Deployment "web"`,
	}
}

test_off_passes if {
	_warn({"updatePolicy": {"updateMode": "Off"}}) == set()
	count(_warn({"updatePolicy": null})) == 1
}

_policies(list) := {"resourcePolicy": {"containerPolicies": list}}

test_what_is_controlled if {
	_warn(_policies([{"containerName": "*", "controlledResources": ["memory"]}])) == set()
	_warn(_policies([{"containerName": "*", "mode": "Off"}])) == set()
	count(_warn(_policies([{"containerName": "a", "mode": "Off"}, {"containerName": "b"}]))) == 1
	count(_warn(_policies([{"containerName": "*", "controlledResources": ["cpu"]}]))) == 1
	every nothing in [[], null] {
		count(_warn(_policies(nothing))) == 1
		count(_warn_of(_horizontal([_both[0]]), _vertical("shop", _policies(nothing)))) == 1
	}
	_warn(_policies(["text"])) == set()
	count(_warn_of(_horizontal([_both[0]]), _vertical("shop", _policies([{"containerName": "b"}])))) == 1
}

test_others_pass if {
	_warn_of(_horizontal(null), _vertical("other", {})) == set()
	_warn({"targetRef": {"kind": "Deployment", "name": "api"}}) == set()
	_warn({"targetRef": {"kind": "StatefulSet", "name": "web"}}) == set()
	_warn_of(_horizontal([{"type": "External"}]), _vertical("shop", {})) == set()
}
