# METADATA
# title: Backups whose restore was not tried
# description: |
#   A backup counts once something was restored from it (NIST SP 800-53, CP-9(1)
#   and CP-4). The annotation holdfast.dev/restore-tested of a Velero Schedule or
#   CloudNativePG ScheduledBackup says when that was last done, as a date
#   (2026-03-31) or time of RFC 3339; it must be there, not lie in the future, and
#   not be older than the parameter max_restore_test_age_days.
# custom:
#   id: dr/restore-tested
#   category: dr
#   severity: medium
#   profile: strict
#   controls: [nist-800-53/cp-9, nist-800-53/cp-4]
#   remediation: Restore the backup into another namespace or cluster, and note the date in the annotation.
#   scope: resource
#   kinds: [velero.io/Schedule, postgresql.cnpg.io/ScheduledBackup]
#   params:
#     max_restore_test_age_days: 180
package holdfast.dr.restore_tested

import data.holdfast.lib.names

_annotation := "holdfast.dev/restore-tested"

_day_ns := 86400000000000

_date(days_ago) := time.format([time.now_ns() - (days_ago * _day_ns), "UTC", "2006-01-02"])

warn contains {"msg": msg, "path": ["metadata"]} if {
	not _tested
	msg := sprintf("%s does not say when a restore from its backups was last tried", [names.title(input.resource)])
}

warn contains {"msg": msg, "path": ["metadata", "annotations", _annotation]} if {
	why := _fault(_tested)
	msg := sprintf("a restore from the backups of %s was last tried on %s, %s", [
		names.title(input.resource),
		_tested,
		why,
	])
}

_tested := substring(text, 0, 10) if {
	text := input.resource.metadata.annotations[_annotation]
	is_string(text)
	regex.match(`^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:T|$)`, text)
}

_fault(date) := sprintf("more than %d days ago", [days]) if {
	days := data.holdfast.params.max_restore_test_age_days
	date < _date(days)
}

_fault(date) := "which is in the future" if date > _date(0)
