package holdfast.lib.sshd_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.lib.sshd

_first(keyword, content) := found if {
	found := sshd.first(keyword) with input as samples.of(samples.file({"path": "/etc/ssh/sshd_config", "content": content}))
}

test_forms if {
	every line in ["Port 22", "  port\t22  ", "PORT=22", "Port = 22\r", "Port \"22\"", "Port 22 # the usual", "\tPort 22"] {
		_first("port", sprintf("A b\n%s\nC d\n", [line])) == {{"match": "", "value": "22"}}
	}
	every line in ["#Port 22", "Port", "Port=", "Ports 22", "Port # 22"] {
		_first("port", line) == set()
	}
}

test_several_words if {
	_first("authenticationmethods", "AuthenticationMethods publickey,password publickey\n") == {{
		"match": "",
		"value": "publickey,password publickey",
	}}
}

test_the_first_of_each_part if {
	content := concat("\n", [
		"Port 1", "Port 2", "Match User a", "  Port 3", "  Port 4", "match = Address 10.0.0.0/8 # inside", "Other 5",
		"Match \"Group b\"", "Port 6", "MATCH ALL", "Port 7", "",
	])
	_first("port", content) == {
		{"match": "", "value": "1"},
		{"match": "User a", "value": "3"},
		{"match": `"Group b"`, "value": "6"},
		{"match": "", "value": "7"},
	}
}

test_other_files_have_nothing if {
	found := sshd.first("port") with input as samples.of(samples.file({"path": "/etc/ssh/ssh_config", "content": "Port 22\n"}))
	found == set()
}

test_where if {
	sshd.where({"match": ""}) == ""
	sshd.where({"match": "User a"}) == ", for Match User a"
}
