# METADATA
# title: Security alerts that reach nobody
# description: |
#   Alerts of Microsoft Defender for Cloud should reach the security contact and
#   the owners of the subscription. CIS Microsoft Azure Foundations Benchmark
#   2.0.0, 2.1.18 to 2.1.20.
# custom:
#   id: security/azure-security-contact
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-azure/2.1.18, cis-azure/2.1.20]
#   remediation: >-
#     Set alert_notifications and alerts_to_admins to true.
#   scope: resource
#   kinds: [terraform/azurerm_security_center_contact]
package holdfast.security.azure_security_contact

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", attribute]} if {
	some attribute in _off
	msg := sprintf("%s sends no alerts: %s is false", [attributes.title, attribute])
}

_off contains "alert_notifications" if attributes.off(input.resource.spec.alert_notifications)

_off contains "alerts_to_admins" if attributes.off(input.resource.spec.alerts_to_admins)
