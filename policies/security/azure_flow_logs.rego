# METADATA
# title: Flow logs that are off or kept briefly
# description: |
#   Flow logs tell afterwards who talked to whom; 90 days is what investigations
#   need. Retention of 0 days, or none at all, keeps them for good. CIS
#   Microsoft Azure Foundations Benchmark 2.0.0, 6.5.
# custom:
#   id: security/azure-flow-logs
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-azure/6.5]
#   remediation: >-
#     Set enabled to true, and retention_policy to 90 days or more.
#   scope: resource
#   kinds: [terraform/azurerm_network_watcher_flow_log]
package holdfast.security.azure_flow_logs

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "enabled"]} if {
	attributes.off(input.resource.spec.enabled)
	msg := sprintf("%s is disabled", [attributes.title])
}

warn contains {"msg": msg, "path": ["spec", "retention_policy", i, "days"]} if {
	days := input.resource.spec.retention_policy[i].days
	days > 0
	days < 90
	attributes.on(input.resource.spec.retention_policy[i].enabled)
	msg := sprintf("%s keeps its records for %d days, less than 90", [attributes.title, days])
}
