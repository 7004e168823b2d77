package holdfast.lib.sysctl_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.lib.sysctl

_at(path, content) := found if {
	found := sysctl.settings with input as samples.of(samples.file({"path": path, "content": content}))
}

test_forms if {
	content := concat("\n", [
		"# a.x = 1", "; a.y = 1", "a.b = 1", "  a/c=2 # two", "-a.d =3", "a.*.e = 4", "a.f = 5 6", "a.g =", "a.b = 7",
	])
	_at("/etc/sysctl.conf", content) == {"a.b": "7", "a.c": "2", "a.d": "3", "a.*.e": "4", "a.f": "5"}
}

test_paths if {
	every path in [
		"/etc/sysctl.conf", "/etc/sysctl.d/a.conf", "/usr/lib/sysctl.d/a.conf", "/run/sysctl.d/a.conf",
		"/usr/local/lib/sysctl.d/a.conf", "/lib/sysctl.d/a.conf",
	] {
		_at(path, "a = 1") == {"a": "1"}
	}
	every path in ["/etc/sysctl.d/a.conf.bak", "/etc/sysctl.conf.d", "/etc/sysctl.d/a/b.conf", "/srv/etc/sysctl.conf"] {
		not _at(path, "a = 1")
	}
}
