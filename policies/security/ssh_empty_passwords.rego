# METADATA
# title: Empty passwords over SSH
# description: |
#   PermitEmptyPasswords yes in sshd_config lets anyone in as an account that
#   has no password. CIS Linux benchmarks, "Ensure sshd PermitEmptyPasswords is
#   disabled".
# custom:
#   id: security/ssh-empty-passwords
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ia-5]
#   remediation: >-
#     Set PermitEmptyPasswords no, which is the default.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.ssh_empty_passwords

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sshd

deny contains {"msg": msg, "path": hostfiles.at} if {
	some setting in sshd.first("permitemptypasswords")
	lower(setting.value) == "yes"
	msg := sprintf("%s lets accounts without a password log in (PermitEmptyPasswords yes%s)", [
		names.title(input.resource),
		sshd.where(setting),
	])
}
