package holdfast.lib.pod_security_test

import data.holdfast.lib.pod_security
import data.holdfast.lib.samples_test as samples

_since(version, minor) if {
	pod_security.since(minor) with data.holdfast.params.pod_security_version as version
}

test_versions if {
	_since("v1.24", 24)
	_since("v1.24", 8)
	not _since("v1.24", 25)
	not _since("v1.9", 10)
	_since("v1.0", 0)
	not _since("v1.0", 1)
	_since("v1.999999", 999999)
	_since("v1.100", 100)
	not _since("v1.100", 101)
}

# What is no version is the latest, as it is to the API server.
test_anything_else_is_the_latest if {
	every version in ["latest", "", "1.24", "v1.024", "v1.2.4", "v1.24 ", " v1.24", "v1.", "v2.24", "v1.1234567"] {
		_since(version, 999999)
	}
	pod_security.since(999999)
}

_windows(version, spec) if {
	pod_security.windows with input as samples.of(samples.deployment(spec))
		with data.holdfast.params.pod_security_version as version
}

test_windows if {
	_windows("v1.25", {"os": {"name": "windows"}})
	not _windows("v1.24", {"os": {"name": "windows"}})
	not _windows("v1.25", {"os": {"name": "linux"}})
	not _windows("v1.25", {})
}

_user_namespace(version, spec) if {
	pod_security.user_namespace with input as samples.of(samples.deployment(spec))
		with data.holdfast.params.pod_security_version as version
}

test_user_namespace if {
	_user_namespace("v1.35", {"hostUsers": false})
	not _user_namespace("v1.34", {"hostUsers": false})
	not _user_namespace("v1.35", {"hostUsers": true})
	not _user_namespace("v1.35", {})
}
