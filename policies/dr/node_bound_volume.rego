# METADATA
# title: Data on the disk of one node
# description: |
#   A PersistentVolume of type hostPath or local, and a hostPath that a
#   StatefulSet writes to, are lost with their node, and cannot follow a pod to
#   another (kubernetes.io, "Persistent Volumes" and "Volumes"). Passed over are
#   hostPath volumes that are mounted read-only, of the type of a file, socket or
#   device, or below the system's own directories; and whole disks (volumeMode
#   Block), of which Ceph and the like make storage. The annotation
#   holdfast.dev/backup, which says what else holds the data, excuses it.
# custom:
#   id: dr/node-bound-volume
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Use a volume of the network or cloud through a StorageClass; or, where the application replicates
#     its data itself, say so in the annotation holdfast.dev/backup.
#   scope: resource
#   kinds: [core/PersistentVolume, apps/StatefulSet]
package holdfast.dr.node_bound_volume

import data.holdfast.lib.names
import data.holdfast.lib.pods

warn contains {"msg": msg, "path": ["spec", type]} if {
	some type in ["hostPath", "local"]
	is_object(input.resource.spec[type])
	not input.resource.spec.volumeMode == "Block"
	not names.reason(input.resource, "holdfast.dev/backup")
	msg := sprintf("%s lies on one node (%s)", [names.title(input.resource), type])
}

warn contains {"msg": msg, "path": array.concat(pods.spec_path(input.resource), ["volumes", i, "hostPath"])} if {
	input.resource.kind == "StatefulSet"
	spec := pods.spec(input.resource)
	some i, volume in spec.volumes
	_holds_data(volume.hostPath)
	volume.name in _written(spec)
	not names.reason(input.resource, "holdfast.dev/backup")
	msg := sprintf("%s writes to %s of its node (volume %q)", [
		names.title(input.resource),
		volume.hostPath.path,
		volume.name,
	])
}

_holds_data(source) if {
	is_string(source.path)
	not regex.match(`^/(?:dev|proc|sys|run|etc|boot|usr|lib|lib64|var/run|var/log)(?:/|$)`, source.path)
	object.get(source, "type", "") in {"", "Directory", "DirectoryOrCreate", null}
}

_written(spec) := {mount.name |
	some mount in spec.containers[_].volumeMounts
	not mount.readOnly == true
}
