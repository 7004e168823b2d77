# METADATA
# title: Projects with the default network
# description: |
#   A new project comes with a network that has a subnet in each region and
#   rules that let the Internet in on SSH and RDP, unless auto_create_network is
#   false. CIS Google Cloud Platform Foundation Benchmark 2.0.0, 3.1.
# custom:
#   id: security/google-default-network
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/3.1]
#   remediation: >-
#     Set auto_create_network to false.
#   scope: resource
#   kinds: [terraform/google_project]
package holdfast.security.google_default_network

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _off
	msg := sprintf("%s comes with the default network and its open rules", [attributes.title])
	path := attributes.place(["auto_create_network"], [value | value := input.resource.spec.auto_create_network])
}

_off if attributes.maybe_off(input.resource.spec.auto_create_network)
