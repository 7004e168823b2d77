# METADATA
# title: AWS access keys in a provider or a backend
# description: |
#   An access key and its secret in the aws provider's block, or in an s3
#   backend's, are there for all who can read the repository. Terraform AWS
#   provider, "Provider configuration", warns of them.
# custom:
#   id: security/aws-provider-keys
#   category: security
#   severity: critical
#   profile: starter
#   remediation: >-
#     Take the keys from the environment, a profile, a role or OpenID Connect; then make the key
#     inactive, since Git keeps its history.
#   pointsAt: secrets
#   scope: resource
#   kinds:
#     - terraform/provider
#     - terraform/backend
package holdfast.security.aws_provider_keys

import data.holdfast.lib.aws

# Emulators such as LocalStack ask for some key, and take any.
_samples := {"", "test", "testing", "mock_access_key", "mock_secret_key", "fake", "dummy", "foo", "bar", "localstack", "anaccesskey", "asecretkey"}

deny contains {"msg": msg, "path": ["spec", attribute]} if {
	_aws
	some attribute, value in _spec
	is_string(value)
	not aws.unresolved(value)
	not lower(value) in _samples
	msg := sprintf("%s has %s in plain text", [aws.title, attribute])
}

_aws if {
	input.resource.kind == "provider"
	regex.match(`^aws(?:\.|$)`, input.resource.metadata.name)
}

_aws if {
	input.resource.kind == "backend"
	input.resource.metadata.name == "s3"
}

_spec["access_key"] := input.resource.spec.access_key

_spec["secret_key"] := input.resource.spec.secret_key

_spec["token"] := input.resource.spec.token
