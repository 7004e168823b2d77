package holdfast.lib.certificates_test

import data.holdfast.lib.certificates

# Made for this test; their keys were not kept.
old := `-----BEGIN CERTIFICATE-----
MIIBCDCBr6ADAgECAgEBMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMTA29sZDAeFw0x
OTAxMDEwMDAwMDBaFw0yMDA2MDExMjAwMDBaMA4xDDAKBgNVBAMTA29sZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABFNeBPK5JRwTBneHkQJNsos8ZOpD6uSa8N8I
EWCxiHiik5Hqqgvr0T3MfpKi9ljvDg7OcPOcbT004r7yhNqogRYwCgYIKoZIzj0E
AwIDSAAwRQIgPymr0dQEJqYbKOh69x+n4IawTdfw9EOTS/yW2/4walICIQCKfOjZ
jR+UefLO5Tr1tvG6YVA1F7v97UefUWby/hEgyg==
-----END CERTIFICATE-----
`

soon := `-----BEGIN CERTIFICATE-----
MIIBCzCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNvb24wHhcN
MjYxMTAxMDAwMDAwWhcNMjYxMjI3MDEwNzI4WjAPMQ0wCwYDVQQDEwRzb29uMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1cUIgQQQQogLY7CVf0AW6JJrQRgFJ09g
EyoWrWIvCorbQfrV2N+uwNQmpbNldf/56ngLSWxwFmIl8TpzefNa0zAKBggqhkjO
PQQDAgNJADBGAiEAylT4Hl1eMghYd3YwfAfLfcRDlSTvpDuudr4kPcXp628CIQDj
DQGAAhLwuLPt2cTqQcfWru3vNE1e4dtrMpCzgRdsQA==
-----END CERTIFICATE-----
`

long := `-----BEGIN CERTIFICATE-----
MIIBDTCBs6ADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBGxvbmcwIBcN
MjYwMTAxMDAwMDAwWhgPMjA4MTA4MzAwMTA3MjhaMA8xDTALBgNVBAMTBGxvbmcw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASYeLlBriv8zSyHwmseF3mNAbvBO4Te
74xpu96nOw0bkDvjG1vEXcE+xx4yWTk40MiLTr39P6vIxElZeIHcAP3/MAoGCCqG
SM49BAMCA0kAMEYCIQDzQrVw2zDRqMiewkCS0WUaQGWapBNpOy+4Idhke5Sg9QIh
AOrIeNRm6ONjkBW0jTfqgCf7Z/tmDuqUPE/YP68EZVaQ
-----END CERTIFICATE-----
`

_of_last_century := `-----BEGIN CERTIFICATE-----
MIIBCzCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBGxhc3QwHhcN
NTAwMTAxMDAwMDAwWhcNOTkxMjMxMjM1OTU5WjAPMQ0wCwYDVQQDEwRsYXN0MFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhNMnBnMcH/m1kkM3xwDqTfa0Kr+pqYy2
kTLXQDVg6OiYcj4NJtA8slPKwR2zgJIjS88wizE/T2WNwfuBLuCp5zAKBggqhkjO
PQQDAgNJADBGAiEAxSCKfwvHk1kiO5HUv376W+mrKZws1rnexxPeEK35O50CIQCR
NF87HLfvWUAu1kZQ+lolKwr4F51euLwoFcamNVw0Vw==
-----END CERTIFICATE-----
`

test_ends if {
	certificates.ends(old) == ["20200601120000"]
	certificates.ends(soon) == ["20261227010728"]
	certificates.ends(long) == ["20810830010728"]
	certificates.ends(_of_last_century) == ["19991231235959"]
	certificates.ends(replace(soon, "\n", " \n\t")) == ["20261227010728"]
	certificates.ends(concat("\n", ["# roots", soon, "other", old])) == ["20261227010728", "20200601120000"]
}

# _made_of has nothing but times of UTC: of two pairs the first is the validity.
_made_of(times) := sprintf("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----", [base64.encode(concat("", [der |
	some [start, end] in times
	der := sprintf("\u0030\u001e\u0017\u000d%sZ\u0017\u000d%sZ", [start, end])
]))])

test_years if {
	certificates.ends(_made_of([["490101000000", "491231235959"]])) == ["20491231235959"]
	certificates.ends(_made_of([["500101000000", "501231235959"]])) == ["19501231235959"]
	certificates.ends(_made_of([["200101000000", "260101000000"], ["200101000000", "270101000000"]])) == ["20260101000000"]
}

test_what_is_no_certificate if {
	every text in [
		"",
		"-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
		"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
		"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
		substring(old, 0, 100),
	] {
		certificates.ends(text) == []
	}
}

test_date if {
	certificates.date("20261227010728") == "2026-12-27"
}

test_at if {
	now := time.parse_rfc3339_ns("2026-12-26T01:07:28Z")
	certificates.at(0) == "20261226010728" with time.now_ns as now
	certificates.at(1) == "20261227010728" with time.now_ns as now

	# Up to the last nanosecond of the second.
	certificates.at(1) == "20261227010728" with time.now_ns as now + 999999999
}
