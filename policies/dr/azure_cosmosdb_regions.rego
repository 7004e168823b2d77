# METADATA
# title: Cosmos DB accounts in one region
# description: |
#   An account with one geo_location, or with several and no automatic failover,
#   cannot be written to while its region is down. Azure documentation,
#   "Reliability in Azure Cosmos DB for NoSQL".
# custom:
#   id: dr/azure-cosmosdb-regions
#   category: dr
#   severity: low
#   profile: strict
#   remediation: >-
#     Give a second geo_location and set automatic_failover_enabled to true.
#   scope: resource
#   kinds: [terraform/azurerm_cosmosdb_account]
package holdfast.dr.azure_cosmosdb_regions

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	not _second
	msg := sprintf("%s is in one region alone", [attributes.title])
}

warn contains {"msg": msg, "path": ["spec"]} if {
	_second
	not _fails_over
	msg := sprintf("%s does not fail over to its other region by itself", [attributes.title])
}

_second if input.resource.spec.geo_location[1].failover_priority

_fails_over if attributes.maybe_on(input.resource.spec.automatic_failover_enabled)

_fails_over if attributes.maybe_on(input.resource.spec.enable_automatic_failover)

_fails_over if attributes.maybe_on(input.resource.spec.multiple_write_locations_enabled)

_fails_over if attributes.maybe_on(input.resource.spec.enable_multiple_write_locations)
