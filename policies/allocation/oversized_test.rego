package holdfast.allocation.oversized_test

import data.holdfast.allocation.oversized
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: 400m, memory: 1Gi}
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {team: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
          resources:
            requests: {cpu: "2", memory: 4Gi}
`

example_params := {"measured_use": {"default": {"apps/Deployment": {"": {"web": {
	"cpu": {"p95": "200m"},
	"memory": {"p95": "512Mi"},
}}}}}}

_use(value) := {"prod": {"apps/Deployment": {"shop": {"web": value}}}}

_warn_by(resource, metrics, measured) := found if {
	found := oversized.warn with input as samples.of(resource)
		with data.holdfast.metrics as metrics
		with data.holdfast.params as {"measured_use": measured, "max_request_to_use": 4}
		with data.holdfast.resources as {}
}

_web(cpu, memory) := samples.deployment({"containers": [{"name": "a", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]})

_warn(cpu, memory, value) := _warn_by(_web(cpu, memory), _use(value), {})

test_many_times_the_use_is_found if {
	_warn("401m", "1Gi", {"cpu": {"p95": "100m"}, "memory": {"p95": "1Gi"}}) == {{
		"msg": "a pod requests cpu 401m and uses 100m",
		"path": samples.template,
	}}
	_warn("1", "4097Mi", {"memory": {"p95": "1Gi"}}) == {{
		"msg": "a pod requests memory 4097Mi and uses 1Gi",
		"path": samples.template,
	}}
}

test_up_to_that_passes if {
	_warn("400m", "4Gi", {"cpu": {"p95": "100m"}, "memory": {"p95": "1Gi"}}) == set()
}

test_little_is_let_be if {
	_warn("109m", "137Mi", {"cpu": {"p95": "10m"}, "memory": {"p95": "10Mi"}}) == set()
	count(_warn("110m", "138Mi", {"cpu": {"p95": "10m"}, "memory": {"p95": "10Mi"}})) == 2
}

test_an_idle_one_is_found if {
	{f.msg | some f in _warn("100m", "1Gi", {"cpu": {"p95": 0}})} == {"a pod requests cpu 100m and uses 0"}
}

test_the_parameter_serves_as_well if {
	measured := _use({"cpu": {"p95": "100m"}})
	count(_warn_by(_web("1", "1Gi"), {}, measured)) == 1
	_warn_by(_web("1", "1Gi"), _use({"cpu": {"p95": "900m"}}), measured) == set()
}

test_groups if {
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": _web("1", "1Gi").spec.template.spec}
	count(_warn_by(pod, {"prod": {"core/Pod": {"shop": {"web": {"cpu": {"p95": "1m"}}}}}}, {})) == 1
}

test_without_data_nothing_is_said if {
	_warn_by(_web("99", "99Gi"), {}, {}) == set()
	_warn("99", "99Gi", {"cpu": {"p95": "lots"}, "memory": null}) == set()
	_warn("99", "99Gi", null) == set()
}

test_the_use_of_others_does_not_count if {
	idle := {"cpu": {"p95": "1m"}}
	every metrics in [
		{"prod": {"apps/StatefulSet": {"shop": {"web": idle}}}},
		{"prod": {"apps/Deployment": {"other": {"web": idle}}}},
		{"prod": {"apps/Deployment": {"shop": {"api": idle}}}},
		{"other": {"apps/Deployment": {"shop": {"web": idle}}}},
	] {
		_warn_by(_web("9", "9Gi"), metrics, {}) == set()
		_warn_by(_web("9", "9Gi"), {}, metrics) == set()
	}
}

test_no_version_passes if {
	_warn_by(object.union(_web("9", "9Gi"), {"apiVersion": null}), _use({"cpu": {"p95": "1m"}}), {}) == set()
}
