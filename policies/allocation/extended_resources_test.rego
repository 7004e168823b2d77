package holdfast.allocation.extended_resources_test

import data.holdfast.allocation.extended_resources
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
        requests: {nvidia.com/gpu: 1}
        limits: {nvidia.com/gpu: 1}
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
        requests: {nvidia.com/gpu: 1}
`

_deny(spec) := found if {
	found := extended_resources.deny with input as samples.of(samples.deployment(spec))
}

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_a_request_without_a_limit_is_found if {
	every limits in [{"cpu": "1"}, {"nvidia.com/gpu": null}, null] {
		_deny({"containers": [_container({"nvidia.com/gpu": 1}, limits)]}) == {{
			"msg": `container "web" requests nvidia.com/gpu 1, but has no limit for it`,
			"path": samples.in_pod(["containers", 0, "resources", "requests", "nvidia.com/gpu"]),
		}}
	}
}

test_another_limit_is_found if {
	every limit in ["2", 0] {
		{f.msg | some f in _deny({"initContainers": [_container({"amd.com/gpu": 1}, {"amd.com/gpu": limit})]})} == {
			sprintf(`init container "web" requests amd.com/gpu 1, but is limited to %v`, [limit]),
		}
	}
	_deny({"resources": {"requests": {"hugepages-2Mi": "4Mi"}, "limits": {"hugepages-2Mi": "2Mi"}}}) == {{
		"msg": "the pod requests hugepages-2Mi 4Mi, but is limited to 2Mi",
		"path": samples.in_pod(["resources", "requests", "hugepages-2Mi"]),
	}}
}

test_a_part_of_one_is_found if {
	_deny({"containers": [_container({}, {"nvidia.com/gpu": "500m"})]}) == {{
		"msg": `container "web" has 500m nvidia.com/gpu, which cannot be divided`,
		"path": samples.in_pod(["containers", 0, "resources", "limits", "nvidia.com/gpu"]),
	}}
}

test_equal_amounts_and_a_limit_alone_pass if {
	_deny({"containers": [
		_container({"nvidia.com/gpu": "1"}, {"nvidia.com/gpu": 1}),
		_container({"hugepages-1Gi": "1024Mi"}, {"hugepages-1Gi": "1Gi"}),
		_container({}, {"nvidia.com/gpu": 1}),
		_container({"hugepages-1Gi": "0.5"}, {"hugepages-1Gi": "500m"}),
	]}) == set()
}

# These may be promised more than once.
test_other_resources_pass if {
	_deny({"containers": [
		_container({"cpu": "100m"}, {}),
		_container({"memory": "1Gi"}, {"memory": "2Gi"}),
		_container({"kubernetes.io/batch-cpu": "1500m"}, {"kubernetes.io/batch-cpu": 2}),
		_container({"nvidia.com/gpu": "many"}, {"nvidia.com/gpu": null}),
	]}) == set()
	_deny(null) == set()
}
