# METADATA
# title: Backups that are deleted soon
# description: |
#   A Velero Schedule whose template.ttl is below min_retention_days (Velero's
#   default is 30 days), and CloudNativePG's retentionPolicy below it: damage is
#   often seen only after days, when every good copy is gone. A Schedule with a
#   short ttl passes beside others that keep backups of its namespaces for long
#   enough, such as an hourly one beside a nightly one.
# custom:
#   id: dr/backup-ttl
#   category: dr
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cp-9]
#   remediation: Raise spec.template.ttl (retentionPolicy), or add a Schedule that keeps fewer backups for longer.
#   scope: target
#   kinds: [velero.io/Schedule, postgresql.cnpg.io/Cluster, barmancloud.cnpg.io/ObjectStore]
#   params:
#     min_retention_days: 7
package holdfast.dr.backup_ttl

import data.holdfast.lib.durations
import data.holdfast.lib.names
import data.holdfast.lib.velero

_resources := data.holdfast.resources[input.target.name]

_minimum := data.holdfast.params.min_retention_days * 1440

_schedules contains schedule if {
	some by_name in _resources["velero.io/Schedule"]
	some schedule in by_name
	not schedule.spec.paused == true
}

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, schedule)} if {
	some schedule in _schedules
	kept := _kept(schedule)
	not _kept_by_others(schedule)
	msg := _msg(schedule, kept)
	path := ["spec", "template", "ttl"]
}

warn contains {"msg": msg, "path": path, "resource": names.identity(input.target.name, resource)} if {
	some kind, path in {
		"postgresql.cnpg.io/Cluster": ["spec", "backup", "retentionPolicy"],
		"barmancloud.cnpg.io/ObjectStore": ["spec", "retentionPolicy"],
	}
	some by_name in _resources[kind]
	some resource in by_name
	kept := durations.keeping(object.get(resource, path, null))
	kept < _minimum
	msg := _msg(resource, kept)
}

_msg(resource, kept) := sprintf("%s keeps backups for %s, less than %s", [
	names.title(resource),
	durations.format(kept),
	durations.format(_minimum),
])

# A ttl of 0 is Velero's default.
_kept(schedule) := minutes if {
	minutes := durations.length(schedule.spec.template.ttl)
	minutes > 0
} else := 43200

_long := {schedule | some schedule in _schedules; _kept(schedule) >= _minimum}

_long_names := {name | some schedule in _long; some name in velero.names(schedule)}

_some_long_everywhere if {
	some schedule in _long
	velero.everywhere(schedule)
}

# Of the Schedules that keep for long each is its own other.
_kept_by_others(_) if _some_long_everywhere

_kept_by_others(schedule) if {
	not velero.everywhere(schedule)
	velero.names(schedule) - _long_names == set()
}
