# METADATA
# title: Certificates renewed too late
# description: |
#   cert-manager renews a certificate renewBefore its end, by default at two
#   thirds of its life. If less than min_renewal_days are left (or a tenth of its
#   life, where that is shorter), an issuer that is down or over its limit for a
#   weekend makes an outage. With renewBefore as long as the duration, or a
#   percentage of 0 or 100 and more, cert-manager refuses the Certificate
#   (cert-manager.io, "Certificate resource", renewal).
# custom:
#   id: dr/certificate-renewal
#   category: dr
#   severity: medium
#   profile: recommended
#   remediation: Leave spec.renewBefore out, or set it to about a third of spec.duration.
#   scope: resource
#   kinds: [cert-manager.io/Certificate]
#   params:
#     min_renewal_days: 7
package holdfast.dr.certificate_renewal

import data.holdfast.lib.durations
import data.holdfast.lib.names

# What is left of a certificate's life when it is renewed, and how long that is.
_life := minutes if {
	minutes := durations.length(input.resource.spec.duration)
	minutes > 0
} else := 129600

_left := {"minutes": minutes, "field": "renewBefore"} if {
	minutes := durations.length(input.resource.spec.renewBefore)
} else := {"minutes": (percentage * _life) / 100, "field": "renewBeforePercentage"} if {
	percentage := input.resource.spec.renewBeforePercentage
	is_number(percentage)
}

_enough := min([data.holdfast.params.min_renewal_days * 1440, _life / 10])

warn contains {"msg": msg, "path": ["spec", _left.field]} if {
	_left.minutes < _enough
	msg := sprintf("%s is renewed only %s before its end", [names.title(input.resource), durations.format(_left.minutes)])
}

warn contains {"msg": msg, "path": ["spec", _left.field]} if {
	_left.minutes >= _life
	msg := sprintf("%s is to be renewed %s before its end, but lasts %s", [
		names.title(input.resource),
		durations.format(_left.minutes),
		durations.format(_life),
	])
}
