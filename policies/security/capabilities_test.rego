package holdfast.security.capabilities_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.capabilities

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
          add: [NET_BIND_SERVICE, CHOWN]
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
          add: [SYS_ADMIN]
`

_deny(spec) := found if {
	found := capabilities.deny with input as samples.of(samples.deployment(spec))
}

_adding(capabilities) := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": capabilities}}}]}

test_each_one_beyond_the_usual_is_found if {
	_deny(_adding(["CHOWN", "NET_RAW", "SYS_ADMIN"])) == {
		{
			"msg": `container "web" adds the capability NET_RAW`,
			"path": samples.in_pod(["containers", 0, "securityContext", "capabilities", "add", 1]),
		},
		{
			"msg": `container "web" adds the capability SYS_ADMIN`,
			"path": samples.in_pod(["containers", 0, "securityContext", "capabilities", "add", 2]),
		},
	}
}

# The standard compares them as they are written; the prefix is the kernel's.
test_other_spellings_are_found if {
	every name in ["ALL", "CAP_CHOWN", "chown", "", null, 7] {
		count(_deny(_adding([name]))) == 1
	}
}

test_the_usual_ones_pass if {
	_deny(_adding([
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
		"SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	])) == set()
}

test_dropped_and_wrong_ones_pass if {
	_deny({"containers": [{"name": "web", "securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}]}) == set()
	every capabilities in [[], null, "SYS_ADMIN"] {
		_deny(_adding(capabilities)) == set()
	}
}

test_other_sorts_of_containers_count if {
	context := {"capabilities": {"add": ["SYS_PTRACE"]}}
	found := _deny({
		"containers": [],
		"initContainers": [{"name": "a", "securityContext": context}],
		"ephemeralContainers": [{"name": "b", "securityContext": context}],
	})
	{f.msg | some f in found} == {
		`init container "a" adds the capability SYS_PTRACE`,
		`ephemeral container "b" adds the capability SYS_PTRACE`,
	}
}
