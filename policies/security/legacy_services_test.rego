package holdfast.security.legacy_services_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.legacy_services

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: web
spec:
  path: /etc/systemd/system/web.service
  content: |
    [Service]
    ExecStart=/usr/bin/web
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: telnet
spec:
  path: /etc/systemd/system/telnet.socket
  content: |
    [Socket]
    ListenStream=23
    Accept=yes
`

_deny_at(path, content) := found if {
	found := legacy_services.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

_warn_at(path, content) := found if {
	found := legacy_services.warn with input as samples.of(samples.file({"path": path, "content": content}))
}

_msg(service) := sprintf(`File "app" offers %s`, [service])

test_units_are_found if {
	_deny_at("/etc/systemd/system/telnet.socket", "[Socket]\nListenStream=23\n") == {{
		"msg": _msg("telnet"),
		"path": ["spec", "path"],
	}}
	every name, service in {
		"telnet@.service": "telnet", "telnetd.service": "telnet", "in.telnetd.service": "telnet",
		"inetutils-telnetd.service": "telnet", "rsh.socket": "rsh", "rshd.service": "rsh", "rlogin.socket": "rlogin",
		"rlogind.service": "rlogin", "rexec.socket": "rexec", "rexecd.service": "rexec", "finger.socket": "finger",
		"fingerd.service": "finger",
	} {
		{f.msg | some f in _deny_at(sprintf("/etc/systemd/system/%s", [name]), "[Unit]\n")} == {_msg(service)}
	}
}

test_a_unit_of_another_file_is_found if {
	found := legacy_services.deny with input as samples.of(samples.file({
		"path": "/usr/lib/systemd/system/rsh.socket",
		"source": "files/rsh.socket",
	}))
	count(found) == 1
}

# An empty file keeps systemd from starting the unit.
test_a_masked_unit_passes if {
	_deny_at("/etc/systemd/system/telnet.socket", "\n") == set()
}

test_other_units_pass if {
	every name in ["login.service", "exec.service", "talk.service", "telnet-exporter.service", "telnet.socket.d/a.conf", "telnet.timer"] {
		_deny_at(sprintf("/etc/systemd/system/%s", [name]), "[Unit]\n") == set()
	}
}

test_inetd_is_found if {
	content := concat("\n", [
		"# telnet stream tcp nowait root /usr/sbin/in.telnetd",
		"shell\tstream tcp nowait root /usr/sbin/tcpd in.rshd",
		"ntalk dgram udp wait nobody /usr/sbin/in.ntalkd",
		"imap stream tcp nowait root /usr/sbin/imapd",
	])
	{f.msg | some f in _deny_at("/etc/inetd.conf", content)} == {_msg("rsh"), _msg("talk")}
	every name, service in {"telnet": "telnet", "login": "rlogin", "exec": "rexec", "finger": "finger", "talk": "talk"} {
		{f.msg | some f in _deny_at("/etc/inetd.d/a", sprintf("%s stream tcp", [name]))} == {_msg(service)}
	}
}

test_xinetd_is_found_unless_disabled if {
	block := "service telnet\n{\n\tsocket_type = stream\n\t%s\n}\n"
	count(_deny_at("/etc/xinetd.d/telnet", sprintf(block, ["disable = no"]))) == 1
	count(_deny_at("/etc/xinetd.conf", sprintf(block, [""]))) == 1
	_deny_at("/etc/xinetd.d/telnet", sprintf(block, ["disable = yes"])) == set()
	_deny_at("/etc/xinetd.d/web", "service web\n{\n}\n") == set()
}

test_other_files_pass if {
	_deny_at("/srv/inetd.conf", "telnet stream tcp nowait root /usr/sbin/in.telnetd\n") == set()
	_deny_at("/srv/xinetd.d/telnet", "service telnet\n{\n}\n") == set()
}

# Machines may boot from it.
test_tftp_is_reported if {
	every name in ["tftp.socket", "tftpd.service", "tftpd-hpa.service", "in.tftpd.service", "atftpd.service"] {
		path := sprintf("/etc/systemd/system/%s", [name])
		_deny_at(path, "[Unit]\n") == set()
		_warn_at(path, "[Unit]\n") == {{"msg": _msg("tftp"), "path": ["spec", "path"]}}
	}
	count(_warn_at("/etc/inetd.conf", "tftp dgram udp wait root /usr/sbin/in.tftpd\n")) == 1
	_warn_at("/etc/systemd/system/telnet.socket", "[Unit]\n") == set()
}
