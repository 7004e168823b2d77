package holdfast.security.service_external_ips_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.service_external_ips

_service(metadata, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, metadata),
	"spec": spec,
}

_deny(spec) := found if {
	found := service_external_ips.deny with input as samples.of(_service({}, spec))
}

test_it_is_found if {
	_deny({"externalIPs": ["203.0.113.1", "203.0.113.2"]}) == {{
		"msg": `Service "web" takes 203.0.113.1, 203.0.113.2`,
		"path": ["spec", "externalIPs"],
	}}
	count(_deny({"type": "LoadBalancer", "externalIPs": [null, "203.0.113.1"]})) == 1
}

test_others_pass if {
	_deny({"externalIPs": []}) == set()
	_deny({"externalIPs": null}) == set()
	_deny({"externalIPs": [null]}) == set()
	_deny({"loadBalancerIP": "203.0.113.1"}) == set()
	_deny(null) == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 443}]
`

bad_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{port: 443}]
  externalIPs: [203.0.113.1]
`
