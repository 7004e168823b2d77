package holdfast.security.world_writable_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.world_writable

_file(mode) := found if {
	found := world_writable.deny with input as samples.of(samples.file({"path": "/etc/app.conf", "mode": mode}))
}

_directory(mode) := found if {
	found := world_writable.deny with input as samples.of(samples.directory({"path": "/srv", "mode": mode}))
}

test_a_file_is_found if {
	_file("0666") == {{
		"msg": `File "app" is writable by every user (mode 0666)`,
		"path": ["spec", "mode"],
	}}
	every mode in ["0646", "602", "0777", "1777"] {
		count(_file(mode)) == 1
	}
}

test_a_directory_is_found_without_the_sticky_bit if {
	_directory("0777") == {{
		"msg": `Directory "app" is writable by every user (mode 0777)`,
		"path": ["spec", "mode"],
	}}
	count(_directory("2777")) == 1
}

test_the_sticky_bit_excuses_a_directory if {
	_directory("1777") == set()
	_directory("3777") == set()
}

test_others_who_only_read_pass if {
	every mode in ["0644", "0755", "664", "0775", "0600"] {
		_file(mode) == set()
		_directory(mode) == set()
	}
}

test_the_default_passes if {
	world_writable.deny == set() with input as samples.of(samples.file({"path": "/etc/app.conf"}))
}

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: app
spec:
  path: /etc/app.conf
  content: "port: 8080"
  mode: "0644"
---
apiVersion: host.holdfast.dev/v1
kind: Directory
metadata:
  name: drop
spec:
  path: /srv/drop
  mode: "1777"
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: app
spec:
  path: /etc/app.conf
  content: "port: 8080"
  mode: "0666"
`
