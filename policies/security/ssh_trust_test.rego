package holdfast.security.ssh_trust_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.ssh_trust

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    IgnoreRhosts yes
    StrictModes yes
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: sshd
spec:
  path: /etc/ssh/sshd_config.d/50-site.conf
  content: |
    HostbasedAuthentication yes
    StrictModes no
`

_deny(content) := _deny_at("/etc/ssh/sshd_config", content)

_deny_at(path, content) := found if {
	found := ssh_trust.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_each_is_found if {
	_deny("HostbasedAuthentication yes\nIgnoreRhosts no\nPermitUserEnvironment LANG,LC_*\nStrictModes no\n") == {
		{
			"msg": `File "app" believes other machines about their users (HostbasedAuthentication yes)`,
			"path": ["spec", "content"],
		},
		{
			"msg": `File "app" lets users say in .rhosts whom to believe (IgnoreRhosts no)`,
			"path": ["spec", "content"],
		},
		{
			"msg": `File "app" lets users set the environment of their login (PermitUserEnvironment LANG,LC_*)`,
			"path": ["spec", "content"],
		},
		{
			"msg": `File "app" takes keys from files that others can write (StrictModes no)`,
			"path": ["spec", "content"],
		},
	}
}

test_for_some_says_so if {
	{f.msg | some f in _deny("Match Host a\nHostbasedAuthentication yes\n")} == {
		`File "app" believes other machines about their users (HostbasedAuthentication yes, for Match Host a)`,
	}
}

test_the_safe_values_pass if {
	_deny("HostbasedAuthentication no\nIgnoreRhosts YES\nPermitUserEnvironment no\nStrictModes yes\n") == set()
	_deny("IgnoreRhosts shosts-only\n") == set()
	_deny("") == set()
}
