# METADATA
# title: Trails that miss something
# description: |
#   A CloudTrail trail of one region only, or whose log files are not validated,
#   which both are the provider's defaults. CIS AWS Foundations Benchmark 3.0.0,
#   sections 3.1 and 3.2.
# custom:
#   id: security/aws-cloudtrail
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-aws/3.1, cis-aws/3.2]
#   remediation: >-
#     Set is_multi_region_trail and enable_log_file_validation to true.
#   scope: resource
#   kinds: [terraform/aws_cloudtrail]
package holdfast.security.aws_cloudtrail

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	some switch in ["is_multi_region_trail", "enable_log_file_validation"]
	not aws.on(aws.get(_spec, switch))
	msg := sprintf("%s does not set %s", [aws.title, switch])
	path := aws.path(["spec"], _spec, switch)
}

_spec["is_multi_region_trail"] := input.resource.spec.is_multi_region_trail

_spec["enable_log_file_validation"] := input.resource.spec.enable_log_file_validation
