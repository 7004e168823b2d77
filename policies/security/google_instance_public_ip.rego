# METADATA
# title: Machines of Google Cloud with a public address
# description: |
#   A machine with an external address can be reached from the Internet as soon
#   as one firewall rule lets it. Load balancers, Cloud NAT and Identity-Aware
#   Proxy need none. Machines of GKE have names that begin with gke-. CIS Google
#   Cloud Platform Foundation Benchmark 2.0.0, 4.9.
# custom:
#   id: security/google-instance-public-ip
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/4.9]
#   remediation: >-
#     Drop access_config and ipv6_access_config from the network interface.
#   scope: resource
#   kinds:
#     - terraform/google_compute_instance
#     - terraform/google_compute_instance_template
#     - terraform/google_compute_region_instance_template
#     - terraform/google_compute_instance_from_template
package holdfast.security.google_instance_public_ip

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec", "network_interface", i, attribute]} if {
	some [i, attribute] in _addresses
	msg := sprintf("%s has a public address", [attributes.title])
}

_addresses contains [i, "access_config"] if input.resource.spec.network_interface[i].access_config[0]

_addresses contains [i, "ipv6_access_config"] if input.resource.spec.network_interface[i].ipv6_access_config[0]
