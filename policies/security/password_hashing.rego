# METADATA
# title: Weak hashes of passwords
# description: |
#   A setting of login.defs or PAM by which passwords are kept as hashes of DES
#   or MD5, which are guessed at billions a second. CIS Linux benchmarks,
#   "Ensure password hashing algorithm is up to date"; login.defs(5), crypt(5).
# custom:
#   id: security/password-hashing
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ia-5.1]
#   remediation: >-
#     Set ENCRYPT_METHOD YESCRYPT (or SHA512) in login.defs, and yescrypt (or sha512) for
#     pam_unix.so.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.password_hashing

import data.holdfast.lib.hostfiles
import data.holdfast.lib.login_defs
import data.holdfast.lib.names

deny contains {"msg": msg, "path": hostfiles.at} if {
	method := login_defs.settings.ENCRYPT_METHOD
	method in {"DES", "MD5"}
	msg := sprintf("%s keeps passwords as hashes of %s (ENCRYPT_METHOD %s)", [names.title(input.resource), method, method])
}

# MD5_CRYPT_ENAB is read only where there is no ENCRYPT_METHOD.
deny contains {"msg": msg, "path": hostfiles.at} if {
	lower(login_defs.settings.MD5_CRYPT_ENAB) == "yes"
	not login_defs.settings.ENCRYPT_METHOD
	msg := sprintf("%s keeps passwords as hashes of MD5 (MD5_CRYPT_ENAB yes)", [names.title(input.resource)])
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	regex.match(`^/etc/pam\.d/[^/]+$`, hostfiles.path)
	some line in regex.find_all_string_submatch_n(`(?m)^[ \t]*-?password[ \t][^#\n]*\bpam_unix\.so\b([^#\n]*)`, hostfiles.content, -1)
	some option in ["md5", "bigcrypt"]
	option in regex.split(`\s+`, line[1])
	msg := sprintf("%s keeps passwords as weak hashes (pam_unix.so %s)", [names.title(input.resource), option])
}
