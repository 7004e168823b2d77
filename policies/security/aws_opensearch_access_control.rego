# METADATA
# title: Search domains without fine-grained access control
# description: |
#   Without advanced_security_options whoever may reach the domain may read and
#   write every index. AWS Security Hub Opensearch.7.
# custom:
#   id: security/aws-opensearch-access-control
#   category: security
#   severity: medium
#   profile: strict
#   remediation: >-
#     Enable advanced_security_options, with a master user.
#   scope: resource
#   kinds:
#     - terraform/aws_opensearch_domain
#     - terraform/aws_elasticsearch_domain
package holdfast.security.aws_opensearch_access_control

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not _has_options
	msg := sprintf("%s has no fine-grained access control", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	some i, options in input.resource.spec.advanced_security_options
	not aws.on(aws.get(options, "enabled"))
	msg := sprintf("%s has no fine-grained access control", [aws.title])
	path := aws.path(["spec", "advanced_security_options", i], options, "enabled")
}

_has_options if aws.present(input.resource.spec.advanced_security_options)
