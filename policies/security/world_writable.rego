# METADATA
# title: Files that anyone may change
# description: |
#   A File or Directory whose mode lets every user of the machine write. A
#   directory with the sticky bit (1777, as /tmp has) is accepted, because
#   there users may remove only what is their own.
# custom:
#   id: security/world-writable
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/ac-6]
#   remediation: 'Take the write bit of others from spec.mode: "0644" for a file, "0755" for a directory.'
#   scope: resource
#   kinds:
#     - host.holdfast.dev/File
#     - host.holdfast.dev/Directory
package holdfast.security.world_writable

import data.holdfast.lib.modes
import data.holdfast.lib.names

deny contains {"msg": msg, "path": ["spec", "mode"]} if {
	mode := input.resource.spec.mode
	modes.others(mode, modes.write)
	not _shared_directory(mode)
	msg := sprintf("%s is writable by every user (mode %s)", [
		names.title(input.resource),
		mode,
	])
}

_shared_directory(mode) if {
	input.resource.kind == "Directory"
	modes.sticky(mode)
}
