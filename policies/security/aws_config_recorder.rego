# METADATA
# title: Configuration recorders that leave something out
# description: |
#   An AWS Config recorder that does not record all supported resources, or not
#   the global ones such as IAM's, and an aggregator of some regions only. CIS
#   AWS Foundations Benchmark 3.0.0, section 3.3.
# custom:
#   id: security/aws-config-recorder
#   category: security
#   severity: low
#   profile: recommended
#   controls: [cis-aws/3.3]
#   remediation: >-
#     Set recording_group.all_supported and include_global_resource_types to true, and all_regions of
#     the aggregator.
#   scope: resource
#   kinds:
#     - terraform/aws_config_configuration_recorder
#     - terraform/aws_config_configuration_aggregator
package holdfast.security.aws_config_recorder

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec", "recording_group", i, "all_supported"]} if {
	some i, group in input.resource.spec.recording_group
	aws.off(group.all_supported)
	msg := sprintf("%s does not record all resources", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	some i, group in input.resource.spec.recording_group
	not aws.off(aws.get(group, "all_supported"))
	not aws.on(aws.get(group, "include_global_resource_types"))
	msg := sprintf("%s does not record global resources", [aws.title])
	path := aws.path(["spec", "recording_group", i], group, "include_global_resource_types")
}

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind == "aws_config_configuration_recorder"
	not _has_group
	msg := sprintf("%s does not record global resources", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	some name, sources in _spec
	some i, source in sources
	not aws.on(aws.get(source, "all_regions"))
	msg := sprintf("%s does not gather from all regions", [aws.title])
	path := aws.path(["spec", name, i], source, "all_regions")
}

_has_group if aws.present(input.resource.spec.recording_group)

_spec["account_aggregation_source"] := input.resource.spec.account_aggregation_source

_spec["organization_aggregation_source"] := input.resource.spec.organization_aggregation_source
