# METADATA
# title: Root over SSH
# description: |
#   PermitRootLogin yes in sshd_config lets anyone who guesses or steals root's
#   password in, and leaves no name of who it was. CIS Linux benchmarks,
#   "Ensure sshd PermitRootLogin is disabled"; prohibit-password and
#   forced-commands-only, which want a key, are accepted.
# custom:
#   id: security/ssh-root-login
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6.2]
#   remediation: >-
#     Set PermitRootLogin no (or prohibit-password), and log in as oneself with sudo.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.ssh_root_login

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
	some setting in sshd.first("permitrootlogin")
	lower(setting.value) == "yes"
}

_msg(setting) := sprintf("%s lets root log in by whatever others may, passwords too (PermitRootLogin yes%s)", [
	names.title(input.resource),
	sshd.where(setting),
])
