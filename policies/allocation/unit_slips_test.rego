package holdfast.allocation.unit_slips_test

import data.holdfast.allocation.unit_slips
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
        requests: {cpu: 500m, memory: 512Mi}
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
        requests: {cpu: 500m, memory: 512m}
`

_deny(resource) := found if {
	found := unit_slips.deny with input as samples.of(resource)
}

_warn(resource) := found if {
	found := unit_slips.warn with input as samples.of(resource)
}

_requests(resource, quantity) := samples.deployment({"containers": [{"name": "web", "resources": {"requests": {resource: quantity}}}]})

test_a_part_of_a_byte_is_found if {
	_deny(_requests("memory", "512m")) == {{
		"msg": `memory 512m of container "web" is 512 thousandths of a byte`,
		"path": samples.in_pod(["containers", 0, "resources", "requests", "memory"]),
	}}
}

test_a_few_bytes_are_found if {
	_deny(_requests("ephemeral-storage", 512)) == {{
		"msg": `ephemeral-storage 512 of container "web" is 512 bytes`,
		"path": samples.in_pod(["containers", 0, "resources", "requests", "ephemeral-storage"]),
	}}
	_warn(_requests("ephemeral-storage", 512)) == set()
}

test_the_borders_of_bytes if {
	decisions := {
		["0", 0, 0], ["1n", 1, 0], ["1023", 1, 0], ["1023999m", 1, 0],
		["1Ki", 0, 1], ["1k", 1, 0], ["500k", 0, 1], ["1048575", 0, 1], ["1Mi", 0, 0], ["1M", 0, 1], ["1048576", 0, 0],
		["128974848000m", 0, 0], ["-1", 0, 0], ["lots", 0, 0], [null, 0, 0],
	}
	every case in decisions {
		resource := _requests("memory", case[0])
		count(_deny(resource)) == case[1]
		count(_warn(resource)) == case[2]
	}
}

test_bytes_that_are_few_are_named if {
	_warn(_requests("memory", "512Ki")) == {{
		"msg": `memory 512Ki of container "web" is 524288 bytes`,
		"path": samples.in_pod(["containers", 0, "resources", "requests", "memory"]),
	}}
}

test_cpu_in_bytes_is_found if {
	_deny(_requests("cpu", "1Gi")) == {{
		"msg": `cpu 1Gi of container "web" is in the units of memory: 1073741824 cores`,
		"path": samples.in_pod(["containers", 0, "resources", "requests", "cpu"]),
	}}
	every quantity in ["1k", "1Ki", "2M", "1Ei", "0.1E"] {
		count(_deny(_requests("cpu", quantity))) == 1
		_warn(_requests("cpu", quantity)) == set()
	}
	_deny(_requests("cpu", "0Gi")) == set()
}

test_whole_cores_are_warned_of if {
	_warn(_requests("cpu", "500")) == {{
		"msg": `cpu 500 of container "web" is 500 whole cores`,
		"path": samples.in_pod(["containers", 0, "resources", "requests", "cpu"]),
	}}
	every quantity in [100, "100", "250.5"] {
		count(_warn(_requests("cpu", quantity))) == 1
	}
	every quantity in ["99", 99.9, "500m", "1e3", "4", "100000m", "x", null, true] {
		_warn(_requests("cpu", quantity)) == set()
		_deny(_requests("cpu", quantity)) == set()
	}
}

test_counted_resources_pass if {
	every resource in ["nvidia.com/gpu", "pods"] {
		_deny(_requests(resource, 1)) == set()
		_warn(_requests(resource, 1)) == set()
		_warn(_requests(resource, 1000)) == set()
		_deny(_requests(resource, "1k")) == set()
	}
}

test_claims_and_volumes if {
	claim := {"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "10"}}}}
	_deny(claim) == {{
		"msg": "storage 10 of the claim is 10 bytes",
		"path": ["spec", "resources", "requests", "storage"],
	}}
	volume := samples.deployment({"volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "500m"}}, {"name": "a", "emptyDir": {"sizeLimit": "1Gi"}}]})
	_deny(volume) == {{
		"msg": `sizeLimit 500m of volume "tmp" is 500 thousandths of a byte`,
		"path": samples.in_pod(["volumes", 0, "emptyDir", "sizeLimit"]),
	}}
}

test_a_thousandth_of_a_core_in_bytes_is_found if {
	count(_deny(_requests("cpu", "0.000001k"))) == 1
}
