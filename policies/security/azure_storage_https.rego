# METADATA
# title: Storage accounts that accept plain HTTP
# description: |
#   Without secure transfer an Azure storage account answers requests over HTTP,
#   so that data and signatures can be read on the way. An account for NFS 3.0,
#   which has no encryption of its own, cannot require it and is left alone. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 3.1. Secure transfer is
#   required by default.
# custom:
#   id: security/azure-storage-https
#   category: security
#   severity: high
#   profile: starter
#   controls: [cis-azure/3.1]
#   remediation: >-
#     Set https_traffic_only_enabled (enable_https_traffic_only before azurerm 4) to true, or leave
#     it out.
#   scope: resource
#   kinds: [terraform/azurerm_storage_account]
package holdfast.security.azure_storage_https

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute in _off
	not _nfs
	msg := sprintf("%s accepts requests over plain HTTP", [attributes.title])
}

_nfs if attributes.maybe_on(input.resource.spec.nfsv3_enabled)

_off contains "https_traffic_only_enabled" if attributes.off(input.resource.spec.https_traffic_only_enabled)

_off contains "enable_https_traffic_only" if attributes.off(input.resource.spec.enable_https_traffic_only)
