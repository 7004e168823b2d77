package holdfast.security.apt_source_trust_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.apt_source_trust

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: app
spec:
  path: /etc/apt/sources.list.d/app.list
  content: |
    deb [signed-by=/etc/apt/keyrings/app.asc] https://apt.example.com stable main
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: app
spec:
  path: /etc/apt/sources.list.d/app.list
  content: |
    deb [trusted=yes] https://apt.example.com stable main
`

_deny(content) := _deny_at("/etc/apt/sources.list.d/app.list", content)

_deny_at(path, content) := found if {
	found := apt_source_trust.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_a_trusted_source_is_found if {
	_deny("deb [arch=amd64 trusted=yes] http://u:secret@apt.example.com/debian stable main\n") == {{
		"msg": `File "app" takes packages from http://apt.example.com/debian that no known key has signed (trusted)`,
		"path": ["spec", "content"],
	}}
	count(_deny("deb [allow-insecure=yes] https://apt.example.com ./\n")) == 1
}

test_a_stanza_is_found if {
	{f.msg | some f in _deny_at("/etc/apt/sources.list.d/app.sources", "Types: deb\nURIs: https://apt.example.com\nSuites: ./\nTrusted: yes\n")} == {
		`File "app" takes packages from https://apt.example.com that no known key has signed (trusted)`,
	}
}

test_other_options_pass if {
	_deny("deb [by-hash=yes] https://apt.example.com stable main\n") == set()
	_deny_at("/etc/apt/sources.list.d/app.sources", "URIs: https://apt.example.com\nEnabled: yes\n") == set()
}

test_signed_sources_pass if {
	every line in [
		"deb https://deb.debian.org/debian bookworm main", "deb [signed-by=/a.asc] https://apt.example.com stable main",
		"# deb [trusted=yes] https://apt.example.com stable main", "deb [trusted=no] https://apt.example.com stable main",
	] {
		_deny(line) == set()
	}
}

_conf := "/etc/apt/apt.conf.d/99site"

test_apt_itself_is_found if {
	_deny_at(_conf, "APT::Get::AllowUnauthenticated \"true\";\n") == {{
		"msg": `File "app" has apt do what it should not: it installs packages that no known key has signed (AllowUnauthenticated)`,
		"path": ["spec", "content"],
	}}
	_deny_at(_conf, "Acquire { https { Verify-Peer \"false\"; }; };\n") == {{
		"msg": `File "app" has apt believe any certificate of a server (Verify-Peer false)`,
		"path": ["spec", "content"],
	}}
	every name, what in {
		"AllowInsecureRepositories": "takes package lists that no known key has signed",
		"AllowDowngradeToInsecureRepositories": "takes package lists that are no longer signed",
		"AllowWeakRepositories": "takes package lists that are signed with weak algorithms",
	} {
		{f.msg | some f in _deny_at(_conf, sprintf("Acquire::%s \"yes\";", [name]))} == {
			sprintf(`File "app" has apt do what it should not: it %s (%s)`, [what, name]),
		}
	}
	{f.msg | some f in _deny_at(_conf, "Acquire::https::apt.example.com::Verify-Host \"0\";")} == {
		`File "app" has apt believe any certificate of a server (Verify-Host false)`,
	}
}

test_the_safe_values_pass if {
	_deny_at(_conf, "APT::Get::AllowUnauthenticated \"false\";\nAcquire::https::Verify-Peer \"true\";\n") == set()
}
