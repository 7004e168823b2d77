# METADATA
# title: Certificates in text
# description: |
#   When the certificates of a PEM text end (RFC 7468, RFC 5280). They are not
#   parsed, since a placeholder or a broken one would be an error: the validity is
#   found in the DER by its form, a sequence of two times.
package holdfast.lib.certificates

# ends has the end of each certificate of the text, as "20261227010728" in UTC, in
# order. What is no certificate is left out.
ends(text) := [end |
	some block in regex.find_all_string_submatch_n(_block, text, -1)
	body := regex.replace(block[1], `\s+`, "")
	base64.is_valid(body)
	end := _end(hex.encode(base64.decode(body)))
]

_block := `-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----`

# A UTCTime has 12 digits and a Z, a GeneralizedTime 14.
_validity := concat("", [
	`30[12][0-9a-f](?:170d(?:3[0-9]){12}5a|180f(?:3[0-9]){14}5a)`,
	`(?:170d((?:3[0-9]){12})5a|180f((?:3[0-9]){14})5a)`,
])

_end(der) := end if {
	match := regex.find_all_string_submatch_n(_validity, der, -1)[0]
	digits := regex.replace(concat("", [match[1], match[2]]), `3([0-9])`, "$1")
	end := concat("", [_century(digits), digits])
}

# Two digits for the year are of 1950 to 2049.
_century(digits) := "" if {
	count(digits) == 14
} else := "20" if {
	regex.match(`^[0-4]`, digits)
} else := "19"

# date writes an end as a date.
date(end) := sprintf("%s-%s-%s", [substring(end, 0, 4), substring(end, 4, 2), substring(end, 6, 2)])

# at is the time so many days from now, to be compared with an end.
at(days) := time.format([time.now_ns() + (days * 86400000000000), "UTC", "20060102150405"])
