# METADATA
# title: Instance metadata without a session token
# description: |
#   With version 1 of the instance metadata service, a request that an attacker
#   makes a server send (SSRF) reads the instance's credentials. http_tokens is
#   optional where it is not set. An instance that takes a launch template and
#   has no metadata_options of its own goes by the template. CIS AWS Foundations
#   Benchmark 3.0.0, section 5.6.
# custom:
#   id: security/aws-imds-v1
#   category: security
#   severity: high
#   profile: recommended
#   controls: [cis-aws/5.6]
#   remediation: >-
#     Set http_tokens to "required" in metadata_options, or http_endpoint to "disabled".
#   scope: resource
#   kinds:
#     - terraform/aws_instance
#     - terraform/aws_launch_template
#     - terraform/aws_launch_configuration
#     - terraform/aws_spot_instance_request
package holdfast.security.aws_imds_v1

import data.holdfast.lib.aws

deny contains {"msg": msg, "path": ["spec"]} if {
	not _has_options
	not _from_template
	msg := sprintf("%s does not require tokens of the instance metadata service", [aws.title])
}

deny contains {"msg": msg, "path": path} if {
	some i, options in input.resource.spec.metadata_options
	not _safe(options)
	msg := sprintf("%s does not require tokens of the instance metadata service", [aws.title])
	path := aws.path(["spec", "metadata_options", i], options, "http_tokens")
}

_has_options if aws.present(input.resource.spec.metadata_options)

_from_template if aws.present(input.resource.spec.launch_template)

_safe(options) if options.http_tokens == "required"

_safe(options) if options.http_endpoint == "disabled"

_safe(options) if aws.unresolved(options.http_tokens)
