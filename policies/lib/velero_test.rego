package holdfast.lib.velero_test

import data.holdfast.lib.data_claims
import data.holdfast.lib.velero

_template := {"metadata": {"name": "data", "labels": {"backup": "claim"}}}

_stateful_set := {
	"kind": "StatefulSet",
	"metadata": {"name": "db", "namespace": "shop"},
	"spec": {
		"selector": {"matchLabels": {"app": "db"}},
		"template": {"metadata": {"labels": {"app": "db", "tier": "back"}}},
		"volumeClaimTemplates": [_template],
	},
}

_backs_up(schedule, namespace, stateful_set, template) if {
	velero.saves(schedule, data_claims.of_template(namespace, stateful_set, template))
}

_annotated(name, value) := object.union(
	_stateful_set,
	{"spec": {"template": {"metadata": {"annotations": {name: value}}}}},
)

_saves(template) if _backs_up({"spec": {"template": template}}, "shop", _stateful_set, _template)

_saves_of(template, stateful_set) if _backs_up({"spec": {"template": template}}, "shop", stateful_set, _template)

# A pod that is taken brings its claim only if volumes may be, and it is not
# excluded itself.
test_any_pod_will_do if {
	pods := [
		{"labels": {"app": "a"}, "annotations": {}, "volume": "data"},
		{"labels": {"app": "b"}, "annotations": {}, "volume": "data"},
	]
	claim := {"namespace": "shop", "labels": {}, "pods": pods}
	of_b := {"labelSelector": {"matchLabels": {"app": "b"}}}
	velero.saves({"spec": {"template": of_b}}, claim)
	not velero.saves({"spec": {"template": of_b}}, object.union(claim, {"pods": [pods[0]]}))
	not velero.saves({"spec": {"template": of_b}}, object.union(claim, {"pods": []}))
}

_template_of(template) := {"spec": {"template": template}}

test_where_a_schedule_looks if {
	every names in [[], null, ["*"], ["a", "b*"], ["[ab]"]] {
		velero.everywhere(_template_of({"includedNamespaces": names}))
	}
	not velero.everywhere(_template_of({"includedNamespaces": ["a", "b-1"]}))
	not velero.everywhere(_template_of({"includedNamespaces": ["a", 5]}))
	velero.names(_template_of({"includedNamespaces": ["a", "b-1", 5]})) == {"a", "b-1"}
	velero.names(_template_of({})) == set()
}

test_a_label_that_all_have if {
	labels := {"labelSelector": {"matchLabels": {"app": "web", "a": "b"}}}
	velero.label(_template_of(labels)) == ["a", "b"]
	not velero.label(_template_of(object.union(labels, {"orLabelSelectors": [{}]})))
	not velero.label(_template_of({}))
	not velero.label(_template_of({"labelSelector": {"matchLabels": {}}}))
}

_saves_shop(template) if velero.saves_namespace(_template_of(template), "shop")

test_a_whole_namespace if {
	_saves_shop({})
	_saves_shop({"snapshotVolumes": false, "defaultVolumesToFsBackup": true})
	not _saves_shop({"snapshotVolumes": false})
	not _saves_shop({"includedNamespaces": ["other"]})
	not _saves_shop({"includedNamespaces": ["other"], "defaultVolumesToFsBackup": true})
	not _saves_shop({"labelSelector": {}})
	not _saves_shop({"labelSelector": {}, "defaultVolumesToFsBackup": true})
	not _saves_shop({"orLabelSelectors": [{"matchLabels": {"app": "a"}}]})
	not _saves_shop({"excludedResources": ["pvc"]})
}

test_volumes_left_out if {
	velero.leaves_volumes_out({"snapshotVolumes": false})
	velero.leaves_volumes_out({"snapshotVolumes": false, "defaultVolumesToFsBackup": false})
	velero.leaves_volumes_out({"includedResources": ["configmaps"]})
	velero.leaves_volumes_out({"excludedResources": ["pvc"]})
	not velero.leaves_volumes_out({"snapshotVolumes": false, "defaultVolumesToFsBackup": true})
	not velero.leaves_volumes_out({})
}

test_everything_is_saved_by_default if {
	_saves({})
	_saves({"includedNamespaces": null, "labelSelector": null})
}

test_namespaces if {
	every names in [["shop"], ["*"], ["other", "shop"], ["sh*"], ["sho?"], ["[r-t]hop"], [5, "shop"]] {
		_saves({"includedNamespaces": names})
		not _saves({"excludedNamespaces": names})
	}
	every names in [["other"], ["shop-2"], ["hop"], ["sh"], ["[a-c]hop"], ["[z-a]hop"], ["["], ["s.op"]] {
		not _saves({"includedNamespaces": names})
		_saves({"excludedNamespaces": names})
	}
}

test_resource_types if {
	every types in [["persistentvolumeclaims"], ["pvc"], ["*"], ["pods", "PersistentVolumeClaims"], ["pvcs"], ["persistentvolumeclaim"], [5, "pvc"]] {
		_saves({"includedResources": types})
		_saves({"includedNamespaceScopedResources": types})
		not _saves({"excludedResources": types})
		not _saves({"excludedNamespaceScopedResources": types})
	}
	not _saves({"includedResources": ["statefulsets", "pods"]})
	not _saves({"includedNamespaceScopedResources": ["pods"]})
	_saves({"excludedResources": ["secrets"]})
}

# The labels of the claim are its template's and those of the StatefulSet's selector.
test_labels_of_the_claim if {
	_saves({"labelSelector": {"matchLabels": {"backup": "claim", "app": "db"}}})
	not _saves({"labelSelector": {"matchLabels": {"backup": "pod"}}})
	_saves({"orLabelSelectors": [{"matchLabels": {"app": "web"}}, {"matchLabels": {"app": "db"}}]})
	not _saves({"orLabelSelectors": [{"matchLabels": {"app": "web"}}]})
	_saves({"labelSelector": {}})
}

# Velero takes a pod's claims along with the pod.
test_labels_of_the_pod if {
	of_pod := {"labelSelector": {"matchLabels": {"tier": "back"}}}
	_saves(of_pod)
	not _saves(object.union(of_pod, {"includedResources": ["pvc"]}))
	every type in ["pods", "pod", "po", "*"] {
		_saves(object.union(of_pod, {"includedResources": ["pvc", type]}))
	}
}

test_the_label_that_excludes if {
	label := {"metadata": {"labels": {"velero.io/exclude-from-backup": "true"}}}
	claim := object.union(_template, label)
	not _backs_up({"spec": {"template": {}}}, "shop", _stateful_set, claim)

	pod := object.union(_stateful_set, {"spec": {"template": label}})
	of_pod := {"labelSelector": {"matchLabels": {"tier": "back"}}}
	not _saves_of(of_pod, pod)
	_saves_of({}, pod)
}

test_a_paused_schedule_saves_nothing if {
	_backs_up({"spec": {"paused": false, "template": {}}}, "shop", _stateful_set, _template)
	not _backs_up({"spec": {"paused": true, "template": {}}}, "shop", _stateful_set, _template)
	not _backs_up({"spec": {}}, "shop", _stateful_set, _template)
}

test_without_snapshots_the_files_must_be_copied if {
	off := {"snapshotVolumes": false}
	not _saves(off)
	_saves({"snapshotVolumes": true})
	_saves(object.union(off, {"defaultVolumesToFsBackup": true}))

	# Files are copied out of pods.
	not _saves(object.union(off, {"defaultVolumesToFsBackup": true, "excludedResources": ["pods"]}))
}

test_annotations_about_volumes if {
	off := {"snapshotVolumes": false}
	all := {"snapshotVolumes": false, "defaultVolumesToFsBackup": true}
	named := "backup.velero.io/backup-volumes"
	excluded := "backup.velero.io/backup-volumes-excludes"
	_saves_of(off, _annotated(named, "tmp,data"))
	not _saves_of(off, _annotated(named, "tmp"))
	not _saves_of(off, _annotated(named, 5))
	not _saves_of(all, _annotated(excluded, "data"))
	_saves_of(all, _annotated(excluded, "tmp"))

	# Where all are copied, the annotation that names some is not read.
	both := {"spec": {"template": {"metadata": {"annotations": {named: "data", excluded: "data"}}}}}
	not _saves_of(all, object.union(_stateful_set, both))

	# A snapshot is taken all the same.
	_saves_of({"defaultVolumesToFsBackup": true}, _annotated(excluded, "data"))
}
