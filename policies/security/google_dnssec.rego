# METADATA
# title: DNS zones that can be forged
# description: |
#   Without DNSSEC the answers of a public zone can be forged on the way, and
#   signatures with RSASHA1 can be forged as well. CIS Google Cloud Platform
#   Foundation Benchmark 2.0.0, 3.3 to 3.5.
# custom:
#   id: security/google-dnssec
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/3.3, cis-gcp/3.4, cis-gcp/3.5]
#   remediation: >-
#     Set dnssec_config.state to on, with keys of rsasha256 or better.
#   scope: resource
#   kinds: [terraform/google_dns_managed_zone]
package holdfast.security.google_dnssec

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": path} if {
	not _private
	not _signed
	msg := sprintf("%s is not signed with DNSSEC", [attributes.title])
	path := attributes.place(
		["dnssec_config", 0, "state"],
		[value | value := input.resource.spec.dnssec_config[0].state],
	)
}

deny contains {"msg": msg, "path": ["spec", "dnssec_config", i, "default_key_specs", j, "algorithm"]} if {
	input.resource.spec.dnssec_config[i].default_key_specs[j].algorithm == "rsasha1"
	msg := sprintf("%s is signed with RSASHA1", [attributes.title])
}

_private if input.resource.spec.visibility == "private"

_signed if input.resource.spec.dnssec_config[0].state != "off"
