# METADATA
# title: State that is not encrypted
# description: |
#   An s3 backend without encrypt; the state holds passwords and keys in plain
#   text. The bucket's own encryption is not seen here. Terraform, "Backend type:
#   s3", encrypt.
# custom:
#   id: security/aws-state-encryption
#   category: security
#   severity: medium
#   profile: recommended
#   remediation: >-
#     Set encrypt to true in the backend's block.
#   scope: resource
#   kinds: [terraform/backend]
package holdfast.security.aws_state_encryption

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": path} if {
	input.resource.metadata.name == "s3"
	not aws.on(aws.get(_spec, "encrypt"))
	not _partial
	msg := sprintf("%s does not encrypt the state", [aws.title])
	path := aws.path(["spec"], _spec, "encrypt")
}

# The rest of such a backend is given to terraform init, and may say it.
_partial if {
	not _spec.bucket
	not aws.off(aws.get(_spec, "encrypt"))
}

_spec["encrypt"] := input.resource.spec.encrypt

_spec["bucket"] := input.resource.spec.bucket
