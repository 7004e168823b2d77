package holdfast.security.apt_source_http_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.apt_source_http

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
    deb http://apt.example.com stable main
`

_warn(content) := _warn_at("/etc/apt/sources.list.d/app.list", content)

_warn_at(path, content) := found if {
	found := apt_source_http.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

test_http_is_found if {
	_warn("deb http://u:secret@apt.example.com:8080/debian stable main\n") == {{
		"msg": `File "app" takes packages from apt.example.com without encryption, signed by any key that apt trusts`,
		"path": ["spec", "content"],
	}}
	count(_warn("deb ftp://apt.example.com stable main\n")) == 1
	count(_warn("deb http://debian.org.example.com stable main\n")) == 1
}

test_a_key_of_its_own_passes if {
	_warn("deb [signed-by=/a.asc] http://apt.example.com stable main\n") == set()
	_warn_at("/etc/apt/sources.list.d/app.sources", "Types: deb\nURIs: http://apt.example.com\nSigned-By:\n -----BEGIN\n") == set()
	count(_warn_at("/etc/apt/sources.list.d/app.sources", "Types: deb\nURIs: http://a.example.com http://b.example.com\n")) == 2
}

test_others_pass if {
	every line in [
		"deb https://apt.example.com stable main", "deb http://deb.debian.org/debian bookworm main",
		"deb http://DE.archive.ubuntu.com/ubuntu noble main", "deb file:/srv/apt ./", "# deb http://apt.example.com ./",
	] {
		_warn(line) == set()
	}
}
