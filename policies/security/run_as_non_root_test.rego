package holdfast.security.run_as_non_root_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.run_as_non_root

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    runAsNonRoot: true
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
        runAsUser: 1000
`

_deny(spec) := found if {
	found := run_as_non_root.deny with input as samples.of(samples.deployment(spec))
}

_container(name, value) := {"name": name, "securityContext": {"runAsNonRoot": value}}

_on := {"runAsNonRoot": true}

_silent := {"name": "web"}

test_the_pod_speaks_for_silent_containers if {
	_deny({"securityContext": _on, "containers": [_silent, {"name": "b", "securityContext": {}}]}) == set()
}

test_each_container_speaks_for_itself if {
	_deny({"containers": [_container("web", true)], "initContainers": [_container("a", true)]}) == set()
}

test_a_container_that_overrides_the_pod_is_found if {
	_deny({"securityContext": _on, "containers": [_container("web", false), _silent]}) == {{
		"msg": `container "web" may run as root (runAsNonRoot: false)`,
		"path": samples.in_pod(["containers", 0, "securityContext", "runAsNonRoot"]),
	}}
}

test_silence_everywhere_is_found if {
	found := _deny({
		"containers": [_container("good", true), _silent, _container("null", null)],
		"ephemeralContainers": [{"name": "debug"}],
	})
	found == {
		{
			"msg": `container "web" may run as root: neither it nor its pod sets runAsNonRoot`,
			"path": samples.in_pod(["containers", 1]),
		},
		{
			"msg": `container "null" may run as root: neither it nor its pod sets runAsNonRoot`,
			"path": samples.in_pod(["containers", 2]),
		},
		{
			"msg": `ephemeral container "debug" may run as root: neither it nor its pod sets runAsNonRoot`,
			"path": samples.in_pod(["ephemeralContainers", 0]),
		},
	}
}

# The standard forbids false for the pod even where every container says true.
test_false_for_the_pod_is_found if {
	every container in [_container("web", true), _silent] {
		_deny({"securityContext": {"runAsNonRoot": false}, "containers": [container]}) == {{
			"msg": `Deployment "web" lets its containers run as root (runAsNonRoot: false)`,
			"path": samples.in_pod(["securityContext", "runAsNonRoot"]),
		}}
	}
}

test_a_user_namespace_excuses if {
	every spec in [
		{"containers": [_silent]},
		{"containers": [_container("web", false)]},
		{"securityContext": {"runAsNonRoot": false}, "containers": [_silent]},
	] {
		_deny(object.union(spec, {"hostUsers": false})) == set()
		count(_deny(object.union(spec, {"hostUsers": true}))) == 1
	}
}

# The standard relaxes other controls for Windows, but not this one.
test_windows_does_not_excuse if {
	count(_deny({"os": {"name": "windows"}, "containers": [_silent]})) == 1
}

# A user id alone is another control of the standard.
test_a_user_id_does_not_excuse if {
	count(_deny({"containers": [{"name": "web", "securityContext": {"runAsUser": 1000}}]})) == 1
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

test_a_user_namespace_excuses_from_v1_35_on if {
	every spec in [
		{"hostUsers": false, "containers": [_silent]},
		{"hostUsers": false, "containers": [_container("web", false)]},
		{"hostUsers": false, "securityContext": {"runAsNonRoot": false}, "containers": []},
	] {
		count(_deny_at("v1.34", spec)) == 1
		_deny_at("v1.35", spec) == set()
	}
}

test_what_is_no_container_passes if {
	_deny({"containers": ["text", null]}) == set()
}
