package holdfast.allocation.quantities_test

import data.holdfast.allocation.quantities
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
        requests: {cpu: 500m, memory: 1.5Gi}
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
        requests: {cpu: 500m, memory: 1GB}
`

_deny(resource) := found if {
	found := quantities.deny with input as samples.of(resource)
}

_pod(spec) := samples.deployment(spec)

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_what_is_no_quantity_is_found if {
	_deny(_pod({"containers": [{"name": "bare"}, _container({"cpu": "1"}, {"memory": "1GB"})]})) == {{
		"msg": `limits.memory of container "web" is "1GB", which is not a quantity`,
		"path": samples.in_pod(["containers", 1, "resources", "limits", "memory"]),
	}}
	_deny(_pod({"initContainers": [_container({"cpu": true}, {})]})) == {{
		"msg": `requests.cpu of init container "web" is true, which is not a quantity`,
		"path": samples.in_pod(["initContainers", 0, "resources", "requests", "cpu"]),
	}}
	_deny(_pod({"resources": {"limits": {"cpu": "2 cores"}}})) == {{
		"msg": `limits.cpu of the pod is "2 cores", which is not a quantity`,
		"path": samples.in_pod(["resources", "limits", "cpu"]),
	}}
}

test_negative_amounts_are_found if {
	{f.msg | some f in _deny(_pod({"containers": [_container({"cpu": "-1m", "memory": -1}, {})]}))} == {
		`requests.cpu of container "web" is -1m, which is negative`,
		`requests.memory of container "web" is -1, which is negative`,
	}
}

test_quantities_pass if {
	_deny(_pod({"containers": [
		_container({"cpu": "100m", "memory": "1e3", "a.b/c": 0}, {"cpu": 0.1, "memory": "1Ki"}),
		_container({"cpu": null}, null),
	]})) == set()
	_deny({"kind": "Deployment", "spec": null}) == set()
}

test_placeholders_pass if {
	_deny(_pod({"containers": [_container({"cpu": "${CPU:=100m}"}, {"memory": "{{ .memory }}"})]})) == set()
}

test_volumes if {
	_deny(_pod({"volumes": [
		{"name": "a", "emptyDir": {"sizeLimit": "1Gi"}},
		{"name": "b", "emptyDir": {"sizeLimit": "1gb"}},
		{"name": "c", "emptyDir": {}},
		null,
	]})) == {{
		"msg": `sizeLimit of volume "b" is "1gb", which is not a quantity`,
		"path": samples.in_pod(["volumes", 1, "emptyDir", "sizeLimit"]),
	}}
}

test_claims if {
	_deny({"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "10GiB"}}}}) == {{
		"msg": `requests.storage of the claim is "10GiB", which is not a quantity`,
		"path": ["spec", "resources", "requests", "storage"],
	}}
	_deny({"kind": "PersistentVolumeClaim", "spec": {"resources": {"limits": {"storage": "10Gib"}}}}) == {{
		"msg": `limits.storage of the claim is "10Gib", which is not a quantity`,
		"path": ["spec", "resources", "limits", "storage"],
	}}
	_deny({"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": "10Gi"}}}}) == set()
}

test_quotas_and_limit_ranges if {
	_deny({"kind": "ResourceQuota", "spec": {"hard": {"pods": "10", "requests.memory": "1T i"}}}) == {{
		"msg": `requests.memory of the quota is "1T i", which is not a quantity`,
		"path": ["spec", "hard", "requests.memory"],
	}}
	faulty := {field: {"cpu": "x"} | some field in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio", "other"]}
	{f.path | some f in _deny({"kind": "LimitRange", "spec": {"limits": [{"max": {"cpu": "1"}}, faulty]}})} == {["spec", "limits", 1, field, "cpu"] |
		some field in ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"]
	}
	_deny({"kind": "LimitRange", "spec": {"limits": [{"max": {"cpu": "x"}}]}}) == {{
		"msg": `max.cpu of limit 0 is "x", which is not a quantity`,
		"path": ["spec", "limits", 0, "max", "cpu"],
	}}
	_deny({"kind": "ConfigMap", "spec": {"hard": {"a": "x"}, "limits": [{"max": {"a": "x"}}]}}) == set()
}

test_lists_pass if {
	_deny({"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": ["x"], "other": {"storage": "x"}}}}) == set()
	_deny({"kind": "ResourceQuota", "spec": {"hard": ["x"]}}) == set()
	_deny({"kind": "LimitRange", "spec": {"limits": [{"max": ["x"]}]}}) == set()
}
