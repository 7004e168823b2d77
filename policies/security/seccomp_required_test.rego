package holdfast.security.seccomp_required_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.seccomp_required

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
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
`

_deny(spec) := found if {
	found := seccomp_required.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_profile := {"seccompProfile": {"type": "RuntimeDefault"}}

_container(context) := {"name": "web", "securityContext": context}

test_silence_is_found if {
	_deny({
		"securityContext": {"seccompProfile": null},
		"containers": [_container(_profile), _container(null), {"name": "silent"}],
		"initContainers": [{"name": "a", "securityContext": {}}],
	}) == {
		{
			"msg": `container "web" has no seccomp profile: neither it nor its pod names one`,
			"path": samples.in_pod(["containers", 1]),
		},
		{
			"msg": `container "silent" has no seccomp profile: neither it nor its pod names one`,
			"path": samples.in_pod(["containers", 2]),
		},
		{
			"msg": `init container "a" has no seccomp profile: neither it nor its pod names one`,
			"path": samples.in_pod(["initContainers", 0]),
		},
	}
}

test_the_pod_speaks_for_its_containers if {
	_deny({"securityContext": _profile, "containers": [{"name": "web"}]}) == set()
}

test_each_container_speaks_for_itself if {
	_deny({"containers": [_container(_profile)]}) == set()
}

# A wrong profile is security/seccomp's.
test_a_wrong_profile_passes if {
	wrong := {"seccompProfile": {"type": "Unconfined"}}
	_deny({"securityContext": wrong, "containers": [{"name": "web"}]}) == set()
	_deny({"containers": [_container(wrong)]}) == set()
}

test_versions if {
	spec := {"containers": [{"name": "web"}]}
	_deny_at("v1.18", spec) == set()
	count(_deny_at("v1.19", spec)) == 1
	windows := object.union(spec, {"os": {"name": "windows"}})
	count(_deny_at("v1.24", windows)) == 1
	_deny_at("v1.25", windows) == set()
	count(_deny(object.union(spec, {"os": {"name": "linux"}}))) == 1
}

test_what_is_no_container_passes if {
	_deny({"containers": ["text", null]}) == set()
}
