# METADATA
# title: Subnets without flow logs
# description: |
#   Flow logs tell afterwards who talked to whom. Subnets for proxies, Private
#   Service Connect and NAT cannot have them. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 3.8.
# custom:
#   id: security/google-subnet-flow-logs
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-gcp/3.8]
#   remediation: >-
#     Add a log_config block.
#   scope: resource
#   kinds: [terraform/google_compute_subnetwork]
package holdfast.security.google_subnet_flow_logs

import data.holdfast.lib.attributes

warn contains {"msg": msg, "path": ["spec"]} if {
	_for_machines
	not input.resource.spec.log_config[0]
	not _older
	msg := sprintf("%s keeps no flow logs", [attributes.title])
}

_older if attributes.maybe_on(input.resource.spec.enable_flow_logs)

# Proxies, gateways and translation have no machines.
_for_machines if not input.resource.spec.purpose

_for_machines if input.resource.spec.purpose in {"PRIVATE", "PRIVATE_RFC_1918"}
