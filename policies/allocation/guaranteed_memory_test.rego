package holdfast.allocation.guaranteed_memory_test

import data.holdfast.allocation.guaranteed_memory
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
        requests: {memory: 256Mi}
        limits: {memory: 256Mi}
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
        requests: {memory: 128Mi}
        limits: {memory: 256Mi}
`

_warn(spec) := found if {
	found := guaranteed_memory.warn with input as samples.of(samples.deployment(spec))
}

_container(requested, limit) := {"name": "web", "resources": {"requests": {"memory": requested}, "limits": {"memory": limit}}}

test_more_than_requested_is_found if {
	_warn({"containers": [_container("1Gi", "1Gi"), _container("1Gi", "1025Mi")]}) == {{
		"msg": `container "web" requests memory 1Gi but may use 1025Mi`,
		"path": samples.in_pod(["containers", 1, "resources", "requests", "memory"]),
	}}
}

test_equal_amounts_pass if {
	_warn({"containers": [_container("1Gi", "1024Mi"), _container("1.5Gi", "1610612736")]}) == set()
}

# Nothing to compare, or what the API refuses.
test_others_pass if {
	_warn({"containers": [_container(null, "1Gi"), _container("1Gi", null), _container("2Gi", "1Gi"), {"name": "bare"}]}) == set()
}

test_the_pod_decides if {
	container := _container("1Gi", "2Gi")
	_warn({"containers": [container], "resources": _container("2Gi", "2Gi").resources}) == set()
	_warn({"containers": [container], "resources": _container("1Gi", "2Gi").resources}) == {{
		"msg": "the pod requests memory 1Gi but may use 2Gi",
		"path": samples.in_pod(["resources", "requests", "memory"]),
	}}

	# It needs both for that.
	count(_warn({"containers": [container], "resources": {"limits": {"memory": "2Gi"}}})) == 1
	count(_warn({"containers": [container], "resources": {"requests": {"memory": "2Gi"}}})) == 1
}
