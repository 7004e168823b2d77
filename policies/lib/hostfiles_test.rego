package holdfast.lib.hostfiles_test

import data.holdfast.lib.hostfiles
import data.holdfast.lib.samples_test as samples

_mode(resource) := [mode, at] if {
	mode := hostfiles.mode with input as samples.of(resource)
	at := hostfiles.mode_at with input as samples.of(resource)
}

test_path if {
	every path in ["/etc/a", "etc/a"] {
		hostfiles.path == "/etc/a" with input as samples.of(samples.file({"path": path}))
	}
	not hostfiles.path with input as samples.of(samples.file({"path": null}))
	not hostfiles.path with input as samples.of(null)
}

test_content if {
	hostfiles.at == ["spec", "content"]
	hostfiles.content == "a" with input as samples.of(samples.file({"content": "a"}))
	not hostfiles.content with input as samples.of(samples.file({"source": "a"}))
	not hostfiles.content with input as samples.of(samples.file({"content": 7}))
}

test_mode if {
	_mode(samples.file({"mode": "0640"})) == ["0640", ["spec", "mode"]]
	_mode(samples.file({"mode": null})) == ["0644", ["spec"]]
	_mode(samples.file({})) == ["0644", ["spec"]]
	_mode(samples.file({"sensitive": true})) == ["0600", ["spec"]]
	_mode(samples.file({"sensitive": false})) == ["0644", ["spec"]]
	_mode(samples.directory({})) == ["0755", ["spec"]]
	_mode(samples.directory({"mode": "0700"})) == ["0700", ["spec", "mode"]]
}

test_last if {
	hostfiles.last([["a", 1], ["b", 2], ["a", 3]]) == {"a": 3, "b": 2}
	hostfiles.last([]) == {}
}
