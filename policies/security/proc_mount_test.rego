package holdfast.security.proc_mount_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.proc_mount

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        procMount: Default
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        procMount: Unmasked
`

_deny(spec) := found if {
	found := proc_mount.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_mounting(value) := {"containers": [{"name": "a"}, {"name": "web", "securityContext": {"procMount": value}}]}

test_unmasked_is_found if {
	_deny(_mounting("Unmasked")) == {{
		"msg": `container "web" has /proc mounted as Unmasked, outside of a user namespace`,
		"path": samples.in_pod(["containers", 1, "securityContext", "procMount"]),
	}}
	count(_deny({"initContainers": [{"name": "a", "securityContext": {"procMount": ""}}]})) == 1
}

test_default_null_or_nothing_passes if {
	every value in ["Default", null] {
		_deny(_mounting(value)) == set()
	}
	_deny({"containers": [{"name": "web", "securityContext": {}}]}) == set()
}

test_a_user_namespace_excuses_from_v1_35_on if {
	spec := object.union(_mounting("Unmasked"), {"hostUsers": false})
	count(_deny_at("v1.34", spec)) == 1
	_deny_at("v1.35", spec) == set()
	count(_deny(object.union(spec, {"hostUsers": true}))) == 1
}
