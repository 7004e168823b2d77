package holdfast.security.password_hashing_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.password_hashing

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: login
spec:
  path: /etc/login.defs
  content: |
    ENCRYPT_METHOD YESCRYPT
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: login
spec:
  path: /etc/login.defs
  content: |
    ENCRYPT_METHOD MD5
`

_deny(content) := _deny_at("/etc/login.defs", content)

_deny_at(path, content) := found if {
	found := password_hashing.deny with input as samples.of(samples.file({"path": path, "content": content}))
}

test_weak_methods_are_found if {
	_deny("ENCRYPT_METHOD SHA512\nENCRYPT_METHOD MD5 # hm\n") == {{
		"msg": `File "app" keeps passwords as hashes of MD5 (ENCRYPT_METHOD MD5)`,
		"path": ["spec", "content"],
	}}
	count(_deny("ENCRYPT_METHOD\tDES\n")) == 1
}

test_the_older_switch_is_found if {
	_deny("MD5_CRYPT_ENAB Yes\n") == {{
		"msg": `File "app" keeps passwords as hashes of MD5 (MD5_CRYPT_ENAB yes)`,
		"path": ["spec", "content"],
	}}
	_deny("MD5_CRYPT_ENAB yes\nENCRYPT_METHOD SHA512\n") == set()
	_deny("MD5_CRYPT_ENAB no\n") == set()
}

test_strong_methods_pass if {
	every method in ["SHA256", "SHA512", "YESCRYPT", "BCRYPT"] {
		_deny(sprintf("ENCRYPT_METHOD %s\n", [method])) == set()
	}
	_deny("# ENCRYPT_METHOD MD5\n") == set()
	_deny_at("/etc/other.defs", "ENCRYPT_METHOD MD5\n") == set()
}

_pam := "/etc/pam.d/common-password"

test_pam_is_found if {
	_deny_at(_pam, "password [success=1 default=ignore] pam_unix.so obscure md5\n") == {{
		"msg": `File "app" keeps passwords as weak hashes (pam_unix.so md5)`,
		"path": ["spec", "content"],
	}}
	count(_deny_at(_pam, "password required pam_unix.so bigcrypt\n")) == 1
}

test_pam_with_a_strong_hash_passes if {
	every line in [
		"password required pam_unix.so obscure yescrypt", "auth required pam_unix.so md5", "# password required pam_unix.so md5",
		"password required pam_unix.so sha512 # md5", "password required pam_pwquality.so md5",
	] {
		_deny_at(_pam, line) == set()
	}
	_deny_at("/etc/pam.conf", "password required pam_unix.so md5\n") == set()
}
