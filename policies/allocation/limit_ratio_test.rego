package holdfast.allocation.limit_ratio_test

import data.holdfast.allocation.limit_ratio
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
        requests: {memory: 1Gi}
        limits: {memory: 2Gi}
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
        requests: {memory: 1Gi}
        limits: {memory: 3Gi}
`

example_params := {"max_memory_limit_ratio": 2}

_deny_beside(spec, cpu, memory, stored) := found if {
	found := limit_ratio.deny with input as samples.of(samples.deployment(spec))
		with data.holdfast.params as {"max_cpu_limit_ratio": cpu, "max_memory_limit_ratio": memory}
		with data.holdfast.resources as stored
}

_deny(spec, cpu, memory) := _deny_beside(spec, cpu, memory, {})

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_more_than_permitted_is_found if {
	spec := {"containers": [_container({"cpu": "100m"}, {"cpu": "401m"})]}
	_deny(spec, 4, 0) == {{
		"msg": `container "web" is limited to cpu 401m, more than 4 times its request of 100m`,
		"path": samples.in_pod(["containers", 0, "resources"]),
	}}
	_deny(spec, 0, 0) == set()
	_deny(spec, 4.01, 0) == set()
}

test_the_ratio_itself_passes if {
	_deny({"containers": [_container({"cpu": "0.1", "memory": "1Ki"}, {"cpu": "400m", "memory": "1536"})]}, 4, 1.5) == set()
	count(_deny({"containers": [_container({"memory": "1Ki"}, {"memory": "1537"})]}, 0, 1.5)) == 1
}

test_both_are_told_apart if {
	spec := {"initContainers": [_container({"cpu": "1", "memory": "1Gi"}, {"cpu": "9", "memory": "9Gi"})]}
	{f.msg | some f in _deny(spec, 2, 3)} == {
		`init container "web" is limited to cpu 9, more than 2 times its request of 1`,
		`init container "web" is limited to memory 9Gi, more than 3 times its request of 1Gi`,
	}
}

test_no_limit_is_found if {
	every container in [_container({"memory": "1Gi"}, {}), {"name": "web"}] {
		_deny({"containers": [container]}, 0, 2) == {{
			"msg": `container "web" has no limit for memory to compare with its request`,
			"path": samples.in_pod(["containers", 0, "resources"]),
		}}
	}
}

# The API makes the request of it.
test_a_limit_alone_passes if {
	_deny({"containers": [_container({}, {"memory": "1Gi"})]}, 0, 1) == set()
}

test_a_request_of_zero_is_found if {
	count(_deny({"containers": [_container({"cpu": "0"}, {"cpu": "1"})]}, 10, 0)) == 1
}

test_defaults_of_the_namespace_count if {
	stored := samples.stored({["core/LimitRange", {
		"metadata": {"name": "a", "namespace": "shop"},
		"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "500m"}}]},
	}]})
	_deny_beside({"containers": [{"name": "web"}]}, 2, 0, stored) == set()
	{f.msg | some f in _deny_beside({"containers": [{"name": "web"}]}, 1, 0, stored)} == {
		`container "web" is limited to cpu 1, more than 1 times its request of 500m`,
	}
}

test_the_pods_own_limit_decides if {
	spec := {"containers": [_container({"cpu": "1"}, {})], "resources": {"limits": {"cpu": "4"}}}
	_deny(spec, 4, 0) == set()
	_deny(spec, 3, 0) == {{
		"msg": "the pod is limited to cpu 4, more than 3 times its request of 1",
		"path": samples.in_pod(["resources"]),
	}}
}
