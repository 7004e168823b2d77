# METADATA
# title: Certificates kept out of the transparency logs
# description: |
#   Browsers do not trust a public certificate that is in no certificate
#   transparency log, and nobody sees one that was issued wrongly. AWS
#   Certificate Manager User Guide, "Certificate transparency logging"; RFC 9162.
# custom:
#   id: security/aws-acm-transparency
#   category: security
#   severity: low
#   profile: recommended
#   remediation: >-
#     Remove the option, or set certificate_transparency_logging_preference to "ENABLED".
#   scope: resource
#   kinds: [terraform/aws_acm_certificate]
package holdfast.security.aws_acm_transparency

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "options", i, "certificate_transparency_logging_preference"]} if {
	some i, options in input.resource.spec.options
	options.certificate_transparency_logging_preference == "DISABLED"
	msg := sprintf("%s is kept out of the transparency logs", [aws.title])
}
