package holdfast.security.ssh_limits_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_limits

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    X11Forwarding no
    MaxAuthTries 3
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    X11Forwarding yes
    MaxAuthTries 10
`

_warn(content) := _warn_at("/etc/ssh/sshd_config", content)

_warn_at(path, content) := found if {
	found := ssh_limits.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

test_both_are_found if {
	_warn("X11Forwarding yes\nMaxAuthTries 5\n") == {
		{"msg": `File "app" forwards X11 (X11Forwarding yes)`, "path": ["spec", "content"]},
		{
			"msg": `File "app" permits 5 attempts to log in on one connection, more than 4 (MaxAuthTries)`,
			"path": ["spec", "content"],
		},
	}
}

test_for_some_says_so if {
	{f.msg | some f in _warn("Match User a\nX11Forwarding yes\nMaxAuthTries 9\n")} == {
		`File "app" forwards X11 (X11Forwarding yes, for Match User a)`,
		`File "app" permits 9 attempts to log in on one connection, more than 4 (MaxAuthTries, for Match User a)`,
	}
}

test_the_limit_passes if {
	_warn("X11Forwarding no\nMaxAuthTries 4\n") == set()
	_warn("MaxAuthTries many\n") == set()
	_warn("MaxAuthTries 5\n") == set() with data.holdfast.params.ssh_max_auth_tries as 6
}
