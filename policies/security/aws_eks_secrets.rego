# METADATA
# title: EKS clusters without a key of one's own for secrets
# description: |
#   Without encryption_config for secrets, Kubernetes secrets are encrypted by a
#   key of AWS only (since Kubernetes 1.28; before, by the disk's encryption).
#   CIS Amazon EKS Benchmark 1.5.0, section 5.3.1.
# custom:
#   id: security/aws-eks-secrets
#   category: security
#   severity: low
#   profile: strict
#   controls: [cis-eks/5.3.1]
#   remediation: >-
#     Add encryption_config with resources ["secrets"] and the ARN of a KMS key.
#   scope: resource
#   kinds: [terraform/aws_eks_cluster]
package holdfast.security.aws_eks_secrets

import data.holdfast.lib.aws

warn contains {"msg": msg, "path": path} if {
	not _encrypts
	msg := sprintf("%s has no key for its secrets", [aws.title])
	path := aws.path(["spec"], _spec, "encryption_config")
}

_encrypts if {
	some config in _spec.encryption_config
	"secrets" in config.resources
}

_spec["encryption_config"] := input.resource.spec.encryption_config
