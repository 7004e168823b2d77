package holdfast.security.sensitive_file_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.sensitive_file

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: pgpass
spec:
  path: /home/shop/.pgpass
  source: files/pgpass
  mode: "0600"
  sensitive: true
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: pgpass
spec:
  path: /home/shop/.pgpass
  source: files/pgpass
  mode: "0644"
`

_deny(spec) := found if {
	found := sensitive_file.deny with input as samples.of(samples.file(spec))
}

_key := "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"

_unmarked(reason) := {
	"msg": sprintf(`File "app" %s, but is not marked sensitive`, [reason]),
	"path": ["spec"],
}

test_a_private_key_for_all_to_read_is_found if {
	_deny({"path": "/etc/app/tls.pem", "content": _key, "mode": "0644", "sensitive": true}) == {{
		"msg": `File "app" holds a private key, and every user can read it (mode 0644)`,
		"path": ["spec", "mode"],
	}}
}

test_a_private_key_not_marked_is_found if {
	_deny({"path": "/etc/app/tls.pem", "content": _key, "mode": "0640"}) == {_unmarked("holds a private key")}
}

# Without a mode the driver gives 0644, or 0600 if the file is sensitive.
test_the_default_mode_counts if {
	_deny({"path": "/etc/app/tls.pem", "content": _key}) == {
		_unmarked("holds a private key"),
		{
			"msg": `File "app" holds a private key, and every user can read it (mode 0644)`,
			"path": ["spec"],
		},
	}
	_deny({"path": "/etc/app/tls.pem", "content": _key, "mode": null}) == _deny({"path": "/etc/app/tls.pem", "content": _key})
	_deny({"path": "/etc/app/tls.pem", "content": _key, "sensitive": true}) == set()
}

test_places_for_secrets_are_found if {
	every path in [
		"/etc/shadow", "etc/gshadow-", "/etc/ssh/ssh_host_ed25519_key", "/root/.ssh/id_ed25519",
		"/etc/ssl/private/shop.key", "/home/deploy/.pgpass",
	] {
		_deny({"path": path, "source": "files/a", "mode": "0600"}) == {_unmarked("is a place for secrets")}
	}
}

test_places_near_those_pass if {
	every path in [
		"/etc/shadow.d/readme", "/etc/ssh/ssh_host_ed25519_key.pub", "/root/.ssh/authorized_keys",
		"/root/.ssh/id_ed25519.pub", "/etc/ssl/certs/shop.pem", "/etc/app/pgpass",
	] {
		_deny({"path": path, "source": "files/a", "mode": "0644"}) == set()
	}
}

test_what_is_no_path_passes if {
	_deny({"path": 7, "source": "files/a", "mode": "0600"}) == set()
	_deny({"path": null, "content": "a", "mode": "0644"}) == set()
}

test_a_key_kept_well_passes if {
	_deny({"path": "/etc/app/tls.key", "content": _key, "mode": "0600", "sensitive": true}) == set()
	_deny({"path": "/etc/app/tls.key", "content": _key, "mode": "0640", "sensitive": true}) == set()
}

test_a_certificate_passes if {
	_deny({"path": "/etc/app/tls.crt", "content": "-----BEGIN CERTIFICATE-----\n", "mode": "0644"}) == set()
}

test_no_message_holds_the_content if {
	every finding in _deny({"path": "/a", "content": _key}) {
		not contains(finding.msg, "MIIB")
	}
}
