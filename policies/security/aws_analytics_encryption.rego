# METADATA
# title: Analytics that write unencrypted
# description: |
#   Athena workgroups whose results are not encrypted or whose clients may
#   override that, Glue jobs, crawlers and endpoints without a security
#   configuration, and Glue catalogs that are not encrypted. AWS Security Hub
#   Athena.1 and Glue.
# custom:
#   id: security/aws-analytics-encryption
#   category: security
#   severity: low
#   profile: strict
#   remediation: >-
#     Set enforce_workgroup_configuration and result_configuration.encryption_configuration; give
#     Glue a security_configuration.
#   scope: resource
#   kinds:
#     - terraform/aws_athena_workgroup
#     - terraform/aws_glue_job
#     - terraform/aws_glue_crawler
#     - terraform/aws_glue_dev_endpoint
#     - terraform/aws_glue_data_catalog_encryption_settings
package holdfast.security.aws_analytics_encryption

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	input.resource.kind in {"aws_glue_job", "aws_glue_crawler", "aws_glue_dev_endpoint"}
	not aws.present(aws.get(_spec, "security_configuration"))
	msg := sprintf("%s has no security configuration", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	input.resource.kind == "aws_athena_workgroup"
	not _results_encrypted
	msg := sprintf("%s does not encrypt its results", [aws.title])
	path := aws.path(["spec"], _spec, "configuration")
}

warn contains {"msg": msg, "path": ["spec", "configuration", i, "enforce_workgroup_configuration"]} if {
	some i, configuration in _spec.configuration
	aws.off(configuration.enforce_workgroup_configuration)
	msg := sprintf("clients of %s may override its configuration", [aws.title])
}

warn contains {"msg": msg, "path": path} if {
	some i, settings in input.resource.spec.data_catalog_encryption_settings
	some j, rest in settings.encryption_at_rest
	rest.catalog_encryption_mode == "DISABLED"
	msg := sprintf("%s leaves the catalog unencrypted", [aws.title])
	path := ["spec", "data_catalog_encryption_settings", i, "encryption_at_rest", j, "catalog_encryption_mode"]
}

_results_encrypted if {
	some configuration in _spec.configuration
	some result in configuration.result_configuration
	aws.present(result.encryption_configuration)
}

_spec["security_configuration"] := input.resource.spec.security_configuration

_spec["configuration"] := input.resource.spec.configuration
