# METADATA
# title: What backs a volume claim up
# description: |
#   The backups that hold the data of a volume claim: Velero's, of the target's
#   own Schedules or, if it has none, of those of all targets, since Velero is
#   often installed from another; those of VolSync, K8up and SnapScheduler; and
#   dumps by a CronJob. Of some tools it is known only that they are there.
package holdfast.lib.backups

import data.holdfast.lib.groups
import data.holdfast.lib.names
import data.holdfast.lib.selectors
import data.holdfast.lib.velero

# held is true if some backup holds the data of the target's claim.
held(target, claim) if {
	not _namespace_excluded(target, claim.namespace)
	some id in _candidates(target, claim)
	velero.takes(_schedule(id), claim)
}

held(target, claim) if _others(target, claim) != set()

held(target, claim) if unread(target, claim.namespace)

# keepers are the backups that hold the data of the target's claim, each with its
# name for messages and its schedule.
keepers(target, claim) := _others(target, claim) | {_keeper_of_velero(id) |
	not _namespace_excluded(target, claim.namespace)
	some id in _candidates(target, claim)
	velero.takes(_schedule(id), claim)
}

_keeper_of_velero(id) := _keeper(_schedule(id), object.get(_schedule(id).spec, "schedule", null))

# unread is true where a tool is at work of which it cannot be told what it saves.
unread(_, _) if _everywhere != set()

unread(target, namespace) if [target, namespace] in _in_namespace

# whole_namespace is true if Velero saves all volumes of the target's namespace.
whole_namespace(target, namespace) if {
	not _namespace_excluded(target, namespace)
	some id in _candidates(target, {"namespace": namespace})
	velero.saves_namespace(_schedule(id), namespace)
}

_namespace_excluded(target, namespace) if {
	velero.excluded(data.holdfast.resources[target]["core/Namespace"][""][namespace].metadata.labels)
}

# Velero's Schedules that look at the claim's namespace and may take the claim
# in, by the places at which a claim may find them: of which targets, of a
# namespace or all, and by a label or whatever the labels. They are known by their
# ids, by which the answer of a function is found again.
_candidates(target, claim) := {id |
	pool := _pool(target)
	some namespace in [claim.namespace, "*"]
	some label in _labels(claim)
	some id in object.get(_schedules, [[pool, namespace, label]], [])
	_looks_at(id, claim.namespace)
}

# A function that is undefined is evaluated anew each time.
_looks_at(id, namespace) if {
	velero.looks_at(_schedule(id), namespace)
} else := false

_schedule([target, namespace, name]) := data.holdfast.resources[target]["velero.io/Schedule"][namespace][name]

_labels(claim) := {[]} | {[key, value] |
	some labels in array.concat([claim.labels], [pod.labels | some pod in claim.pods])
	some key, value in labels
}

_pool(target) := target if {
	target in _with_schedules
} else := ""

_with_schedules := {target |
	some target, kinds in data.holdfast.resources
	_ := kinds["velero.io/Schedule"]
}

# What no target names is in target default, so that "" is none's name.
_schedules := groups.distinct_by_first([[[pool, place, label], [target, namespace, name]] |
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["velero.io/Schedule"]
	some name, schedule in by_name
	label := _label(schedule)
	some place in _places(schedule)
	some pool in [target, ""]
])

_label(schedule) := label if {
	label := velero.label(schedule)
} else := []

_places(schedule) := {"*"} if {
	velero.everywhere(schedule)
} else := velero.names(schedule)

# What other tools back up.
_others(target, claim) := (_replicated(target, claim) | _in_whole_namespace(target, claim)) | _dumped(target, claim)

_replicated(target, claim) := {keeper |
	some source in {object.get(claim, "name", null), object.get(claim, "stem", null)}
	some keeper in object.get(_sources, [[target, claim.namespace, source]], [])
}

# VolSync's sources, by the claim's name with and without a number at its end.
_sources := groups.distinct_by_first([[[target, namespace, name], keeper] |
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["volsync.backube/ReplicationSource"]
	some source in by_name
	not source.spec.paused == true
	not _by_hand(source)
	is_string(source.spec.sourcePVC)
	keeper := _keeper(source, object.get(source.spec, ["trigger", "schedule"], null))
	some name in {source.spec.sourcePVC, regex.replace(source.spec.sourcePVC, `-[0-9]+$`, "")}
])

_by_hand(source) if is_string(source.spec.trigger.manual)

_keeper(resource, schedule) := {"title": names.title(resource), "schedule": schedule}

# K8up saves all claims of its Schedule's namespace but those that say no;
# SnapScheduler those that its selector selects.
_in_whole_namespace(target, claim) := {_keeper(schedule, schedule.spec.backup.schedule) |
	not claim.annotations["k8up.io/backup"] == "false"
	some schedule in data.holdfast.resources[target]["k8up.io/Schedule"][claim.namespace]
	is_string(schedule.spec.backup.schedule)
} | {_keeper(schedule, schedule.spec.schedule) |
	some schedule in data.holdfast.resources[target]["snapscheduler.backube/SnapshotSchedule"][claim.namespace]
	is_object(schedule.spec)
	not schedule.spec.disabled == true
	selectors.matches(object.get(schedule.spec, "claimSelector", {}), claim.labels)
}

_dumped(target, claim) := {keeper |
	some word in claim.words
	some keeper in object.get(_dumps, [[target, claim.namespace, word]], [])
}

_tools := concat("", [
	`\b(?:pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mariabackup|xtrabackup|mydumper|mongodump|wal-g|pgbackrest`,
	`|barman|restic|kopia|borg|borgmatic|rclone|duplicity|clickhouse-backup)\b|backup`,
])

# CronJobs that run a tool for backups, by the words of what they are told.
_dumps := groups.distinct_by_first([[[target, namespace, word], _keeper(job, job.spec.schedule)] |
	some target, kinds in data.holdfast.resources
	some namespace, by_name in kinds["batch/CronJob"]
	some job in by_name
	not job.spec.suspend == true
	spec := job.spec.jobTemplate.spec.template.spec
	regex.match(_tools, json.marshal([told |
		some container in spec.containers
		some field in ["image", "command", "args"]
		told := container[field]
	]))
	some word in regex.find_n(`[a-z0-9]+(?:-[a-z0-9]+)*`, json.marshal(_told(spec)), -1)
])

# The names by which a job may know what it saves: not its image, which has the
# database's own name.
_told(spec) := {word |
	some container in spec.containers
	some field in ["command", "args"]
	some word in container[field]
} | ({value | some container in spec.containers; some variable in container.env; value := variable.value} | {claim |
	some volume in spec.volumes
	claim := volume.persistentVolumeClaim.claimName
})

# Tools whose choice of volumes is not read, some of which look at one namespace.
_everywhere := {kind |
	some kind in {"config.kio.kasten.io/Policy", "longhorn.io/RecurringJob", "stork.libopenstorage.org/ApplicationBackupSchedule"}
	some by_name in data.holdfast.resources[_][kind][_]
}

_in_namespace := {[target, namespace] |
	some kind in {
		"stash.appscode.com/BackupConfiguration",
		"core.kubestash.com/BackupConfiguration",
		"gemini.fairwinds.com/SnapshotGroup",
		"stork.libopenstorage.org/VolumeSnapshotSchedule",
	}
	some target, kinds in data.holdfast.resources
	some namespace, _ in kinds[kind]
}
