# METADATA
# title: Storage containers that anyone may read
# description: |
#   Access level blob lets anyone on the Internet read every blob of an Azure
#   storage container, and container lets them list it as well. Azure
#   documentation, "Configure anonymous read access for containers and blobs".
# custom:
#   id: security/azure-storage-public-container
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set container_access_type to private, or leave it out, and hand out shared access signatures
#     or roles instead.
#   scope: resource
#   kinds: [terraform/azurerm_storage_container]
package holdfast.security.azure_storage_public_container

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", "container_access_type"]} if {
	access := input.resource.spec.container_access_type
	attributes.word(access) in {"blob", "container"}
	msg := sprintf("%s lets anyone read its blobs: its access type is %q", [attributes.title, access])
}
