package holdfast.lib.login_defs_test

import data.holdfast.lib.login_defs
import data.holdfast.lib.samples_test as samples

_at(path, content) := found if {
	found := login_defs.settings with input as samples.of(samples.file({"path": path, "content": content}))
}

test_settings if {
	content := "# A 0\nUMASK\t022 # usual\n  B2_C \"x\"\nUMASK 027\nlower 1\nEMPTY\n"
	_at("/etc/login.defs", content) == {"UMASK": "027", "B2_C": "x"}
	not _at("/etc/login.defs.bak", content)
}
