package holdfast.security.privilege_escalation_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.privilege_escalation

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        allowPrivilegeEscalation: false
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext: {}
`

_deny(spec) := found if {
	found := privilege_escalation.deny with input as samples.of(samples.deployment(spec))
}

_container(name, context) := {"name": name, "securityContext": context}

_off := {"allowPrivilegeEscalation": false}

test_true_is_found_at_the_field if {
	_deny({"containers": [_container("web", {"allowPrivilegeEscalation": true})]}) == {{
		"msg": `container "web" may gain more privileges than its parent process`,
		"path": samples.in_pod(["containers", 0, "securityContext", "allowPrivilegeEscalation"]),
	}}
}

test_nothing_said_is_found_at_the_container if {
	every container in [{"name": "web"}, _container("web", {}), _container("web", null)] {
		_deny({"containers": [_container("good", _off), container]}) == {{
			"msg": `container "web" may gain more privileges than its parent process`,
			"path": samples.in_pod(["containers", 1]),
		}}
	}
}

test_init_and_ephemeral_containers_count if {
	found := _deny({
		"containers": [_container("web", _off)],
		"initContainers": [{"name": "a"}],
		"ephemeralContainers": [{"name": "b"}],
	})
	{f.path | some f in found} == {
		samples.in_pod(["initContainers", 0]),
		samples.in_pod(["ephemeralContainers", 0]),
	}
}

test_false_everywhere_passes if {
	_deny({"containers": [_container("web", _off)], "initContainers": [_container("a", _off)]}) == set()
}

test_windows_passes_and_linux_does_not if {
	_deny({"os": {"name": "windows"}, "containers": [{"name": "web"}]}) == set()
	count(_deny({"os": {"name": "linux"}, "containers": [{"name": "web"}]})) == 1
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

test_versions if {
	windows := {"os": {"name": "windows"}, "containers": [{"name": "web"}]}
	_deny_at("v1.7", {"containers": [{"name": "web"}]}) == set()
	count(_deny_at("v1.8", {"containers": [{"name": "web"}]})) == 1
	count(_deny_at("v1.24", windows)) == 1
	_deny_at("v1.25", windows) == set()
}

test_what_is_no_container_passes if {
	_deny({"containers": ["text", null]}) == set()
}
