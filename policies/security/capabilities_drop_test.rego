package holdfast.security.capabilities_drop_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.capabilities_drop

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      securityContext:
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
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
        capabilities:
          drop: [NET_RAW]
`

_deny(spec) := found if {
	found := capabilities_drop.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_with(capabilities) := {"containers": [{"name": "web", "securityContext": {"capabilities": capabilities}}]}

test_kept_ones_are_found if {
	_deny(_with({"drop": ["NET_RAW"]})) == {{
		"msg": `container "web" does not drop ALL capabilities`,
		"path": samples.in_pod(["containers", 0, "securityContext", "capabilities", "drop"]),
	}}
}

test_silence_is_found if {
	every container in [
		{"name": "web"}, {"name": "web", "securityContext": null}, {"name": "web", "securityContext": {}},
		{"name": "web", "securityContext": {"capabilities": {"drop": null}}},
	] {
		_deny({"initContainers": [container]}) == {{
			"msg": `init container "web" does not drop ALL capabilities`,
			"path": samples.in_pod(["initContainers", 0]),
		}}
	}
	count(_deny(_with({"drop": ["all"]}))) == 1
}

test_added_ones_are_found if {
	_deny(_with({"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]})) == {{
		"msg": `container "web" adds the capability CHOWN`,
		"path": samples.in_pod(["containers", 0, "securityContext", "capabilities", "add", 1]),
	}}
	count(_deny(_with({"drop": ["ALL"], "add": [
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "SETFCAP", "SETGID", "SETPCAP",
		"SETUID", "SYS_CHROOT",
	]}))) == 12
}

# What baseline forbids is security/capabilities'.
test_what_baseline_finds_passes if {
	_deny(_with({"drop": ["ALL"], "add": ["SYS_ADMIN", "ALL", "chown", null]})) == set()
}

test_all_dropped_passes if {
	_deny(_with({"drop": ["NET_RAW", "ALL"]})) == set()
	_deny(_with({"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})) == set()
	_deny({"containers": ["text", null]}) == set()
}

test_versions if {
	every spec in [_with({}), _with({"drop": ["ALL"], "add": ["CHOWN"]})] {
		_deny_at("v1.21", spec) == set()
		count(_deny_at("v1.22", spec)) == 1
		windows := object.union(spec, {"os": {"name": "windows"}})
		count(_deny_at("v1.24", windows)) == 1
		_deny_at("v1.25", windows) == set()
		count(_deny(object.union(spec, {"os": {"name": "linux"}}))) == 1
	}
}
