package holdfast.dr.certificate_expired_test

import data.holdfast.dr.certificate_expired
import data.holdfast.lib.certificates_test as certificates
import data.holdfast.lib.samples_test as samples

_now := time.parse_rfc3339_ns("2026-12-01T00:00:00Z")

_deny(resource) := found if {
	found := certificate_expired.deny with input as samples.of(resource) with time.now_ns as _now
}

_warn_at(resource, days, now) := found if {
	found := certificate_expired.warn with input as samples.of(resource)
		with time.now_ns as now
		with data.holdfast.params as {"cert_expiry_days": days}
}

_warn(resource) := _warn_at(resource, 30, _now)

_secret(data_of) := {"kind": "Secret", "metadata": {"name": "web"}, "data": data_of}

_map(data_of) := object.union(_secret(data_of), {"kind": "ConfigMap"})

_both(a, b) := concat("", [a, b])

test_an_ended_certificate_is_denied if {
	_deny(_secret({"tls.crt": base64.encode(certificates.old)})) == {{
		"msg": `the certificate in tls.crt of Secret "web" ended on 2020-06-01`,
		"path": ["data", "tls.crt"],
	}}
	{f.path | some f in _deny({"kind": "Secret", "stringData": {"ca": certificates.old}})} == {["stringData", "ca"]}
	{f.path | some f in _deny(_map({"ca.pem": certificates.old}))} == {["data", "ca.pem"]}
	_warn(_map({"ca.pem": certificates.old})) == set()
}

test_one_that_ends_soon_is_warned_of if {
	_warn(_map({"ca.pem": certificates.soon})) == {{
		"msg": `the certificate in ca.pem of ConfigMap "web" ends on 2026-12-27`,
		"path": ["data", "ca.pem"],
	}}
	_deny(_map({"ca.pem": certificates.soon})) == set()
	_warn_at(_map({"ca.pem": certificates.soon}), 26, _now) == set()
	count(_warn_at(_map({"ca.pem": certificates.soon}), 27, _now)) == 1
}

test_the_last_second if {
	end := time.parse_rfc3339_ns("2026-12-27T01:07:28Z")
	_warn_at(_map({"ca.pem": certificates.soon}), 0, end - 1000000000) == set()
	_warn_at(_map({"ca.pem": certificates.soon}), 30, end) == set()
	at_its_end := certificate_expired.deny with input as samples.of(_map({"ca.pem": certificates.soon})) with time.now_ns as end
	count(at_its_end) == 1
	before := certificate_expired.deny with input as samples.of(_map({"ca.pem": certificates.soon}))
		with time.now_ns as end - 1000000000
	before == set()
	count(_warn_at(_map({"ca.pem": certificates.soon}), 30, end - 1000000000)) == 1
	month := 30 * 86400000000000
	count(_warn_at(_map({"ca.pem": certificates.soon}), 30, end - month)) == 1
	_warn_at(_map({"ca.pem": certificates.soon}), 30, end - (month + 1000000000)) == set()
}

test_a_long_one_passes if {
	_deny(_secret({"tls.crt": base64.encode(certificates.long)})) == set()
	_warn(_secret({"tls.crt": base64.encode(certificates.long)})) == set()
}

# A chain fails with its first, a bundle of roots works with its last.
test_several_in_one_text if {
	count(_deny(_secret({"tls.crt": base64.encode(_both(certificates.long, certificates.old))}))) == 1
	_deny(_secret({"ca.crt": base64.encode(_both(certificates.long, certificates.old))})) == set()
	count(_deny(_secret({"ca.crt": base64.encode(_both(certificates.old, certificates.old))}))) == 1
}

test_ca_bundles if {
	bundle := {"clientConfig": {"caBundle": base64.encode(certificates.old)}}
	_warn({"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "web"}, "webhooks": [{}, bundle]}) == {{
		"msg": `the certificate in caBundle of ValidatingWebhookConfiguration "web" ended on 2020-06-01`,
		"path": ["webhooks", 1, "clientConfig", "caBundle"],
	}}
	{f.path | some f in _warn({"kind": "CustomResourceDefinition", "spec": {"conversion": {"webhook": bundle}}})} == {[
		"spec",
		"conversion",
		"webhook",
		"clientConfig",
		"caBundle",
	]}
	{f.path | some f in _warn({"kind": "APIService", "spec": bundle.clientConfig})} == {["spec", "caBundle"]}
	_deny({"kind": "APIService", "spec": bundle.clientConfig}) == set()
	folded := regex.replace(base64.encode(certificates.old), `(.{64})`, "$1\n")
	count(_warn({"kind": "APIService", "spec": {"caBundle": folded}})) == 1
}

test_the_last_second_of_a_ca_bundle if {
	end := time.parse_rfc3339_ns("2026-12-27T01:07:28Z")
	service := {"kind": "APIService", "metadata": {"name": "web"}, "spec": {"caBundle": base64.encode(certificates.soon)}}
	every now, what in {end - 1000000000: "ends", end: "ended"} {
		{f.msg | some f in _warn_at(service, 30, now)} == {sprintf(
			`the certificate in caBundle of APIService "web" %s on 2026-12-27`,
			[what],
		)}
	}
}

test_what_is_no_certificate_passes if {
	every value in [
		"",
		"Cg==",
		"LS0tLS1CRUdJTi",
		"LS0tLS1CRUdJTi!",
		base64.encode("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"),
		certificates.old,
		5,
		null,
	] {
		_deny(_secret({"tls.crt": value})) == set()
	}
	every value in ["", "-----BEGIN CERTIFICATE-----\n...", base64.encode(certificates.old), 5, null] {
		_deny(_map({"ca.pem": value})) == set()
	}
	_deny({"kind": "APIService", "spec": null}) == set()
	_deny({"kind": "Secret", "data": null, "stringData": null, "webhooks": null}) == set()
	_deny({"kind": "Secret", "stringData": {"a": 5, "b": null}}) == set()
	_deny(null) == set()
}

good_example := `apiVersion: v1
kind: ConfigMap
metadata:
  name: ca
data:
  ca.crt: |
    -----BEGIN CERTIFICATE-----
    MIIBDTCBs6ADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBGxvbmcwIBcN
    MjYwMTAxMDAwMDAwWhgPMjA4MTA4MzAwMTA3MjhaMA8xDTALBgNVBAMTBGxvbmcw
    WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASYeLlBriv8zSyHwmseF3mNAbvBO4Te
    74xpu96nOw0bkDvjG1vEXcE+xx4yWTk40MiLTr39P6vIxElZeIHcAP3/MAoGCCqG
    SM49BAMCA0kAMEYCIQDzQrVw2zDRqMiewkCS0WUaQGWapBNpOy+4Idhke5Sg9QIh
    AOrIeNRm6ONjkBW0jTfqgCf7Z/tmDuqUPE/YP68EZVaQ
    -----END CERTIFICATE-----
`

bad_example := `apiVersion: v1
kind: Secret
metadata:
  name: web-tls
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJDRENCcjZBREFnRUNBZ0VCTUFvR0NDcUdTTTQ5QkFNQ01BNHhEREFLQmdOVkJBTVRBMjlzWkRBZUZ3MHgKT1RBeE1ERXdNREF3TURCYUZ3MHlNREEyTURFeE1qQXdNREJhTUE0eEREQUtCZ05WQkFNVEEyOXNaREJaTUJNRwpCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQkZOZUJQSzVKUndUQm5lSGtRSk5zb3M4Wk9wRDZ1U2E4TjhJCkVXQ3hpSGlpazVIcXFndnIwVDNNZnBLaTlsanZEZzdPY1BPY2JUMDA0cjd5aE5xb2dSWXdDZ1lJS29aSXpqMEUKQXdJRFNBQXdSUUlnUHltcjBkUUVKcVliS09oNjl4K240SWF3VGRmdzlFT1RTL3lXMi80d2FsSUNJUUNLZk9qWgpqUitVZWZMTzVUcjF0dkc2WVZBMUY3djk3VWVmVVdieS9oRWd5Zz09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: ""
`
