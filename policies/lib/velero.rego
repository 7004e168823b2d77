# METADATA
# title: What Velero backs up
# description: |
#   Whether a Velero Schedule backs up the data of a volume claim, by the fields
#   of BackupSpec (velero.io/v1). resourcePolicy, which lies in a ConfigMap, is
#   not read.
package holdfast.lib.velero

import data.holdfast.lib.selectors

# saves is true if backups of the Schedule hold the data of a claim, which is
# {"namespace", "labels", "pods"}; each of the pods that mount it is {"labels",
# "annotations", "volume"}, the latter the name by which the pod knows it.
saves(schedule, claim) if {
	looks_at(schedule, claim.namespace)
	takes(schedule, claim)
}

# looks_at is the part of saves that is the same for all claims of a namespace.
looks_at(schedule, namespace) if {
	not schedule.spec.paused == true
	spec := schedule.spec.template
	_namespace_included(spec, namespace)
	_type_included(spec, "persistentvolumeclaims")
}

# takes is the rest of saves.
takes(schedule, claim) if {
	spec := schedule.spec.template
	not excluded(claim.labels)
	_claim_taken(spec, claim)
	_data_saved(spec, claim)
}

# everywhere is true for a Schedule that takes in namespaces by more than their
# names; else names are those that it may take in.
everywhere(schedule) if _list(schedule.spec.template, "includedNamespaces") == []

everywhere(schedule) if {
	some pattern in _list(schedule.spec.template, "includedNamespaces")
	is_string(pattern)
	not regex.match(`^[a-z0-9-]*$`, pattern)
}

names(schedule) := {name | some name in _list(schedule.spec.template, "includedNamespaces"); is_string(name)}

# label is one that all claims or pods that the Schedule takes in have, as [key,
# value]. It is undefined where it does not ask for any.
label(schedule) := min({[key, value] | some key, value in spec.labelSelector.matchLabels}) if {
	spec := schedule.spec.template
	_list(spec, "orLabelSelectors") == []
}

# saves_namespace is true if backups of the Schedule hold all volumes of the
# namespace, whatever their labels.
saves_namespace(schedule, namespace) if {
	saves(schedule, {"namespace": namespace, "labels": {}, "pods": [{"labels": {}, "annotations": {}, "volume": null}]})
	not _has_selector(schedule.spec.template)
}

# leaves_volumes_out is true if no backup of the Schedule holds the data of any
# volume, unless a pod's annotation asks for it.
leaves_volumes_out(spec) if not _type_included(spec, "persistentvolumeclaims")

leaves_volumes_out(spec) if {
	spec.snapshotVolumes == false
	not spec.defaultVolumesToFsBackup == true
}

# excluded is true for an object that Velero leaves out whatever selects it.
excluded(labels) if labels["velero.io/exclude-from-backup"] == "true"

_namespace_included(spec, namespace) if {
	_names(_list(spec, "includedNamespaces"), namespace, true)
	not _names(_list(spec, "excludedNamespaces"), namespace, false)
}

# An empty list names what it names by default.
_names([], _, by_default) := by_default

_names(list, name, _) if {
	some pattern in list
	_glob(pattern, name)
}

# Patterns as Velero 1.18 takes them: *, ? and [a-z], written as an expression.
_glob(pattern, name) if {
	is_string(pattern)
	regex.match(`^[a-z0-9*?\[\]-]+$`, pattern)
	expression := sprintf("^%s$", [replace(replace(pattern, "*", ".*"), "?", ".")])
	regex.is_valid(expression)
	regex.match(expression, name)
}

# The types' names in full and short, as discovery resolves them.
_types := {
	"persistentvolumeclaims": {"persistentvolumeclaims", "persistentvolumeclaim", "pvc", "pvcs", "*"},
	"pods": {"pods", "pod", "po", "*"},
}

_type_included(spec, type) if {
	_lists_type(_list(spec, "includedResources"), type, true)
	_lists_type(_list(spec, "includedNamespaceScopedResources"), type, true)
	not _lists_type(_list(spec, "excludedResources"), type, false)
	not _lists_type(_list(spec, "excludedNamespaceScopedResources"), type, false)
}

_lists_type([], _, by_default) := by_default

_lists_type(list, type, _) if {
	some name in list
	is_string(name)
	lower(name) in _types[type]
}

# A claim is taken for its own labels, or along with a pod that is taken for its.
_claim_taken(spec, claim) if _selects(spec, claim.labels)

_claim_taken(spec, claim) if {
	some pod in claim.pods
	_pod_taken(spec, pod)
}

_pod_taken(spec, pod) if {
	_type_included(spec, "pods")
	not excluded(pod.labels)
	_selects(spec, pod.labels)
}

_selects(spec, labels) if selectors.matches(spec.labelSelector, labels)

_selects(spec, labels) if {
	some selector in spec.orLabelSelectors
	selectors.matches(selector, labels)
}

_selects(spec, _) if {
	not _has_selector(spec)
	_list(spec, "orLabelSelectors") == []
}

_has_selector(spec) if is_object(spec.labelSelector)

# By a snapshot of the volume, which is the default.
_data_saved(spec, _) if not spec.snapshotVolumes == false

# By copying files out of a pod: of all its volumes but those that an annotation
# excludes, or of those alone that an annotation names.
_data_saved(spec, claim) if {
	some pod in claim.pods
	_pod_taken(spec, pod)
	_copied(spec, pod)
}

_copied(spec, pod) if {
	spec.defaultVolumesToFsBackup == true
	not pod.volume in _volumes(pod.annotations, "backup.velero.io/backup-volumes-excludes")
}

_copied(spec, pod) if {
	not spec.defaultVolumesToFsBackup == true
	pod.volume in _volumes(pod.annotations, "backup.velero.io/backup-volumes")
}

_volumes(annotations, name) := split(annotations[name], ",") if {
	is_string(annotations[name])
} else := []

_list(spec, field) := spec[field] if {
	is_array(spec[field])
} else := []
