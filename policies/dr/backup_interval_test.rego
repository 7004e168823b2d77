package holdfast.dr.backup_interval_test

import data.holdfast.dr.backup_interval
import data.holdfast.lib.clusters_test as clusters

_rpo(text) := {"holdfast.dev/rpo": text}

_db := clusters.with_spec(clusters.workload("StatefulSet", "db", 1), {"volumeClaimTemplates": [
	{"metadata": {"name": "data"}},
	{"metadata": {"name": "wal"}},
]})

_files := clusters.make("v1", "PersistentVolumeClaim", "files", {})

_schedule(name, cron, template) := clusters.at(
	clusters.make("velero.io/v1", "Schedule", name, {"schedule": cron, "template": template}),
	{"namespace": "velero"},
)

_nightly := _schedule("nightly", "0 3 * * *", {})

_deny_with(resources, objectives) := found if {
	found := backup_interval.deny with data.holdfast.resources as clusters.of(resources)
		with data.holdfast.params as {"dr_objectives": objectives}
		with input as clusters.about_all
}

_deny(resources) := _deny_with(resources, {})

test_a_stateful_set_saved_too_seldom_is_found if {
	_deny([clusters.annotated(_db, _rpo("4h")), _nightly]) == {finding |
		some i, claim in ["data", "wal"]
		finding := {
			"msg": sprintf(
				`the data of volume claim %q of StatefulSet "db" are backed up every 1 day (Schedule "nightly"), %s`,
				[claim, "but no more than 4 hours may be lost (holdfast.dev/rpo)"],
			),
			"path": ["spec", "volumeClaimTemplates", i],
			"resource": clusters.identity(_db),
		}
	}
}

test_a_claim_saved_too_seldom_is_found if {
	_deny_with([_files, _nightly], {"default": {"rpo": "6h"}}) == {{
		"msg": concat("", [
			`the data of PersistentVolumeClaim "files" are backed up every 1 day (Schedule "nightly"), `,
			"but no more than 6 hours may be lost (dr_objectives.default)",
		]),
		"path": ["spec"],
		"resource": clusters.identity(_files),
	}}
}

test_often_enough_passes if {
	_deny([clusters.annotated(_db, _rpo("24h")), _nightly]) == set()
	_deny([clusters.annotated(_files, _rpo("24h")), _nightly]) == set()
	count(_deny([clusters.annotated(_files, _rpo("23h")), _nightly])) == 1

	# Not on Saturdays and Sundays.
	count(_deny([clusters.annotated(_files, _rpo("24h")), _schedule("a", "0 3 * * 1-5", {})])) == 1
}

test_the_most_frequent_counts if {
	_deny([clusters.annotated(_files, _rpo("6h")), _nightly, _schedule("more", "0 */6 * * *", {})]) == set()
	other := _schedule("more", "0 */6 * * *", {"includedNamespaces": ["other"]})
	count(_deny([clusters.annotated(_files, _rpo("6h")), _nightly, other])) == 1
	count(_deny([clusters.annotated(_db, _rpo("6h")), _nightly, other])) == 2
}

test_nothing_declared_passes if {
	_deny([_db, _files, _nightly]) == set()
}

test_no_backup_is_another_rules if {
	_deny([clusters.annotated(_db, _rpo("1h")), clusters.annotated(_files, _rpo("1h"))]) == set()
}

test_schedules_that_are_not_known_pass if {
	source := clusters.make("volsync.backube/v1alpha1", "ReplicationSource", "a", {"sourcePVC": "files"})
	_deny([clusters.annotated(_files, _rpo("1h")), _nightly, source]) == set()
	_deny([clusters.annotated(_files, _rpo("1h")), _nightly, clusters.make("longhorn.io/v1", "RecurringJob", "a", {})]) == set()
	_deny([clusters.annotated(_files, _rpo("1h")), _schedule("a", "@reboot", {})]) == set()
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
  annotations:
    holdfast.dev/rpo: 6h
spec:
  volumeClaimTemplates:
    - metadata: {name: data}
---
apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: four-times-a-day
  namespace: velero
spec:
  schedule: "0 */6 * * *"
  template:
    includedNamespaces: [shop]
`

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
  annotations:
    holdfast.dev/rpo: 6h
spec:
  volumeClaimTemplates:
    - metadata: {name: data}
---
apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: nightly
  namespace: velero
spec:
  schedule: "0 3 * * *"
  template:
    includedNamespaces: [shop]
`
