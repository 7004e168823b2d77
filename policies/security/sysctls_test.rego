package holdfast.security.sysctls_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.sysctls

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    sysctls:
      - name: net.ipv4.ip_local_port_range
        value: 1024 65535
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  securityContext:
    sysctls:
      - name: kernel.msgmax
        value: "65536"
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
`

_deny(spec) := found if {
	found := sysctls.deny with input as samples.of(samples.deployment(spec))
}

_deny_at(version, spec) := found if {
	found := _deny(spec) with data.holdfast.params.pod_security_version as version
}

_setting(names) := {"securityContext": {"sysctls": [{"name": name, "value": "1"} | some name in names]}}

test_an_unsafe_one_is_found if {
	_deny(_setting(["kernel.shm_rmid_forced", "kernel.msgmax"])) == {{
		"msg": `Deployment "web" sets the sysctl kernel.msgmax, which is not confined to the pod`,
		"path": samples.in_pod(["securityContext", "sysctls", 1, "name"]),
	}}
}

test_no_name_is_found if {
	_deny({"securityContext": {"sysctls": [{"value": "1"}]}}) == {{
		"msg": `Deployment "web" sets the sysctl without a name, which is not confined to the pod`,
		"path": samples.in_pod(["securityContext", "sysctls", 0]),
	}}
}

# The list has grown; each name with the version before it was on it.
test_safe_ones_by_version if {
	every minor, names in {
		0: [
			"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
			"net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
		],
		27: ["net.ipv4.ip_local_reserved_ports"],
		29: [
			"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
			"net.ipv4.tcp_keepalive_probes",
		],
		32: ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
		37: ["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"],
	} {
		_deny_at(sprintf("v1.%d", [minor]), _setting(names)) == set()
		_deny(_setting(names)) == set()
		count(_deny_at(sprintf("v1.%d", [max({minor - 1, 0})]), _setting(names))) == count([name |
			some name in names
			minor > 0
		])
	}
}

test_wrong_types_pass if {
	every sysctls in [[], null, "text", ["kernel.msgmax", null]] {
		_deny({"securityContext": {"sysctls": sysctls}}) == set()
	}
}
