# METADATA
# title: Disks without a schedule of snapshots
# description: |
#   A disk that no snapshot schedule is attached to is not backed up by Compute
#   Engine. What is on it may be backed up otherwise, or need no backup. Google
#   Cloud documentation, "About snapshot schedules for disks".
# custom:
#   id: dr/google-disk-snapshot
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Add a google_compute_disk_resource_policy_attachment with a snapshot schedule.
#   scope: resource
#   kinds: [terraform/google_compute_disk, terraform/google_compute_region_disk]
package holdfast.dr.google_disk_snapshot

import data.holdfast.lib.attributes
import data.holdfast.lib.terraform

warn contains {"msg": msg, "path": ["spec"]} if {
	not input.resource.spec.resource_policies[0]
	not _attached
	msg := sprintf("%s has no schedule of snapshots", [attributes.title])
}

_attached if {
	some attachment in data.holdfast.resources[input.target.name]["terraform/google_compute_disk_resource_policy_attachment"][_]
	terraform.refers_to(attachment, "disk", attributes.self)
}

_attached if {
	some attachment in data.holdfast.resources[input.target.name]["terraform/google_compute_region_disk_resource_policy_attachment"][_]
	terraform.refers_to(attachment, "disk", attributes.self)
}
