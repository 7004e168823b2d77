# METADATA
# title: Secrets in files
# description: |
#   A File that holds a private key, or lies where secrets lie (shadow and
#   gshadow, SSH host and user keys, /etc/ssl/private, .pgpass, .netrc), must not
#   be readable by every user, and must be marked sensitive so that its content
#   stays out of diffs, reports and logs. The content of a file given by
#   spec.source is not seen; its path is.
# custom:
#   id: security/sensitive-file
#   category: security
#   severity: critical
#   profile: starter
#   controls: [nist-800-53/ac-6, nist-800-53/ia-5.7]
#   remediation: 'Set spec.mode to "0600" (or "0640" with a group of its own) and spec.sensitive: true.'
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.sensitive_file

import data.holdfast.lib.credentials
import data.holdfast.lib.hostfiles
import data.holdfast.lib.modes
import data.holdfast.lib.names

# A path may be given with or without the leading slash.
_secret_paths := [
	`(?:^|/)etc/g?shadow-?$`,
	`(?:^|/)etc/ssh/ssh_host_[a-z0-9]+_key$`,
	`(?:^|/)\.ssh/id_[a-z0-9_]+$`,
	`(?:^|/)etc/ssl/private/.`,
	`(?:^|/)\.(?:pgpass|netrc)$`,
]

_reason := "holds a private key" if {
	credentials.private_key(input.resource.spec.content)
} else := "is a place for secrets" if {
	is_string(input.resource.spec.path)
	some pattern in _secret_paths
	regex.match(pattern, input.resource.spec.path)
}

deny contains {"msg": msg, "path": hostfiles.mode_at} if {
	modes.others(hostfiles.mode, modes.read)
	msg := sprintf("%s %s, and every user can read it (mode %s)", [names.title(input.resource), _reason, hostfiles.mode])
}

deny contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.sensitive == true
	msg := sprintf("%s %s, but is not marked sensitive", [names.title(input.resource), _reason])
}
