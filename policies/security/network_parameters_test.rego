package holdfast.security.network_parameters_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.network_parameters

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sysctl
spec:
  path: /etc/sysctl.d/60-site.conf
  content: |
    net.ipv4.ip_forward = 1
    net.ipv4.conf.all.rp_filter = 1
    net.ipv4.tcp_syncookies = 1
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sysctl
spec:
  path: /etc/sysctl.d/60-site.conf
  content: |
    net.ipv4.conf.all.accept_redirects = 1
    net.ipv4.tcp_syncookies = 0
`

_deny(content) := _deny_at("/etc/sysctl.d/60-site.conf", content)

_deny_at(path, content) := found if {
	found := network_parameters.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_a_weak_value_is_found if {
	_deny("net.ipv4.conf.all.rp_filter = 0\n") == {{
		"msg": `File "app" does not check the sender's address (net.ipv4.conf.all.rp_filter = 0)`,
		"path": ["spec", "content"],
	}}
}

test_each_parameter_is_looked_at if {
	every setting, what in {
		"net.ipv4.conf.all.accept_redirects=1": "believes ICMP redirects",
		"net.ipv6.conf.default.accept_redirects=1": "believes ICMP redirects",
		"net.ipv4.conf.*.accept_source_route=1": "obeys source routes",
		"net.ipv4.conf.default.accept_source_route=1": "obeys source routes",
		"net.ipv4.conf.*.rp_filter=0": "does not check the sender's address",
		"net.ipv4.tcp_syncookies=0": "has no SYN cookies",
		"net.ipv4.icmp_echo_ignore_broadcasts=0": "answers pings to broadcast addresses",
		"net.ipv4.icmp_ignore_bogus_error_responses=0": "logs every bogus ICMP error",
	} {
		{f.msg | some f in _deny(setting)} == {sprintf(`File "app" %s (%s)`, [what, replace(setting, "=", " = ")])}
	}
}

test_strong_and_other_values_pass if {
	_deny(concat("\n", [
		"net.ipv4.conf.all.accept_redirects=0", "net.ipv4.conf.all.accept_source_route=0", "net.ipv4.conf.all.rp_filter=2",
		"net.ipv4.tcp_syncookies=1", "net.ipv4.ip_forward=1", "net.ipv4.conf.wg0.rp_filter=0",
		"net.ipv4.icmp_echo_ignore_broadcasts=1", "net.ipv4.icmp_ignore_bogus_error_responses=1",
		"net.ipv4.conf.all.accept_redirects_x=1", "xnet.ipv4.tcp_syncookies=0", "net.ipv4.tcp_syncookies_x=0",
	])) == set()
}
