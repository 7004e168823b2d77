# METADATA
# title: Images that may change
# description: |
#   An image without a tag, or with the tag latest, is whatever the registry
#   holds on the day on which a pod starts, so that a restart may bring an
#   untried version and a rollback brings nothing back. A digest is accepted
#   whatever the tag.
# custom:
#   id: security/image-tag
#   category: security
#   severity: medium
#   profile: starter
#   remediation: 'Name a version in the container''s image (registry/app:1.2.3), or a digest (registry/app@sha256:…).'
#   scope: resource
#   kinds:
#     - core/Pod
#     - core/PodTemplate
#     - core/ReplicationController
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - apps/ReplicaSet
#     - batch/Job
#     - batch/CronJob
package holdfast.security.image_tag

import data.holdfast.lib.pods

warn contains {"msg": msg, "path": path} if {
	some entry in pods.containers(input.resource)
	image := entry.container.image
	is_string(image)
	image != ""
	what := _unfixed(image)
	msg := sprintf("%s runs image %q, which %s", [entry.label, image, what])
	path := array.concat(entry.path, ["image"])
}

# A colon before the last slash is a registry's port.
_last_part(image) := part if {
	parts := split(image, "/")
	part := parts[count(parts) - 1]
}

# A digest stands last and holds a colon, so an image that has one is neither.
_unfixed(image) := "has the tag latest" if {
	endswith(_last_part(image), ":latest")
}

_unfixed(image) := "has no tag, and so is latest" if {
	not contains(_last_part(image), ":")
}
