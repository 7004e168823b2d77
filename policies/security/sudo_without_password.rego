# METADATA
# title: Root without a password
# description: |
#   NOPASSWD for ALL commands, or !authenticate, in sudoers makes a stolen
#   session or key of that user one of root. CIS Linux benchmarks, "Ensure
#   users must provide password for privilege escalation" and "Ensure
#   re-authentication for privilege escalation is not disabled globally".
# custom:
#   id: security/sudo-without-password
#   category: security
#   severity: high
#   profile: recommended
#   controls: [nist-800-53/ia-11, nist-800-53/ac-6]
#   remediation: >-
#     Remove NOPASSWD and !authenticate, or name the few commands that a program must run
#     without a password.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.sudo_without_password

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

# sudo passes over files in sudoers.d whose names hold a dot or end in a tilde.
_sudoers if regex.match(`^/etc/sudoers(?:\.d/[^/.]*[^/.~])?$`, hostfiles.path)

# Lines that end in a backslash go on, and a number sign begins a comment, save
# in a uid.
_lines := [trim_space(regex.replace(line, `(?:^|\s)#(?:[^0-9].*)?$`, "")) |
	_sudoers
	some line in split(regex.replace(hostfiles.content, `\\\r?\n`, " "), "\n")
]

deny contains {"msg": msg, "path": hostfiles.at} if {
	some line in _lines
	not startswith(line, "Defaults")
	some i, part in regex.split(`NOPASSWD\s*:`, line)
	i > 0

	# What follows the tag, up to one that asks again, without (users to run as).
	commands := regex.replace(regex.split(`PASSWD\s*:`, part)[0], `\([^)]*\)`, "")
	some command in split(commands, ",")
	regex.match(`^\s*(?:[A-Z_]+\s*:\s*)*ALL\s*(?::|$)`, command)
	msg := sprintf("%s lets %s run every command without a password", [
		names.title(input.resource),
		trim_suffix(regex.split(`[\s=]`, line)[0], ","),
	])
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some line in _lines
	regex.match(`^Defaults.*!\s*authenticate\b`, line)
	msg := sprintf("%s has sudo ask for no password (%s !authenticate)", [
		names.title(input.resource),
		regex.split(`\s`, line)[0],
	])
}
