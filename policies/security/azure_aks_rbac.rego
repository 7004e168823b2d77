# METADATA
# title: AKS clusters without RBAC
# description: |
#   Without role-based access control whoever may talk to the Kubernetes API may
#   do anything in the cluster. It is on by default and can be switched off only
#   when the cluster is created. Azure documentation, "Access and identity
#   options for AKS".
# custom:
#   id: security/azure-aks-rbac
#   category: security
#   severity: high
#   profile: starter
#   remediation: >-
#     Set role_based_access_control_enabled to true, or leave it out; the cluster is then created
#     anew.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_rbac

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": array.concat(["spec"], path)} if {
	some path in _off
	msg := sprintf("%s has no role-based access control", [attributes.title])
}

_off contains ["role_based_access_control_enabled"] if {
	attributes.off(input.resource.spec.role_based_access_control_enabled)
}

_off contains ["role_based_access_control", 0, "enabled"] if {
	attributes.off(input.resource.spec.role_based_access_control[0].enabled)
}
