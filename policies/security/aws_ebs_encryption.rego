# METADATA
# title: EBS volumes that are not encrypted
# description: |
#   Volumes, the volumes of instances and launch templates, and copies of
#   snapshots and images that are not encrypted; they are not unless they say so.
#   Where EBS encryption is the default of the account
#   (aws_ebs_encryption_by_default in the same root module) nothing need be said.
#   A volume made from a snapshot is as the snapshot is, unless it says
#   otherwise. CIS AWS Foundations Benchmark 3.0.0, section 2.2.1.
# custom:
#   id: security/aws-ebs-encryption
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-aws/2.2.1]
#   remediation: >-
#     Set encrypted to true, or add aws_ebs_encryption_by_default with enabled true.
#   scope: resource
#   kinds:
#     - terraform/aws_ebs_volume
#     - terraform/aws_instance
#     - terraform/aws_launch_configuration
#     - terraform/aws_launch_template
#     - terraform/aws_ebs_snapshot_copy
#     - terraform/aws_ami_copy
#     - terraform/aws_ebs_encryption_by_default
package holdfast.security.aws_ebs_encryption

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	input.resource.kind in {"aws_ebs_volume", "aws_ebs_snapshot_copy", "aws_ami_copy"}
	_plain(aws.get(_spec, "encrypted"), aws.get(_spec, "snapshot_id"))
	not _by_default
	msg := sprintf("%s is not encrypted", [aws.title])
	path := aws.path(["spec"], _spec, "encrypted")
}

deny contains {"msg": msg, "path": path} if {
	some name in ["root_block_device", "ebs_block_device"]
	some i, block in _spec[name]
	_plain(aws.get(block, "encrypted"), aws.get(block, "snapshot_id"))
	not _by_default
	msg := sprintf("the %s of %s is not encrypted", [name, aws.title])
	path := aws.path(["spec", name, i], block, "encrypted")
}

deny contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind in {"aws_instance", "aws_launch_configuration"}
	not _has_root
	not _by_default
	msg := sprintf("the root volume of %s is not encrypted", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	some i, mapping in _spec.block_device_mappings
	some j, block in mapping.ebs
	_plain(aws.get(block, "encrypted"), aws.get(block, "snapshot_id"))
	not _by_default
	msg := sprintf("a volume of %s is not encrypted", [aws.title])
	path := aws.path(["spec", "block_device_mappings", i, "ebs", j], block, "encrypted")
}

deny contains {"msg": msg, "path": ["spec", "enabled"]} if {
	input.resource.kind == "aws_ebs_encryption_by_default"
	aws.off(input.resource.spec.enabled)
	msg := sprintf("%s turns the encryption of EBS volumes by default off", [aws.title])
}

_plain(encrypted, _) if aws.off(encrypted)

_plain(encrypted, snapshot) if {
	not aws.present(snapshot)
	not aws.on(encrypted)
}

_has_root if aws.present(_spec.root_block_device)

_has_root if aws.present(input.resource.spec.launch_template)

_by_default if {
	some by_name in data.holdfast.resources[input.target.name]["terraform/aws_ebs_encryption_by_default"]
	some setting in by_name
	aws.here(setting)
	not aws.off(aws.get(setting.spec, "enabled"))
}

_spec["encrypted"] := input.resource.spec.encrypted

_spec["snapshot_id"] := input.resource.spec.snapshot_id

_spec["root_block_device"] := input.resource.spec.root_block_device

_spec["ebs_block_device"] := input.resource.spec.ebs_block_device

_spec["block_device_mappings"] := input.resource.spec.block_device_mappings
