package holdfast.security.run_as_root_user_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.run_as_root_user

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    runAsUser: 1000
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
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
        runAsUser: 0
`

_deny(spec) := found if {
	found := run_as_root_user.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_as(user) := {"runAsUser": user}

test_the_pod_is_found if {
	_deny({"securityContext": _as(0), "containers": [{"name": "web"}]}) == {{
		"msg": `Deployment "web" runs its containers as root (runAsUser: 0)`,
		"path": samples.in_pod(["securityContext", "runAsUser"]),
	}}
}

test_a_container_is_found if {
	_deny({
		"securityContext": _as(1000),
		"containers": [{"name": "a"}, {"name": "web", "securityContext": _as(0)}],
		"ephemeralContainers": [{"name": "debug", "securityContext": _as(0)}],
	}) == {
		{
			"msg": `container "web" runs as root (runAsUser: 0)`,
			"path": samples.in_pod(["containers", 1, "securityContext", "runAsUser"]),
		},
		{
			"msg": `ephemeral container "debug" runs as root (runAsUser: 0)`,
			"path": samples.in_pod(["ephemeralContainers", 0, "securityContext", "runAsUser"]),
		},
	}
}

test_others_pass if {
	every user in [1, 1000, null, "0"] {
		_deny({"securityContext": _as(user), "containers": [{"name": "web", "securityContext": _as(user)}]}) == set()
	}
	_deny({"containers": [{"name": "web"}]}) == set()
}

test_versions if {
	every spec in [
		{"hostUsers": false, "securityContext": _as(0)},
		{"hostUsers": false, "containers": [{"name": "web", "securityContext": _as(0)}]},
	] {
		_deny_at("v1.22", spec) == set()
		count(_deny_at("v1.23", spec)) == 1
		count(_deny_at("v1.34", spec)) == 1
		_deny_at("v1.35", spec) == set()
		count(_deny(object.union(spec, {"hostUsers": true}))) == 1
	}
}
