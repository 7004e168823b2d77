package holdfast.allocation.container_maximum_test

import data.holdfast.allocation.container_maximum
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        requests: {cpu: 500m}
        limits: {cpu: "2", memory: 4Gi}
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        requests: {cpu: 500m}
        limits: {cpu: "3", memory: 4Gi}
`

example_params := {"max_container_cpu": "2"}

_none := {
	"max_container_cpu": "",
	"max_container_memory": "",
	"max_container_cpu_request": "",
	"max_container_memory_request": "",
}

_deny_beside(spec, params, stored) := found if {
	found := container_maximum.deny with input as samples.of(samples.deployment(spec))
		with data.holdfast.params as object.union(_none, params)
		with data.holdfast.resources as stored
}

_deny(spec, params) := _deny_beside(spec, params, {})

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_more_than_the_maximum_is_found if {
	_deny({"containers": [_container({}, {"cpu": "201m"})]}, {"max_container_cpu": "0.2"}) == {{
		"msg": `container "web" is limited to cpu 201m, more than 0.2`,
		"path": samples.in_pod(["containers", 0, "resources", "limits", "cpu"]),
	}}
	_deny({"initContainers": [_container({"memory": "1Gi"}, {})]}, {"max_container_memory_request": "1G"}) == {{
		"msg": `init container "web" requests memory 1Gi, more than 1G`,
		"path": samples.in_pod(["initContainers", 0, "resources", "requests", "memory"]),
	}}
}

# A request that is the limit has no place of its own.
test_a_limit_as_the_request if {
	_deny({"containers": [_container({}, {"cpu": "3"})]}, {"max_container_cpu_request": "2"}) == {{
		"msg": `container "web" requests cpu 3, more than 2`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

test_the_maximum_itself_passes if {
	every pair in [["100m", "0.1"], ["0.1", "100m"], ["1e3", "1k"], ["1k", "1e3"], ["200m", "200m"], [2, "2"], ["0", "1"]] {
		_deny({"containers": [_container({}, {"cpu": pair[0]})]}, {"max_container_cpu": pair[1]}) == set()
	}
	every pair in [["1Ki", "1024"], ["128974848000m", "128974848"], ["1E", "1000P"], ["1Gi", "1Gi"], ["1E", "1Ei"]] {
		_deny({"containers": [_container({}, {"memory": pair[0]})]}, {"max_container_memory": pair[1]}) == set()
	}
}

test_just_above_is_found if {
	every pair in [["1Ki", "1k"], ["128974848001m", "128974848"], ["1Ei", "1E"], ["1E", "999P"], ["1Mi", "1M"]] {
		count(_deny({"containers": [_container({}, {"memory": pair[0]})]}, {"max_container_memory": pair[1]})) == 1
	}
}

test_what_is_missing_is_found if {
	_deny({"containers": [_container({"cpu": "1"}, {})]}, {"max_container_cpu": "2"}) == {{
		"msg": `container "web" sets no limits.cpu, which may be 2 at most`,
		"path": samples.in_pod(["containers", 0]),
	}}
	count(_deny({"containers": [{"name": "web"}]}, {"max_container_cpu": "2", "max_container_memory": "1Gi"})) == 2
	count(_deny({"containers": [{"name": "web"}]}, {"max_container_memory_request": "1Gi"})) == 1
}

test_the_pods_own_limit_is_a_bound if {
	spec := {"containers": [{"name": "web"}], "resources": {"limits": {"cpu": "1"}}}
	_deny(spec, {"max_container_cpu": "2"}) == set()
	count(_deny(spec, {"max_container_memory": "1Gi"})) == 1
}

test_defaults_of_the_namespace_count if {
	stored := samples.stored({["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "default": {"cpu": "2"}}]},
	}]})
	_deny_beside({"containers": [{"name": "web"}]}, {"max_container_cpu": "2"}, stored) == set()
	_deny_beside({"containers": [{"name": "web"}]}, {"max_container_cpu": "1"}, stored) == {{
		"msg": `container "web" is limited to cpu 2, more than 1`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

test_without_parameters_all_passes if {
	_deny({"containers": [_container({"cpu": "900"}, {}), {"name": "bare"}]}, {}) == set()
}

test_ephemeral_containers_pass if {
	_deny({"ephemeralContainers": [{"name": "debug"}]}, {"max_container_cpu": "1"}) == set()
}
