# METADATA
# title: What Velero backs up
# description: |
#   Whether a Velero Schedule backs up the data of a StatefulSet's volume claim,
#   by the fields of BackupSpec (velero.io/v1). resourcePolicy, which lies in a
#   ConfigMap, is not read.
package holdfast.lib.velero

import data.holdfast.lib.selectors

# backs_up is true if backups of the Schedule hold the data of the claims that
# the StatefulSet, which is in the namespace, makes from the template.
backs_up(schedule, namespace, stateful_set, template) if {
	not schedule.spec.paused == true
	spec := schedule.spec.template
	_namespace_included(spec, namespace)
	_type_included(spec, "persistentvolumeclaims")
	labels := _claim_labels(stateful_set, template)
	not excluded(labels)
	_claim_taken(spec, stateful_set, labels)
	_data_saved(spec, stateful_set, template)
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
_claim_taken(spec, _, labels) if _selects(spec, labels)

_claim_taken(spec, stateful_set, _) if _pod_taken(spec, stateful_set)

_pod_taken(spec, stateful_set) if {
	_type_included(spec, "pods")
	labels := _map(stateful_set, ["spec", "template", "metadata", "labels"])
	not excluded(labels)
	_selects(spec, labels)
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

# The StatefulSet controller adds its selector's labels to the claims'.
_claim_labels(stateful_set, template) := object.union(
	_map(template, ["metadata", "labels"]),
	_map(stateful_set, ["spec", "selector", "matchLabels"]),
)

# By a snapshot of the volume, which is the default.
_data_saved(spec, _, _) if not spec.snapshotVolumes == false

# By copying files out of the pod: of all its volumes but those that an
# annotation excludes, or of those alone that an annotation names.
_data_saved(spec, stateful_set, template) if {
	_pod_taken(spec, stateful_set)
	_copied(spec, _map(stateful_set, ["spec", "template", "metadata", "annotations"]), template.metadata.name)
}

_copied(spec, annotations, volume) if {
	spec.defaultVolumesToFsBackup == true
	not volume in _volumes(annotations, "backup.velero.io/backup-volumes-excludes")
}

_copied(spec, annotations, volume) if {
	not spec.defaultVolumesToFsBackup == true
	volume in _volumes(annotations, "backup.velero.io/backup-volumes")
}

_volumes(annotations, name) := split(annotations[name], ",") if {
	is_string(annotations[name])
} else := []

_list(spec, field) := spec[field] if {
	is_array(spec[field])
} else := []

_map(object_of, path) := value if {
	is_object(object_of)
	value := object.get(object_of, path, null)
	is_object(value)
} else := {}
