# METADATA
# title: Loose defaults of accounts
# description: |
#   Defaults of login.defs by which new passwords hold longer than
#   login_pass_max_days, or new files are open to everyone or to be changed by
#   a group. CIS Linux benchmarks, "Ensure password expiration is configured"
#   (365 days) and "Ensure default user umask is configured" (027).
# custom:
#   id: security/login-defs
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/ia-5.1, nist-800-53/ac-6]
#   remediation: >-
#     Set PASS_MAX_DAYS to 365 or less, and UMASK to 027 or 077.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
#   params: {login_pass_max_days: 365}
package holdfast.security.login_defs

import data.holdfast.lib.hostfiles
import data.holdfast.lib.login_defs
import data.holdfast.lib.names

warn contains {"msg": msg, "path": hostfiles.at} if {
	days := login_defs.settings.PASS_MAX_DAYS
	_too_long(days)
	msg := sprintf("%s lets passwords hold for more than %d days (PASS_MAX_DAYS %s)", [
		names.title(input.resource),
		data.holdfast.params.login_pass_max_days,
		days,
	])
}

# Nothing under nought expires.
_too_long("-1")

_too_long(days) if {
	regex.match(`^[0-9]{1,9}$`, days)
	to_number(days) > data.holdfast.params.login_pass_max_days
}

warn contains {"msg": msg, "path": hostfiles.at} if {
	umask := login_defs.settings.UMASK
	regex.match(`^[0-7]{2,4}$`, umask)
	not regex.match(`[2367]7$`, umask)
	msg := sprintf("%s gives new files to more than their owner, and their group to read (UMASK %s)", [names.title(input.resource), umask])
}
