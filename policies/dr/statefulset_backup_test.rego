package holdfast.dr.statefulset_backup_test

import data.holdfast.dr.statefulset_backup
import data.holdfast.lib.samples_test as samples

_db := _stateful_set({})

_stateful_set(annotations) := ["apps/StatefulSet", {
	"apiVersion": "apps/v1",
	"kind": "StatefulSet",
	"metadata": {"name": "db", "namespace": "shop", "annotations": annotations},
	"spec": {
		"selector": {"matchLabels": {"app": "db"}},
		"template": {"metadata": {"labels": {"app": "db"}}},
		"volumeClaimTemplates": [{"metadata": {"name": "data"}}, {"metadata": {"name": "wal"}}],
	},
}]

_schedule(name, template) := ["velero.io/Schedule", {
	"kind": "Schedule",
	"metadata": {"name": name, "namespace": "velero"},
	"spec": {"schedule": "0 3 * * *", "template": template},
}]

_deny(resources) := found if {
	found := statefulset_backup.deny with data.holdfast.resources as resources with input as object.union(
		samples.of(null),
		{"target": null},
	)
}

_not_saved(i, claim) := {
	"msg": sprintf(`no backup holds the data of volume claim %q of StatefulSet "db"`, [claim]),
	"path": ["spec", "volumeClaimTemplates", i],
	"resource": {
		"target": "prod",
		"apiVersion": "apps/v1",
		"kind": "StatefulSet",
		"namespace": "shop",
		"name": "db",
	},
}

test_no_schedule_is_found_for_each_claim if {
	_deny(samples.stored({_db})) == {_not_saved(0, "data"), _not_saved(1, "wal")}
}

test_a_schedule_of_another_namespace_is_found if {
	count(_deny(samples.stored({_db, _schedule("nightly", {"includedNamespaces": ["shop-2"]})}))) == 2
}

test_one_claim_that_is_left_out_is_found if {
	nightly := _schedule("nightly", {
		"labelSelector": {"matchLabels": {"save": "yes"}},
		"includedResources": ["pvc"],
	})
	templates := [{"metadata": {"name": "data", "labels": {"save": "yes"}}}, {"metadata": {"name": "wal"}}]
	labelled := ["apps/StatefulSet", object.union(_db[1], {"spec": {"volumeClaimTemplates": templates}})]
	_deny(samples.stored({labelled, nightly})) == {_not_saved(1, "wal")}
}

test_a_schedule_passes if {
	_deny(samples.stored({_db, _schedule("nightly", {"includedNamespaces": ["shop"]})})) == set()
}

test_two_schedules_pass_together if {
	_deny(samples.stored({
		_db,
		_schedule("config", {"includedResources": ["configmaps"]}),
		_schedule("nightly", {"labelSelector": {"matchLabels": {"app": "db"}}}),
	})) == set()
}

test_an_annotation_with_a_reason_passes if {
	_deny(samples.stored({_stateful_set({"holdfast.dev/backup": "pgBackRest to s3://shop-backups, hourly"})})) == set()
	count(_deny(samples.stored({_stateful_set({"holdfast.dev/backup": " "})}))) == 2
}

test_other_tools_pass if {
	source := ["volsync.backube/ReplicationSource", {
		"kind": "ReplicationSource",
		"metadata": {"name": "db", "namespace": "shop"},
		"spec": {"sourcePVC": "data-db-0", "trigger": {"schedule": "@daily"}},
	}]
	_deny(samples.stored({_db, source})) == {_not_saved(1, "wal")}
	policy := ["config.kio.kasten.io/Policy", {"kind": "Policy", "metadata": {"name": "a", "namespace": "kasten-io"}}]
	_deny(samples.stored({_db, policy})) == set()
}

test_no_claims_pass if {
	stateless := ["apps/StatefulSet", object.remove(_db[1], ["spec"])]
	_deny(samples.stored({stateless})) == set()
	_deny({}) == set()
}

test_a_namespace_that_excludes_itself_is_found if {
	namespace := ["core/Namespace", {
		"kind": "Namespace",
		"metadata": {"name": "shop", "labels": {"velero.io/exclude-from-backup": "true"}},
	}]
	count(_deny(samples.stored({_db, _schedule("nightly", {}), namespace}))) == 2

	labelled := ["core/Namespace", {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "shop"}}}]
	_deny(samples.stored({_db, _schedule("nightly", {}), labelled})) == set()
}

test_schedules_of_another_target_count_only_if_there_are_none_here if {
	velero := samples.stored({_schedule("all", {})}).prod
	_deny({"prod": samples.stored({_db}).prod, "platform": velero}) == set()

	elsewhere := samples.stored({_db, _schedule("other", {"includedNamespaces": ["other"]})}).prod
	count(_deny({"prod": elsewhere, "platform": velero})) == 2
}

good_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
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

bad_example := `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: shop
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
    includedNamespaces: [other]
`
