# METADATA
# title: Backups on the disk that they are for
# description: |
#   pgBackRest on a database's own host with repositories of type posix (the
#   default) and no repo1-host keeps the backups on the machine whose loss they are
#   for (pgbackrest.org, "User Guide", dedicated repository host and object
#   stores), as do restic and borg with a directory for their repository. Looked at
#   are Files with spec.content as in dr/backup-retention. A path below /mnt, /media,
#   /net, /nfs or /srv/nfs is taken for a mount of other storage.
# custom:
#   id: dr/backup-same-host
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-9, nist-800-53/cp-6]
#   remediation: >-
#     Add a repository on another host (repo1-host, sftp:) or in object storage (repo1-type=s3), or mount
#     other storage at the path.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
#   params:
#     backup_config_paths:
#       - '**/backup*.yaml'
#       - '**/backup*.yml'
#       - '**/backup*.json'
#       - '**/*backup*.conf'
#       - '**/pgbackrest.conf'
#       - '**/pgbackrest/**.conf'
#       - '**/restic*'
#       - '**/restic*/**'
#       - '**/borgmatic*/**.yaml'
package holdfast.dr.backup_same_host

import data.holdfast.lib.names
import data.holdfast.lib.settings

warn contains {"msg": msg, "path": ["spec", "content"]} if {
	_looked_at
	settings_of := _merged
	some name, setting in settings_of
	_is_repository(name, settings_of)
	_on_this_disk(setting.value)
	count({n | some n, other in settings_of; _is_elsewhere(n, other.value)}) == 0
	msg := sprintf("%s stores backups on the host itself (%s %s)", [names.title(input.resource), setting.key, setting.value])
}

_looked_at if {
	is_string(input.resource.spec.path)
	is_string(input.resource.spec.content)
	some pattern in data.holdfast.params.backup_config_paths
	glob.match(pattern, ["/"], input.resource.spec.path)
}

# One tool's file is about one host, whatever its sections.
_merged := object.union_n([section.settings | some section in settings.sections(input.resource.spec.path, input.resource.spec.content)])

# pgBackRest's repository is on a host of its own where a database's host is named.
_is_repository(name, settings_of) if {
	regex.match(`^repo[0-9]+path$`, name)
	not _names_a_database_host(settings_of)
}

_is_repository(name, _) if name in {"resticrepository", "borgrepo"}

_names_a_database_host(settings_of) if {
	some name, _ in settings_of
	regex.match(`^pg[0-9]+host$`, name)
}

_is_elsewhere(name, _) if regex.match(`^repo[0-9]+host$`, name)

_is_elsewhere(name, value) if {
	regex.match(`^repo[0-9]+type$`, name)
	value in {"s3", "gcs", "azure", "sftp", "cifs"}
}

_on_this_disk(value) if {
	is_string(value)
	startswith(value, "/")
	not regex.match(`^/(?:mnt|media|net|nfs|srv/nfs)/`, value)
}
