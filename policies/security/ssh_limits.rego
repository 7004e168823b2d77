# METADATA
# title: Loose limits of SSH
# description: |
#   X11Forwarding yes gives the server a way to the client's screen and
#   keyboard, and a MaxAuthTries over ssh_max_auth_tries makes guessing
#   cheaper. CIS Linux benchmarks, "Ensure sshd X11Forwarding is disabled" and
#   "Ensure sshd MaxAuthTries is configured".
# custom:
#   id: security/ssh-limits
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/ac-7]
#   remediation: >-
#     Set X11Forwarding no, and MaxAuthTries to 4 or fewer.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
#   params: {ssh_max_auth_tries: 4}
package holdfast.security.ssh_limits

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sshd

warn contains {"msg": msg, "path": hostfiles.at} if {
	some setting in sshd.first("x11forwarding")
	lower(setting.value) == "yes"
	msg := sprintf("%s forwards X11 (X11Forwarding yes%s)", [names.title(input.resource), sshd.where(setting)])
}

warn contains {"msg": msg, "path": hostfiles.at} if {
	some setting in sshd.first("maxauthtries")
	regex.match(`^[0-9]{1,9}$`, setting.value)
	to_number(setting.value) > data.holdfast.params.ssh_max_auth_tries
	msg := sprintf("%s permits %s attempts to log in on one connection, more than %d (MaxAuthTries%s)", [
		names.title(input.resource),
		setting.value,
		data.holdfast.params.ssh_max_auth_tries,
		sshd.where(setting),
	])
}
