# METADATA
# title: Backup retention
# description: |
#   A backup's configuration that keeps too little, or runs too seldom. Damage
#   is often seen only after days, when a short retention has already replaced
#   every good copy.
#
#   Looked at are Files with spec.content whose spec.path matches one of the
#   globs in the parameter backup_config_paths: YAML and JSON by their
#   structure, all others by lines of the form key = value or key: value, and
#   by options of the form --key value. Keys are compared without regard to
#   case, "-", "_" and ".". Parts about logs, metrics and the like are left out.
#   Read are
#   - retention_days, keep_days, retain_days: days, of which 0 are none;
#   - retention, retention_period, retention_policy: a duration such as 7d, or
#     "RECOVERY WINDOW OF 7 DAYS";
#   - keep_hourly, keep_daily, keep_weekly, keep_monthly, keep_yearly,
#     keep_within, and keep_last as if there were one a day: the one that
#     reaches furthest back counts;
#   - pgBackRest's repo1-retention-full: days if repo1-retention-full-type is
#     time, else full backups, of which min_full_backups are asked for;
#   - interval, frequency, schedule, cron, OnCalendar: where a recovery point
#     objective is declared, by rpo or rpo_hours beside them or by the File's
#     annotation holdfast.dev/rpo ("24h"), the longest time between two runs must
#     not be over it.
# custom:
#   id: dr/backup-retention
#   category: dr
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cp-9]
#   remediation: >-
#     Raise the retention in spec.content to at least the days that the parameter min_retention_days
#     asks for, and shorten the schedule to within the recovery point objective.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
#   params:
#     min_retention_days: 7
#     min_full_backups: 2
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
package holdfast.dr.backup_retention

import data.holdfast.lib.durations
import data.holdfast.lib.names
import data.holdfast.lib.settings

_minimum := data.holdfast.params.min_retention_days * 1440

deny contains {"msg": msg, "path": ["spec", "content"]} if {
	some section in _sections
	some kept in _kept(section.settings)
	kept.minutes < _minimum
	msg := sprintf("%s keeps backups for %s (%s), less than %s", [
		names.title(input.resource),
		durations.format(kept.minutes),
		kept.key,
		durations.format(_minimum),
	])
}

deny contains {"msg": msg, "path": ["spec", "content"]} if {
	some section in _sections
	some setting in _full_backups(section.settings, "count")
	number := settings.whole(setting.value)
	number < data.holdfast.params.min_full_backups
	msg := sprintf("%s keeps %s (%s), fewer than %d", [
		names.title(input.resource),
		_full(number),
		setting.key,
		data.holdfast.params.min_full_backups,
	])
}

deny contains {"msg": msg, "path": ["spec", "content"]} if {
	some section in _sections
	some objective in _objectives(section)
	some name, setting in section.settings
	gap := _gap(name, setting.value)
	gap > objective.minutes
	msg := sprintf("%s makes a backup every %s (%s), but may lose no more than %s (%s)", [
		names.title(input.resource),
		durations.format(gap),
		setting.key,
		durations.format(objective.minutes),
		objective.key,
	])
}

_full(1) := "1 full backup"

_full(number) := sprintf("%d full backups", [number]) if number != 1

_sections := {section |
	path := input.resource.spec.path
	is_string(path)
	is_string(input.resource.spec.content)
	some pattern in data.holdfast.params.backup_config_paths
	glob.match(pattern, ["/"], path)
	some section in settings.sections(path, input.resource.spec.content)
	not _about_something_else(section.path)
}

_about_something_else(path) if {
	some key in path
	is_string(key)
	regex.match(`(?i)^(?:.*[._-])?(?:logs?|logging|metrics|audit|traces|tracing|events|cache)$`, key)
}

# The settings of a section that say how long backups are kept.
_kept(values) := _days(values) | (_texts(values) | (_windows(values) | (_counts(values) | _full_days(values))))

_days(values) := {{"key": setting.key, "minutes": settings.whole(setting.value) * 1440} |
	some name, setting in values
	regex.match(`^(?:backups?|snapshots?|restic|borg)?(?:retention|retain|keep)(?:period|in|for)?days$`, name)
}

_duration_name := `^(?:backups?|snapshots?)?(?:retention|retentionperiod|retentionpolicy|retentiontime|retainfor|keepfor)$`

_texts(values) := {{"key": setting.key, "minutes": durations.keeping(setting.value)} |
	some name, setting in values
	regex.match(_duration_name, name)
}

# Barman's form of a duration.
_windows(values) := {{"key": setting.key, "minutes": durations.keeping(match[1])} |
	some name, setting in values
	regex.match(_duration_name, name)
	is_string(setting.value)
	some match in regex.find_all_string_submatch_n(`(?i)^recovery window of ([0-9]+ [a-z]+)$`, setting.value, 1)
}

_full_days(values) := {{"key": setting.key, "minutes": settings.whole(setting.value) * 1440} |
	some setting in _full_backups(values, "time")
}

# pgBackRest's retention of full backups, by its type, which is count if left out.
_full_backups(values, type) := {setting |
	some name, setting in values
	regex.match(`^repo[0-9]+retentionfull$`, name)
	type == _type(values, name)
}

_type(values, name) := object.get(values, [concat("", [name, "type"]), "value"], "count")

# Minutes for each that is kept of a sort.
_spans := {
	"hourly": 60,
	"daily": 1440,
	"last": 1440,
	"weekly": 10080,
	"monthly": 43200,
	"yearly": 525600,
}

# Of the sorts that are kept, the one that reaches furthest back. Where one is
# not a number that counts, such as "unlimited" or -1, nothing is said.
_counts(values) := {{"key": furthest.key, "minutes": furthest.minutes} |
	kept := [setting | some name, setting in values; regex.match(_count_name, name)]
	reaches := [reach | some name, setting in values; reach := _reach(name, setting)]
	count(kept) == count(reaches)
	most := max([reach.minutes | some reach in reaches])
	most > 0
	furthest := [reach | some reach in reaches; reach.minutes == most][0]
}

_count_name := `^(?:restic|borg)?keep(hourly|daily|last|weekly|monthly|yearly|within)$`

_reach(name, setting) := {"key": setting.key, "minutes": settings.whole(setting.value) * _spans[sort]} if {
	some match in regex.find_all_string_submatch_n(_count_name, name, -1)
	sort := match[1]
}

_reach(name, setting) := {"key": setting.key, "minutes": durations.keeping(setting.value)} if {
	endswith(name, "keepwithin")
}

# What is declared for a section: beside the schedule, or for the whole File,
# and then for the schedules at the top or under a key about backups.
_objectives(section) := {objective |
	some name, setting in section.settings
	objective := {"key": setting.key, "minutes": _objective(name, setting.value)}
} | {{"key": "holdfast.dev/rpo", "minutes": durations.length(annotation)} |
	annotation := input.resource.metadata.annotations["holdfast.dev/rpo"]
	_about_backups(section.path)
}

_objective("rpo", value) := durations.length(value)

_objective("rpohours", value) := settings.whole(value) * 60

_objective("rpominutes", value) := settings.whole(value)

_about_backups(path) if {
	every key in path {
		is_number(key)
	}
}

_about_backups(path) if {
	some key in path
	is_string(key)
	contains(lower(key), "backup")
}

_gap(name, value) := durations.interval(value) if {
	regex.match(`^(?:backup)?(?:interval|frequency|schedule|cron|oncalendar)$`, name)
}

_gap(name, value) := settings.whole(value) * 60 if regex.match(`^(?:backup)?(?:interval|frequency)hours$`, name)

_gap(name, value) := settings.whole(value) if regex.match(`^(?:backup)?(?:interval|frequency)minutes$`, name)
