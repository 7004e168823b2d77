# METADATA
# title: PersistentVolumes on the node's file system
# description: |
#   A PersistentVolume with hostPath gives whoever claims it a folder of the
#   node, past the check of hostPath in pods, and its data stays behind when the
#   pod moves. Kubernetes documentation, "Persistent Volumes": for single node
#   testing only.
# custom:
#   id: security/persistent-volume-host-path
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Use a CSI driver, or local with nodeAffinity.
#   scope: resource
#   kinds: [core/PersistentVolume]
package holdfast.security.persistent_volume_host_path

import data.holdfast.lib.names

warn contains {"msg": msg, "path": ["spec", "hostPath"]} if {
	is_object(input.resource.spec.hostPath)
	msg := sprintf("%s is %s of the node", [names.title(input.resource), _what])
}

_what := input.resource.spec.hostPath.path if {
	is_string(input.resource.spec.hostPath.path)
} else := "a path"
