package holdfast.dr.backup_retention_test

import data.holdfast.dr.backup_retention
import data.holdfast.lib.samples_test as samples

_params := {
	"min_retention_days": 7,
	"min_full_backups": 2,
	"backup_config_paths": ["**/backup*.yaml", "**/pgbackrest.conf", "**/restic*", "**/restic*/**"],
}

_deny_file(file) := found if {
	found := backup_retention.deny with input as samples.of(file) with data.holdfast.params as _params
}

_deny(path, content) := _deny_file(samples.file({"path": path, "content": content}))

_yaml(content) := _deny("/etc/app/backup.yaml", content)

_finding(what) := {{"msg": sprintf(`File "app" %s`, [what]), "path": ["spec", "content"]}}

test_six_days_are_found_and_seven_pass if {
	_yaml("retention_days: 6\n") == _finding("keeps backups for 6 days (retention_days), less than 7 days")
	_yaml("retention_days: 7\n") == set()
	_yaml("backup:\n  retention-days: 1\n") == _finding("keeps backups for 1 day (retention-days), less than 7 days")
	_yaml("retentionDays: 0\n") == _finding("keeps backups for 0 days (retentionDays), less than 7 days")
}

test_durations if {
	_yaml("retention: 36h\n") == _finding("keeps backups for 36 hours (retention), less than 7 days")
	_yaml("retention: 1w\n") == set()
	_yaml("retentionPolicy: 3d\n") == _finding("keeps backups for 3 days (retentionPolicy), less than 7 days")
	_yaml("retention_policy: RECOVERY WINDOW OF 6 DAYS\n") == _finding(concat("", [
		"keeps backups for 6 days (retention_policy), less than 7 days",
	]))
	_yaml("retention_policy: RECOVERY WINDOW OF 1 WEEKS\n") == set()

	# Without a unit it may be anything.
	_yaml("retention: 3\n") == set()
	_yaml("comment: recovery window of 2 days\n") == set()
}

test_the_parameter_moves_the_border if {
	file := samples.file({"path": "/etc/backup.yaml", "content": "retention_days: 29"})
	params := object.union(_params, {"min_retention_days": 30})
	found := backup_retention.deny with input as samples.of(file) with data.holdfast.params as params
	found == _finding("keeps backups for 29 days (retention_days), less than 30 days")
}

test_what_reaches_furthest_back_counts if {
	_yaml("keep_daily: 3\n") == _finding("keeps backups for 3 days (keep_daily), less than 7 days")
	_yaml("keep_hourly: 48\nkeep_daily: 6\n") == _finding("keeps backups for 6 days (keep_daily), less than 7 days")
	_yaml("keep_daily: 3\nkeep_weekly: 1\n") == set()
	_yaml("keep_daily: 1\nkeep_within: 2m\n") == set()
	_yaml("keep_within: 2d12h\n") == _finding("keeps backups for 60 hours (keep_within), less than 7 days")
	_yaml("keep_within: 60s\n") == _finding("keeps backups for 1 minute (keep_within), less than 7 days")
	_yaml("keep_daily: 3\ntimeout: 2h\n") == _finding("keeps backups for 3 days (keep_daily), less than 7 days")
	_yaml("keep_last: 6\n") == _finding("keeps backups for 6 days (keep_last), less than 7 days")
}

# 167 hours are an hour short of seven days; a week is seven.
test_each_sort_has_its_span if {
	_yaml("keep_hourly: 167\n") == _finding("keeps backups for 167 hours (keep_hourly), less than 7 days")
	_yaml("keep_hourly: 168\n") == set()
	params := object.union(_params, {"min_retention_days": 366})
	every content, kept in {"keep_weekly: 52": "364 days", "keep_monthly: 12": "360 days", "keep_yearly: 1": "365 days"} {
		file := samples.file({"path": "/etc/backup.yaml", "content": content})
		found := backup_retention.deny with input as samples.of(file) with data.holdfast.params as params
		{f.msg | some f in found} == {sprintf(`File "app" keeps backups for %s (%s), less than 366 days`, [
			kept,
			split(content, ":")[0],
		])}
	}
}

# Borg and restic take 0 as not set.
test_keeping_none_of_any_sort_passes if {
	_yaml("keep_daily: 0\nkeep_weekly: 0\n") == set()
	count(_yaml("keep_daily: 1\nkeep_weekly: 0\n")) == 1
}

test_what_keeps_without_end_passes if {
	_yaml("keep_daily: 3\nkeep_monthly: unlimited\n") == set()
	_yaml("keep_daily: 3\nkeep_yearly: -1\n") == set()
}

# Two jobs in one file are two policies.
test_sections_are_judged_apart if {
	content := "jobs:\n- name: a\n  keep_daily: 30\n- name: b\n  keep_daily: 2\n"
	_yaml(content) == _finding("keeps backups for 2 days (keep_daily), less than 7 days")
}

test_command_lines if {
	_deny("/etc/restic/forget.sh", "#!/bin/sh\nrestic forget --prune --keep-daily 3\n") == _finding(concat("", [
		"keeps backups for 3 days (keep-daily), less than 7 days",
	]))
	_deny("/etc/restic/forget.sh", "restic forget --keep-daily 3 --keep-weekly=4\n") == set()
	_deny("/etc/restic-env", "export RESTIC_KEEP_DAILY=\"5\"\n") == _finding(concat("", [
		"keeps backups for 5 days (RESTIC_KEEP_DAILY), less than 7 days",
	]))
}

test_pgbackrest_counts_full_backups_or_days if {
	_deny("/etc/pgbackrest.conf", "[global]\nrepo1-retention-full=1\n") == _finding(concat("", [
		"keeps 1 full backup (repo1-retention-full), fewer than 2",
	]))
	_deny("/etc/pgbackrest.conf", "[global]\nrepo2-retention-full=0\n") == _finding(concat("", [
		"keeps 0 full backups (repo2-retention-full), fewer than 2",
	]))
	_deny("/etc/pgbackrest.conf", "[global]\nrepo1-retention-full=2\n") == set()

	days := "[global]\nrepo1-retention-full=%d\nrepo1-retention-full-type=time\n"
	_deny("/etc/pgbackrest.conf", sprintf(days, [6])) == _finding(concat("", [
		"keeps backups for 6 days (repo1-retention-full), less than 7 days",
	]))
	_deny("/etc/pgbackrest.conf", sprintf(days, [7])) == set()
}

test_a_schedule_over_the_objective_is_found if {
	_yaml("schedule: '0 */6 * * *'\nrpo: 4h\n") == _finding(concat("", [
		"makes a backup every 6 hours (schedule), but may lose no more than 4 hours (rpo)",
	]))
	_yaml("interval_hours: 25\nrpo_hours: 24\n") == _finding(concat("", [
		"makes a backup every 25 hours (interval_hours), but may lose no more than 1 day (rpo_hours)",
	]))
}

# From Friday to Monday are three days.
test_the_longest_time_counts if {
	_yaml("schedule: '0 2 * * 1-5'\nrpo: 24h\n") == _finding(concat("", [
		"makes a backup every 3 days (schedule), but may lose no more than 1 day (rpo)",
	]))
}

test_a_schedule_within_the_objective_passes if {
	_yaml("schedule: '0 2 * * *'\nrpo: 24h\n") == set()
	_yaml("interval: 30m\nrpo_minutes: 30\n") == set()
	count(_yaml("interval_minutes: 31\nrpo_minutes: 30\n")) == 1
	_yaml("timeout: 2h\nrpo: 1h\n") == set()
	_yaml("schedule: weekly\n") == set()
}

_annotated_file(more) := object.union(samples.file({"path": "/etc/app/backup.yaml"}), more)

test_the_annotation_declares_it_for_the_file if {
	of := _annotated_file({"metadata": {"annotations": {"holdfast.dev/rpo": "24h"}}})
	every content in ["schedule: '@weekly'\n", "backups:\n  db:\n    schedule: '@weekly'\n"] {
		file := object.union(of, {"spec": {"content": content}})
		_deny_file(file) == _finding(concat("", [
			"makes a backup every 7 days (schedule), but may lose no more than 1 day (holdfast.dev/rpo)",
		]))
	}
	every content in ["schedule: '@daily'\n", "check:\n  schedule: '@weekly'\n", "checks:\n- schedule: '@weekly'\n"] {
		_deny_file(object.union(of, {"spec": {"content": content}})) == set()
	}
}

test_other_files_and_other_settings_pass if {
	_deny("/etc/app/app.yaml", "retention_days: 1\n") == set()
	_yaml("logs:\n  retention_days: 1\n") == set()
	_yaml("log_retention_days: 1\nsession_days: 1\n") == set()
	_yaml("# retention_days: 1\n") == set()
	_yaml("retention_days: {{ days }}\n") == set()
}

test_a_file_without_content_passes if {
	_deny_file(samples.file({"path": "/etc/app/backup.yaml", "source": "files/backup.yaml"})) == set()
	_deny(5, "retention_days: 1\n") == set()
	_yaml(5) == set()
}

good_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: backup
spec:
  path: /etc/shop/backup.yaml
  content: |
    retention_days: 30
    schedule: "0 */6 * * *"
    rpo: 6h
`

bad_example := `apiVersion: host.holdfast.dev/v1
kind: File
metadata:
  name: backup
spec:
  path: /etc/shop/backup.yaml
  content: |
    retention_days: 3
`
