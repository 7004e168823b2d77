package holdfast.security.ssh_password_login_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_password_login

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PasswordAuthentication no
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    PasswordAuthentication yes
`

_deny(content) := _deny_at("/etc/ssh/sshd_config", content)

_deny_at(path, content) := found if {
	found := ssh_password_login.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

_warn(content) := _warn_at("/etc/ssh/sshd_config", content)

_warn_at(path, content) := found if {
	found := ssh_password_login.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

test_yes_is_found if {
	_deny("PasswordAuthentication yes\n") == {{
		"msg": `File "app" lets users log in with a password alone (PasswordAuthentication yes)`,
		"path": ["spec", "content"],
	}}
	_warn("PasswordAuthentication yes\n") == set()
}

test_for_some_it_is_reported if {
	content := "PasswordAuthentication no\nMatch Group sftp\nPasswordAuthentication yes\n"
	_deny(content) == set()
	_warn(content) == {{
		"msg": `File "app" lets users log in with a password alone (PasswordAuthentication yes, for Match Group sftp)`,
		"path": ["spec", "content"],
	}}
}

test_a_password_besides_a_key_passes if {
	_deny("PasswordAuthentication yes\nAuthenticationMethods publickey,password publickey,keyboard-interactive\n") == set()
	count(_deny("PasswordAuthentication yes\nAuthenticationMethods publickey password\n")) == 1
	count(_deny("PasswordAuthentication yes\nMatch User a\nAuthenticationMethods publickey,password\n")) == 1
}

test_no_passes if {
	every content in ["PasswordAuthentication no\n", "PasswordAuthentication no\nPasswordAuthentication yes\n", "", "PasswordAuthentication\n"] {
		_deny(content) == set()
		_warn(content) == set()
	}
}
