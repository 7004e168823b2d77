package holdfast.security.ssh_empty_passwords_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_empty_passwords

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PermitEmptyPasswords no
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PermitEmptyPasswords yes
`

_deny(content) := _deny_at("/etc/ssh/sshd_config", content)

_deny_at(path, content) := found if {
	found := ssh_empty_passwords.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_yes_is_found if {
	_deny("PermitEmptyPasswords yes\n") == {{
		"msg": `File "app" lets accounts without a password log in (PermitEmptyPasswords yes)`,
		"path": ["spec", "content"],
	}}
}

test_for_some_it_is_found_too if {
	{f.msg | some f in _deny("Match User guest\n\tPermitEmptyPasswords YES\n")} == {
		`File "app" lets accounts without a password log in (PermitEmptyPasswords yes, for Match User guest)`,
	}
}

test_no_passes if {
	every content in ["PermitEmptyPasswords no\n", "#PermitEmptyPasswords yes\n", "PermitEmptyPasswords no\nPermitEmptyPasswords yes", ""] {
		_deny(content) == set()
	}
	_deny_at("/etc/motd", "PermitEmptyPasswords yes\n") == set()
}
