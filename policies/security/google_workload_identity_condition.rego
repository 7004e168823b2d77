# METADATA
# title: Workload identity providers without a condition
# description: |
#   A provider for a public issuer such as GitHub accepts the tokens of all its
#   customers. Without an attribute_condition everyone's pipelines can sign in,
#   and only the grants keep them apart. Google Cloud documentation, "Best
#   practices for using workload identity federation".
# custom:
#   id: security/google-workload-identity-condition
#   category: security
#   severity: high
#   profile: recommended
#   remediation: >-
#     Set attribute_condition, such as assertion.repository_owner == "example".
#   scope: resource
#   kinds: [terraform/google_iam_workload_identity_pool_provider]
package holdfast.security.google_workload_identity_condition

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec"]} if {
	_shared
	not _condition
	msg := sprintf("%s accepts the tokens of every customer of its issuer", [attributes.title])
}

_shared if {
	issuer := input.resource.spec.oidc[_].issuer_uri
	is_string(issuer)
	regex.match(`(?i)^https://(?:token\.actions\.githubusercontent\.com|gitlab\.com|app\.terraform\.io|agent\.buildkite\.com|oidc\.circleci\.com)`, issuer)
}

_condition if {
	text := input.resource.spec.attribute_condition
	is_string(text)
	trim_space(text) != ""
}
