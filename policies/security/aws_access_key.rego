# METADATA
# title: Access keys made by Terraform
# description: |
#   The secret of an aws_iam_access_key lies in the state in plain text unless
#   pgp_key encrypts it, and the key is valid until somebody takes it away.
#   Terraform AWS provider, aws_iam_access_key; CIS AWS Foundations Benchmark
#   3.0.0, section 1.14, asks for its rotation.
# custom:
#   id: security/aws-access-key
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Give the workload a role (an instance profile, IRSA, OpenID Connect), or set pgp_key.
#   scope: resource
#   kinds: [terraform/aws_iam_access_key]
package holdfast.security.aws_access_key

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": ["spec"]} if {
	not aws.present(aws.get(_spec, "pgp_key"))
	msg := sprintf("%s keeps its secret in the state", [aws.title])
}

_spec["pgp_key"] := input.resource.spec.pgp_key
