package holdfast.allocation.limits_below_requests_test

import data.holdfast.allocation.limits_below_requests
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
        requests: {cpu: 500m, memory: 1Gi}
        limits: {cpu: "1", memory: 1Gi}
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
        requests: {cpu: 500m, memory: 1Gi}
        limits: {cpu: "1", memory: 1G}
`

_deny(spec) := found if {
	found := limits_below_requests.deny with input as samples.of(samples.deployment(spec))
}

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_a_lower_limit_is_found if {
	_deny({"containers": [{"name": "bare"}, _container({"memory": "1Gi"}, {"memory": "1G"})]}) == {{
		"msg": `container "web" requests memory 1Gi, more than its limit of 1000000000`,
		"path": samples.in_pod(["containers", 1, "resources", "limits", "memory"]),
	}}
	_deny({"initContainers": [_container({"cpu": "0.101"}, {"cpu": "100m"})]}) == {{
		"msg": `init container "web" requests cpu 101m, more than its limit of 100m`,
		"path": samples.in_pod(["initContainers", 0, "resources", "limits", "cpu"]),
	}}
	_deny({"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}}) == {{
		"msg": "the pod requests cpu 2, more than its limit of 1",
		"path": samples.in_pod(["resources", "limits", "cpu"]),
	}}
}

test_each_resource_counts if {
	count(_deny({"containers": [_container({"cpu": 2, "ephemeral-storage": "2Gi"}, {"cpu": 1, "ephemeral-storage": "1Gi"})]})) == 2
}

test_equal_or_higher_passes if {
	_deny({"containers": [
		_container({"cpu": "100m", "memory": "1Ki"}, {"cpu": "0.1", "memory": "1024"}),
		_container({"cpu": "1k", "memory": "1E"}, {"cpu": "1e3", "memory": "1000000000000000000"}),
		_container({"cpu": "1"}, {"cpu": "1001m"}),
	]}) == set()
}

test_what_cannot_be_compared_passes if {
	_deny({"containers": [
		_container({"cpu": "2"}, {"memory": "1"}),
		_container({"cpu": "2"}, null),
		_container(null, {"cpu": "1"}),
		_container({"cpu": "2"}, {"cpu": "lots"}),
		_container({"cpu": null}, {"cpu": "1"}),
	]}) == set()
	_deny(null) == set()
}
