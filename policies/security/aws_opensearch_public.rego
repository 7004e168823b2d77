# METADATA
# title: Search domains outside of a VPC
# description: |
#   A search domain without vpc_options has an endpoint on the internet, which
#   only its access policy guards, and it cannot be moved into a VPC later. AWS
#   Security Hub Opensearch.2.
# custom:
#   id: security/aws-opensearch-public
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Add vpc_options with subnets and security groups; this makes a new domain.
#   scope: resource
#   kinds:
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
package holdfast.security.aws_opensearch_public

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not _in_vpc
	msg := sprintf("%s has an endpoint on the internet", [aws.title])
}

_in_vpc if aws.present(input.resource.spec.vpc_options)
