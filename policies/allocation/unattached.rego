# METADATA
# title: Addresses and disks that nothing uses
# description: |
#   A reserved address or a disk costs the same whether or not something uses it.
#   Said where no other resource of the target refers to it and it is not
#   attached by itself; what only an output hands on is not seen to be used.
#   Amazon VPC, "Elastic IP addresses"; Amazon EBS, "Volumes".
# custom:
#   id: allocation/unattached
#   category: allocation
#   severity: low
#   profile: strict
#   remediation: Attach it, or remove it.
#   scope: target
#   kinds:
#     - terraform/aws_ebs_volume
#     - terraform/aws_eip
#     - terraform/azurerm_managed_disk
#     - terraform/azurerm_public_ip
#     - terraform/google_compute_address
#     - terraform/google_compute_disk
package holdfast.allocation.unattached

import data.holdfast.lib.names

_resources := data.holdfast.resources[input.target.name]

_kinds := [
	"aws_ebs_volume",
	"aws_eip",
	"azurerm_managed_disk",
	"azurerm_public_ip",
	"google_compute_address",
	"google_compute_disk",
]

warn contains {"msg": msg, "path": ["spec"], "resource": names.identity(input.target.name, resource)} if {
	some kind in _kinds
	some by_name in _resources[concat("/", ["terraform", kind])]
	some resource in by_name
	is_string(resource.metadata.address)
	not _attached(resource)
	msg := sprintf("nothing refers to %s", [resource.metadata.address])
}

_attached(resource) if _without_index(resource.metadata.address) in _referred

_attached(resource) if {
	some field in ["instance", "network_interface", "associate_with_private_ip"]
	is_string(resource.spec[field])
	resource.spec[field] != ""
}

# Without the indexes of count and for_each: one instance stands for all.
_referred contains _without_index(address) if {
	some group_kind, by_namespace in _resources
	startswith(group_kind, "terraform/")
	some by_name in by_namespace
	some resource in by_name
	some addresses in resource.references
	some address in addresses
	is_string(address)
}

_without_index(address) := regex.replace(address, `\[[^\]]*\]`, "")
