# METADATA
# title: Passwords over SSH
# description: |
#   PasswordAuthentication yes in sshd_config lets passwords be guessed from
#   anywhere that reaches the port; keys and certificates cannot be. NIST IR
#   7966, section 4.2; where a Match line narrows it to some, it is reported
#   only.
# custom:
#   id: security/ssh-password-login
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/ia-2]
#   remediation: >-
#     Set PasswordAuthentication no, and give users keys or certificates.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.ssh_password_login

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sshd

deny contains {"msg": _msg(setting), "path": hostfiles.at} if {
	some setting in _open
	setting.match == ""
}

warn contains {"msg": _msg(setting), "path": hostfiles.at} if {
	some setting in _open
	setting.match != ""
}

_open contains setting if {
	some setting in sshd.first("passwordauthentication")
	lower(setting.value) == "yes"
	not _more_is_asked(setting.match)
}

# Each alternative of AuthenticationMethods is a list of which all must succeed.
_more_is_asked(match) if {
	some methods in sshd.first("authenticationmethods")
	methods.match == match
	every alternative in regex.split(`\s+`, methods.value) {
		contains(alternative, "publickey")
	}
}

_msg(setting) := sprintf("%s lets users log in with a password alone (PasswordAuthentication yes%s)", [
	names.title(input.resource),
	sshd.where(setting),
])
