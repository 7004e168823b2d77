package holdfast.security.automatic_updates_off_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.automatic_updates_off

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: upgrades
spec:
  path: /etc/apt/apt.conf.d/20auto-upgrades
  content: |
    APT::Periodic::Update-Package-Lists "1";
    APT::Periodic::Unattended-Upgrade "1";
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: upgrades
spec:
  path: /etc/apt/apt.conf.d/20auto-upgrades
  content: |
    APT::Periodic::Update-Package-Lists "1";
    APT::Periodic::Unattended-Upgrade "0";
`

_warn(content) := _warn_at("/etc/apt/apt.conf.d/20auto-upgrades", content)

_warn_at(path, content) := found if {
	found := automatic_updates_off.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

test_nought_is_found if {
	_warn("APT::Periodic::Update-Package-Lists \"0\";\nAPT::Periodic::Unattended-Upgrade \"0\";\n") == {{
		"msg": `File "app" switches automatic updates off (APT::Periodic::Unattended-Upgrade, APT::Periodic::Update-Package-Lists "0")`,
		"path": ["spec", "content"],
	}}
	{f.msg | some f in _warn("APT::Periodic::Enable \"0\";")} == {
		`File "app" switches automatic updates off (APT::Periodic::Enable "0")`,
	}
}

test_blocks_are_read if {
	count(_warn("APT { Periodic {\n  Unattended-Upgrade \"0\"; };\n};\n")) == 1
}

test_other_values_pass if {
	every content in [
		"APT::Periodic::Unattended-Upgrade \"1\";", "APT::Periodic::Unattended-Upgrade \"7\";",
		"// APT::Periodic::Unattended-Upgrade \"0\";", "APT::Periodic::Unattended-Upgrade \"0\";\nAPT::Periodic::Unattended-Upgrade \"1\";",
		"Other::Enable \"0\";", "APT::Periodic::AutocleanInterval \"0\";", "",
	] {
		_warn(content) == set()
	}
}
