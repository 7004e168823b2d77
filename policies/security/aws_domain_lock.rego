# METADATA
# title: Domains that can be taken away
# description: |
#   A registered domain with transfer_lock false can be moved to another
#   registrar; the lock is on by default. Amazon Route 53 Developer Guide,
#   "Locking a domain"; privacy of the contacts is for the registry to say.
# custom:
#   id: security/aws-domain-lock
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Remove transfer_lock or set it to true.
#   scope: resource
#   kinds:
#     - terraform/aws_route53domains_registered_domain
#     - terraform/aws_route53domains_domain
package holdfast.security.aws_domain_lock

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", "transfer_lock"]} if {
	aws.off(input.resource.spec.transfer_lock)
	msg := sprintf("%s is not locked against a transfer", [aws.title])
}
