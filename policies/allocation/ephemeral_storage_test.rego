package holdfast.allocation.ephemeral_storage_test

import data.holdfast.allocation.ephemeral_storage
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
        requests: {ephemeral-storage: 1Gi}
        limits: {ephemeral-storage: 2Gi}
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
        requests: {ephemeral-storage: 1Gi}
`

_warn(containers) := found if {
	found := ephemeral_storage.warn with input as samples.of(samples.deployment({"containers": containers})) with data.holdfast.resources as {}
}

_container(requests, limits) := {"name": "web", "resources": {"requests": requests, "limits": limits}}

test_what_is_missing_is_found if {
	_warn([{"name": "web"}]) == {{
		"msg": `container "web" has no requests and no limits of ephemeral-storage`,
		"path": samples.in_pod(["containers", 0]),
	}}
	_warn([_container({"ephemeral-storage": "1Gi"}, {"memory": "1Gi"})]) == {{
		"msg": `container "web" has no limits of ephemeral-storage`,
		"path": samples.in_pod(["containers", 0]),
	}}
}

# A limit is the request as well.
test_both_or_a_limit_pass if {
	_warn([_container({"ephemeral-storage": "1Gi"}, {"ephemeral-storage": "2Gi"})]) == set()
	_warn([_container(null, {"ephemeral-storage": "2Gi"})]) == set()
	_warn(null) == set()
}
