package holdfast.security.ssh_root_login_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_root_login

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PermitRootLogin prohibit-password
    PasswordAuthentication no
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PermitRootLogin yes
`

_deny(content) := _deny_at("/etc/ssh/sshd_config", content)

_deny_at(path, content) := found if {
	found := ssh_root_login.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

_warn(content) := _warn_at("/etc/ssh/sshd_config", content)

_warn_at(path, content) := found if {
	found := ssh_root_login.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

_msg := `File "app" lets root log in by whatever others may, passwords too (PermitRootLogin yes)`

test_yes_is_found if {
	_deny("Port 22\nPermitRootLogin yes\n") == {{"msg": _msg, "path": ["spec", "content"]}}
	_warn("PermitRootLogin yes\n") == set()
	count(_deny_at("/etc/ssh/sshd_config.d/50-site.conf", "permitrootlogin=YES")) == 1
}

test_the_first_value_counts if {
	_deny("PermitRootLogin no\nPermitRootLogin yes\n") == set()
	count(_deny("PermitRootLogin yes\nPermitRootLogin no\n")) == 1
}

test_what_wants_a_key_passes if {
	every value in ["no", "prohibit-password", "without-password", "forced-commands-only"] {
		_deny(sprintf("PermitRootLogin %s\n", [value])) == set()
	}
	_deny("# PermitRootLogin yes\n") == set()
	_deny("") == set()
}

test_for_some_it_is_reported if {
	content := "PermitRootLogin no\nMatch Address 10.0.0.0/8\n  PermitRootLogin yes\n"
	_deny(content) == set()
	_warn(content) == {{
		"msg": `File "app" lets root log in by whatever others may, passwords too (PermitRootLogin yes, for Match Address 10.0.0.0/8)`,
		"path": ["spec", "content"],
	}}
	count(_deny("PermitRootLogin no\nMatch all\nPermitRootLogin yes\n")) == 1
}

test_other_files_pass if {
	every path in ["/etc/ssh/ssh_config", "/etc/ssh/sshd_config.d/50-site.conf.bak", "/srv/etc/ssh/sshd_config", null] {
		_deny_at(path, "PermitRootLogin yes\n") == set()
	}
	_deny(null) == set()
}
