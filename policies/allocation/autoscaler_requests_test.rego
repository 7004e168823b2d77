package holdfast.allocation.autoscaler_requests_test

import data.holdfast.allocation.autoscaler_requests
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: 100m}
`

bad_example := `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`

_hpa(spec) := {
	"apiVersion": "autoscaling/v2",
	"kind": "HorizontalPodAutoscaler",
	"metadata": {"name": "web", "namespace": "shop"},
	"spec": spec,
}

_ref := {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}

_warn_beside(spec, metrics, more) := found if {
	found := autoscaler_requests.warn with input as samples.of(_hpa({"scaleTargetRef": _ref, "metrics": metrics}))
		with data.holdfast.resources as samples.stored({["apps/Deployment", samples.deployment(spec)]} | more)
}

_warn(spec, metrics) := _warn_beside(spec, metrics, set())

_requests(name, amounts) := {"name": name, "resources": {"requests": amounts}}

_utilization(resource) := [{"type": "Resource", "resource": {"name": resource, "target": {"type": "Utilization"}}}]

test_a_container_without_the_request_is_found if {
	spec := {"containers": [_requests("a", {"cpu": "1"}), _requests("b", {"memory": "1Gi"})]}
	_warn(spec, null) == {{
		"msg": `it goes by the utilization of cpu, which container "b" of Deployment "web" does not request`,
		"path": ["spec", "scaleTargetRef"],
	}}
	_warn(spec, _utilization("memory")) == {{
		"msg": `it goes by the utilization of memory, which container "a" of Deployment "web" does not request`,
		"path": ["spec", "scaleTargetRef"],
	}}
}

test_several_are_one_finding if {
	spec := {"containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "c"}, {"name": "d", "restartPolicy": "Always"}]}
	{f.msg | some f in _warn(spec, null)} == {concat("", [
		`it goes by the utilization of cpu, which container "a", container "b", init container "d"`,
		` of Deployment "web" do not request`,
	])}
}

test_what_is_requested_passes if {
	_warn({"containers": [_requests("a", {"cpu": "1"})], "initContainers": [{"name": "c"}]}, null) == set()
	_warn({"containers": [{"name": "a", "resources": {"limits": {"cpu": "1"}}}]}, null) == set()
	_warn({"containers": [{"name": "a"}], "resources": {"requests": {"cpu": "1"}}}, null) == set()
	_warn({"containers": [{"name": "a"}], "resources": {"limits": {"cpu": "1"}}}, null) == set()
	count(_warn({"containers": [{"name": "a"}], "resources": {"limits": {"cpu": null}}}, null)) == 1
}

test_a_default_passes if {
	_warn_beside({"containers": [{"name": "a"}]}, null, {["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1"}}]},
	}]}) == set()
}

_of_one(name) := [{"type": "ContainerResource", "containerResource": {
	"name": "cpu",
	"container": name,
	"target": {"type": "Utilization"},
}}]

test_one_container_alone if {
	spec := {"containers": [_requests("a", {"cpu": "1"}), {"name": "b"}]}
	_warn(spec, _of_one("a")) == set()
	count(_warn(spec, _of_one("b"))) == 1
}

test_amounts_need_no_request if {
	_warn({"containers": [{"name": "a"}]}, [{"type": "Resource", "resource": {
		"name": "cpu",
		"target": {"type": "AverageValue"},
	}}]) == set()
}

test_what_is_not_there_passes if {
	found := autoscaler_requests.warn with input as samples.of(_hpa({"scaleTargetRef": _ref})) with data.holdfast.resources as {}
	found == set()
}

test_two_are_several if {
	{f.msg | some f in _warn({"containers": [{"name": "a"}, {"name": "b"}]}, null)} == {
		`it goes by the utilization of cpu, which container "a", container "b" of Deployment "web" do not request`,
	}
}

test_only_requests_and_limits_of_the_pod_count if {
	count(_warn({"containers": [{"name": "a"}], "resources": {"other": {"cpu": "1"}}}, null)) == 1
}
