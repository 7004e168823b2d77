package holdfast.allocation.pod_resources_test

import data.holdfast.allocation.pod_resources
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  resources:
    requests: {cpu: "1"}
    limits: {cpu: "2"}
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        requests: {cpu: "1"}
        limits: {cpu: "2"}
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  resources:
    requests: {cpu: "1"}
    limits: {cpu: "2"}
  containers:
    - name: web
      image: example.com/web:1.4.2
      resources:
        requests: {cpu: 1500m}
`

_deny(spec) := found if {
	found := pod_resources.deny with input as samples.of(samples.deployment(spec))
}

_container(resources) := {"name": "web", "resources": resources}

_half := _container({"requests": {"cpu": "500m"}, "limits": {"cpu": "1"}})

test_requests_beyond_the_pods_are_found if {
	_deny({"containers": [_half, _half, _container({"requests": {"cpu": "1m"}})], "resources": {"requests": {"cpu": "1"}}}) == {{
		"msg": "the containers request cpu 1001m together, the pod 1",
		"path": samples.in_pod(["resources", "requests", "cpu"]),
	}}
}

test_a_limit_beyond_the_pods_is_found if {
	_deny({"initContainers": [_half], "containers": [_half], "resources": {"limits": {"cpu": "999m"}}}) == {
		{
			"msg": `init container "web" is limited to cpu 1, the pod to 999m`,
			"path": samples.in_pod(["initContainers", 0, "resources", "limits", "cpu"]),
		},
		{
			"msg": `container "web" is limited to cpu 1, the pod to 999m`,
			"path": samples.in_pod(["containers", 0, "resources", "limits", "cpu"]),
		},
	}
}

# Together they may be limited to more.
test_what_fits_passes if {
	_deny({"containers": [_half, _half], "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}}) == set()
	_deny({"containers": [{"name": "bare"}], "resources": {"requests": {"memory": "1Gi", "hugepages-2Mi": "2Mi"}}}) == set()
	_deny({"containers": [_half], "resources": {"requests": {"cpu": "lots"}, "limits": null}}) == set()
	_deny({"containers": [_half]}) == set()
}

test_a_resource_that_a_pod_cannot_have_is_found if {
	_deny({"containers": [_half], "resources": {"requests": {"nvidia.com/gpu": 1}, "limits": {"ephemeral-storage": "1Gi"}}}) == {
		{"msg": "the pod itself cannot have requests of nvidia.com/gpu", "path": samples.in_pod(["resources", "requests", "nvidia.com/gpu"])},
		{"msg": "the pod itself cannot have limits of ephemeral-storage", "path": samples.in_pod(["resources", "limits", "ephemeral-storage"])},
	}
}

# They are no comparison for their containers' either.
test_a_resource_that_a_pod_cannot_have_is_found_once if {
	gpu := _container({"requests": {"nvidia.com/gpu": 2}, "limits": {"nvidia.com/gpu": 2}})
	count(_deny({"containers": [gpu], "resources": {"requests": {"nvidia.com/gpu": 1}}})) == 1
	count(_deny({"containers": [gpu], "resources": {"limits": {"nvidia.com/gpu": 1}}})) == 1
}

test_what_are_no_amounts_passes if {
	_deny({"containers": [_half], "resources": {"requests": ["1"], "limits": "1", "other": {"nvidia.com/gpu": 1}}}) == set()
}
