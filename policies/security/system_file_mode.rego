# METADATA
# title: Modes of the system's own files
# description: |
#   Files that say who may log in, become root or run something on time are
#   wider open than the CIS Linux benchmarks have them (section "System File
#   Permissions", and those on cron, sudo and sshd): denied where a group may
#   change them, and reported where others than root may read them. Without
#   spec.mode the host driver gives 0644 to a file and 0755 to a directory.
#   What every user may change is found by security/world-writable, and
#   readable secrets by security/sensitive-file.
# custom:
#   id: security/system-file-mode
#   category: security
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/ac-6]
#   remediation: >-
#     Set spec.mode to the mode that the finding names, or a narrower one.
#   scope: resource
#   kinds: [host.holdfast.dev/File, host.holdfast.dev/Directory]
package holdfast.security.system_file_mode

import data.holdfast.lib.hostfiles
import data.holdfast.lib.modes
import data.holdfast.lib.names

_most := {
	`^/etc/(?:passwd|group)-?$`: "0644",
	`^/etc/g?shadow-?$`: "0640",
	`^/etc/ssh/sshd_config(?:\.d/[^/]+\.conf)?$`: "0600",
	`^/etc/sudoers(?:\.d/[^/]+)?$`: "0640",
	`^/etc/(?:crontab|anacrontab)$`: "0600",
	`^/etc/cron\.(?:d|hourly|daily|weekly|monthly)$`: "0700",
	`^/etc/cron\.(?:d|hourly|daily|weekly|monthly)/[^/]+$`: "0755",
	`^/etc/(?:cron|at)\.allow$`: "0640",
	`^/boot/grub2?/(?:grub|user)\.cfg$`: "0600",
}

_allowed := allowed if {
	some pattern, allowed in _most
	regex.match(pattern, hostfiles.path)
}

deny contains {"msg": msg, "path": hostfiles.mode_at} if {
	modes.group(hostfiles.mode, modes.write)
	not modes.others(hostfiles.mode, modes.write)
	msg := _msg
}

warn contains {"msg": msg, "path": hostfiles.mode_at} if {
	modes.beyond(hostfiles.mode, _allowed)
	not modes.group(hostfiles.mode, modes.write)
	not modes.others(hostfiles.mode, modes.write)
	not _secret
	msg := _msg
}

# That is security/sensitive-file's.
_secret if {
	regex.match(`shadow-?$`, hostfiles.path)
	modes.others(hostfiles.mode, modes.read)
}

_msg := sprintf("%s, %s, has the mode %s, wider than %s", [
	names.title(input.resource),
	hostfiles.path,
	hostfiles.mode,
	_allowed,
])
