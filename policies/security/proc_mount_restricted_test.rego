package holdfast.security.proc_mount_restricted_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.proc_mount_restricted

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostUsers: false
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
  hostUsers: false
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        procMount: Unmasked
`

_deny(spec) := found if {
	found := proc_mount_restricted.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_mounting(value) := {"hostUsers": false, "containers": [{"name": "a"}, {"name": "web", "securityContext": {"procMount": value}}]}

test_unmasked_is_found if {
	_deny(_mounting("Unmasked")) == {{
		"msg": `container "web" has /proc mounted as Unmasked`,
		"path": samples.in_pod(["containers", 1, "securityContext", "procMount"]),
	}}
	count(_deny({"hostUsers": false, "initContainers": [{"name": "a", "securityContext": {"procMount": ""}}]})) == 1
}

test_default_null_or_nothing_passes if {
	every value in ["Default", null] {
		_deny(_mounting(value)) == set()
	}
}

# That is security/proc-mount's.
test_what_baseline_finds_passes if {
	_deny(object.union(_mounting("Unmasked"), {"hostUsers": true})) == set()
	_deny_at("v1.34", _mounting("Unmasked")) == set()
	count(_deny_at("v1.35", _mounting("Unmasked"))) == 1
}
