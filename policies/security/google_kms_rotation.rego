# METADATA
# title: Keys of Cloud KMS that are rarely rotated
# description: |
#   A key that is rotated limits what one version encrypts, and what its loss
#   costs. Keys that sign or decrypt asymmetrically cannot be rotated by a
#   period, nor can imported ones. CIS Google Cloud Platform Foundation
#   Benchmark 2.0.0, 1.10: within 90 days.
# custom:
#   id: security/google-kms-rotation
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [cis-gcp/1.10]
#   remediation: >-
#     Set rotation_period to 7776000s (90 days) or less.
#   scope: resource
#   kinds: [terraform/google_kms_crypto_key]
package holdfast.security.google_kms_rotation

import data.holdfast.lib.attributes

deny contains {"msg": msg, "path": ["spec"]} if {
	_rotates
	not input.resource.spec.rotation_period
	msg := sprintf("%s is never rotated by itself", [attributes.title])
}

deny contains {"msg": msg, "path": ["spec", "rotation_period"]} if {
	_rotates
	period := input.resource.spec.rotation_period
	is_string(period)
	regex.match(`^[0-9]+(?:\.[0-9]+)?s$`, period)
	to_number(trim_suffix(period, "s")) > 7776000
	msg := sprintf("%s is rotated every %s, later than 90 days", [attributes.title, period])
}

_rotates if {
	not _other_purpose
	not _imported
}

_other_purpose if input.resource.spec.purpose != "ENCRYPT_DECRYPT"

_imported if attributes.maybe_on(input.resource.spec.import_only)
