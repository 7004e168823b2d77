# METADATA
# title: Volumes of type gp2
# description: |
#   An EBS volume of type gp3 costs up to a fifth less per GiB than one of type gp2,
#   and its throughput does not hang on its size. Judged where gp2 is written: in
#   volumes, block devices and databases of Terraform, and StorageClasses of
#   Kubernetes. Amazon EBS, "General Purpose SSD volumes".
# custom:
#   id: allocation/gp2-volumes
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Set the type to gp3.
#   scope: resource
#   kinds:
#     - storage.k8s.io/StorageClass
#     - terraform/aws_db_instance
#     - terraform/aws_ebs_volume
#     - terraform/aws_instance
#     - terraform/aws_launch_configuration
#     - terraform/aws_launch_template
package holdfast.allocation.gp2_volumes

import data.holdfast.lib.names

warn contains {"msg": msg, "path": path} if {
	some path in _paths
	msg := sprintf("%s has a volume of type gp2", [_title])
}

_title := address if {
	address := input.resource.metadata.address
} else := names.title(input.resource)

_paths contains ["parameters", "type"] if {
	input.resource.kind == "StorageClass"
	input.resource.provisioner in {"ebs.csi.aws.com", "kubernetes.io/aws-ebs"}
	input.resource.parameters.type == "gp2"
}

_paths contains ["spec", field] if {
	some field in ["type", "storage_type"]
	input.resource.spec[field] == "gp2"
}

_paths contains ["spec", block, i, "volume_type"] if {
	some block in ["root_block_device", "ebs_block_device"]
	some i, device in input.resource.spec[block]
	device.volume_type == "gp2"
}

_paths contains ["spec", "block_device_mappings", i, "ebs", k, "volume_type"] if {
	some i, mapping in input.resource.spec.block_device_mappings
	some k, device in mapping.ebs
	device.volume_type == "gp2"
}
