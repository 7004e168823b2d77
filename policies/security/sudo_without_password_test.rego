package holdfast.security.sudo_without_password_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.sudo_without_password

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sudoers
spec:
  path: /etc/sudoers.d/site
  mode: "0440"
  content: |
    %admin ALL=(ALL:ALL) ALL
    backup ALL=(root) NOPASSWD: /usr/bin/restic
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sudoers
spec:
  path: /etc/sudoers.d/site
  mode: "0440"
  content: |
    deploy ALL=(ALL) NOPASSWD: ALL
`

_deny(content) := _deny_at("/etc/sudoers.d/site", content)

_deny_at(path, content) := found if {
	found := sudo_without_password.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

_msg(who) := sprintf(`File "app" lets %s run every command without a password`, [who])

test_all_commands_are_found if {
	_deny("deploy ALL=(ALL) NOPASSWD: ALL\n") == {{"msg": _msg("deploy"), "path": ["spec", "content"]}}
	every line, who in {
		"%admin ALL=(ALL:ALL) NOPASSWD:ALL": "%admin",
		"#1000 ALL = NOPASSWD: SETENV: ALL": "#1000",
		"a, b ALL=(ALL) NOPASSWD: /bin/ls, ALL": "a",
		"c ALL=(root) PASSWD: /bin/ls, NOPASSWD : ALL # hm": "c",
		"d ALL=(ALL) NOPASSWD: ALL, !/bin/su": "d",
		"e ALL=(ALL) NOPASSWD: \\\n  ALL": "e",
		"f ALL=(ALL) NOPASSWD: ALL : H=/bin/ls": "f",
		"g ALL=(root) NOPASSWD: /bin/ls, (root) ALL": "g",
		"x ALL=/bin/ls\nh ALL=(ALL) NOPASSWD: ALL\n": "h",
	} {
		{f.msg | some f in _deny(line)} == {_msg(who)}
	}
	count(_deny_at("/etc/sudoers", "deploy ALL=(ALL) NOPASSWD: ALL\n")) == 1
}

test_some_commands_pass if {
	every line in [
		"deploy ALL=(ALL:ALL) ALL", "deploy ALL=(ALL) NOPASSWD: /usr/bin/systemctl restart web", "# a ALL=(ALL) NOPASSWD: ALL",
		"a ALL=(ALL) NOPASSWD: /bin/ls, (ALL) /bin/cat", "a ALL=(ALL) NOPASSWD: /bin/ls, PASSWD: ALL", "a ALL=NOPASSWD: INSTALL",
		"a ALL=NOPASSWD: ALLOWED", "Defaults passprompt=\"NOPASSWD: ALL, or not\"", "a ALL=(root) /bin/ls, ALL", "a ALL=(ALL) ALL #x NOPASSWD: ALL",
	] {
		_deny(line) == set()
	}
}

test_no_authentication_is_found if {
	_deny("Defaults:deploy !requiretty, !authenticate\n") == {{
		"msg": `File "app" has sudo ask for no password (Defaults:deploy !authenticate)`,
		"path": ["spec", "content"],
	}}
	_deny("Defaults authenticate\n# Defaults !authenticate\nDefaults !requiretty\n") == set()
}

# Of other names in the folder sudo takes no notice.
test_other_files_pass if {
	every path in ["/etc/sudoers.d/site.bak", "/etc/sudoers.d/site~", "/etc/sudoers.d/a/b", "/srv/sudoers", "/etc/sudoers2"] {
		_deny_at(path, "deploy ALL=(ALL) NOPASSWD: ALL\n") == set()
	}
	count(_deny_at("/etc/sudoers.d/a", "deploy ALL=(ALL) NOPASSWD: ALL\n")) == 1
}
