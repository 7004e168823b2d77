# METADATA
# title: Builds whose output is not encrypted
# description: |
#   A CodeBuild project that turns the encryption of its artifacts, of its
#   secondary artifacts or of its logs in S3 off. AWS Security Hub CodeBuild.3;
#   Terraform AWS provider, aws_codebuild_project, encryption_disabled.
# custom:
#   id: security/aws-codebuild-encryption
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Remove encryption_disabled or set it to false.
#   scope: resource
#   kinds: [terraform/aws_codebuild_project]
package holdfast.security.aws_codebuild_encryption

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec", name, i, "encryption_disabled"]} if {
	some [name, i, value] in _switches
	value in {true, "true"}
	msg := sprintf("%s does not encrypt its %s", [aws.title, name])
}

deny contains {"msg": msg, "path": ["spec", "logs_config", i, "s3_logs", j, "encryption_disabled"]} if {
	some i, j
	input.resource.spec.logs_config[i].s3_logs[j].encryption_disabled in {true, "true"}
	msg := sprintf("%s does not encrypt its logs", [aws.title])
}

_switches contains ["artifacts", i, input.resource.spec.artifacts[i].encryption_disabled]

_switches contains ["secondary_artifacts", i, input.resource.spec.secondary_artifacts[i].encryption_disabled]
