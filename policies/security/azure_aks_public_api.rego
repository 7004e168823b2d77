# METADATA
# title: AKS clusters whose API everyone may reach
# description: |
#   The Kubernetes API of an AKS cluster is on the Internet unless the cluster
#   is private or its API server has authorized ranges. A range of all addresses
#   is none. Azure documentation, "Secure access to the API server using
#   authorized IP address ranges".
# custom:
#   id: security/azure-aks-public-api
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set private_cluster_enabled to true, or name the networks of administrators in
#     api_server_access_profile.authorized_ip_ranges.
#   scope: resource
#   kinds: [terraform/azurerm_kubernetes_cluster]
package holdfast.security.azure_aks_public_api

import data.holdfast.lib.attributes
import data.holdfast.lib.ports

deny contains {"msg": msg, "path": path} if {
	not _private
	not _restricted
	msg := sprintf("%s has its API on the Internet for everyone", [attributes.title])
	path := attributes.place(
		["api_server_access_profile", 0, "authorized_ip_ranges"],
		[value | value := input.resource.spec.api_server_access_profile[0].authorized_ip_ranges],
	)
}

_private if attributes.maybe_on(input.resource.spec.private_cluster_enabled)

_private if attributes.maybe_on(input.resource.spec.private_link_enabled)

_restricted if _closed(input.resource.spec.api_server_access_profile[0].authorized_ip_ranges)

_restricted if _closed(input.resource.spec.api_server_authorized_ip_ranges)

_closed(ranges) if attributes.later(ranges)

_closed(ranges) if {
	_ := ranges[0]
	every range in ranges {
		not ports.internet(range)
	}
}
