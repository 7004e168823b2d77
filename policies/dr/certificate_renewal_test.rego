package holdfast.dr.certificate_renewal_test

import data.holdfast.dr.certificate_renewal
import data.holdfast.lib.clusters_test as clusters
import data.holdfast.lib.samples_test as samples

_warn(spec) := found if {
	found := certificate_renewal.warn with input as samples.of(clusters.make("cert-manager.io/v1", "Certificate", "web", spec))
		with data.holdfast.params as {"min_renewal_days": 7}
}

_finding(field, what) := {{"msg": sprintf(`Certificate "web" is %s`, [what]), "path": ["spec", field]}}

test_too_late_is_found if {
	_warn({"renewBefore": "24h"}) == _finding("renewBefore", "renewed only 1 day before its end")
	_warn({"renewBefore": "167h"}) == _finding("renewBefore", "renewed only 167 hours before its end")
	_warn({"renewBeforePercentage": 5}) == _finding("renewBeforePercentage", "renewed only 108 hours before its end")

	# A tenth of its life.
	_warn({"duration": "240h", "renewBefore": "23h"}) == _finding("renewBefore", "renewed only 23 hours before its end")
}

test_in_time_passes if {
	_warn({}) == set()
	_warn({"renewBefore": "168h"}) == set()
	_warn({"renewBefore": "360h0m0s", "duration": "2160h"}) == set()
	_warn({"duration": "24h", "renewBefore": "8h"}) == set()
	_warn({"duration": "240h", "renewBefore": "24h"}) == set()
	_warn({"renewBeforePercentage": 34}) == set()
	_warn({"duration": "1m", "renewBefore": "30s"}) == set()
}

test_never_valid_is_found if {
	_warn({"duration": "24h", "renewBefore": "24h"}) == _finding(
		"renewBefore",
		"to be renewed 1 day before its end, but lasts 1 day",
	)
	count(_warn({"renewBefore": "2161h"})) == 1
	count(_warn({"renewBeforePercentage": 100})) == 1
	count(_warn({"renewBeforePercentage": 0})) == 1
	_warn({"duration": "24h", "renewBefore": "23h59m"}) == set()
}

test_wrong_types_pass if {
	_warn({"renewBefore": 5, "renewBeforePercentage": "5", "duration": null}) == set()
	_warn(null) == set()
	_warn({"duration": "0s", "renewBefore": "720h"}) == set()
}

good_example := `apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: web
spec:
  secretName: web-tls
  dnsNames: [shop.example.com]
  duration: 2160h
  renewBefore: 720h
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`

bad_example := `apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: web
spec:
  secretName: web-tls
  dnsNames: [shop.example.com]
  duration: 2160h
  renewBefore: 24h
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
`
