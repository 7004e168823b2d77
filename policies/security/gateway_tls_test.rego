package holdfast.security.gateway_tls_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.gateway_tls

_warn(listeners) := found if {
	gateway := {"kind": "Gateway", "metadata": {"name": "web"}, "spec": {"listeners": listeners}}
	found := gateway_tls.warn with input as samples.of(gateway)
}

test_it_is_found if {
	_warn([{"protocol": "HTTP", "port": 80}]) == {{"msg": `Gateway "web" speaks HTTP only`, "path": ["spec", "listeners"]}}
	count(_warn([{"protocol": "HTTP", "port": 80}, {"protocol": "HTTP", "port": 8080}])) == 1
}

test_others_pass if {
	every protocol in ["HTTPS", "TLS", "TCP", "HBONE"] {
		_warn([{"protocol": protocol}]) == set()
		_warn([{"protocol": protocol}, {"protocol": "HTTP"}]) == set()
	}
	_warn([]) == set()
	_warn(null) == set()
	_warn([null]) == set()
}

good_example := `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80}
    - {name: https, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: web-tls}]}}
`

bad_example := `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
spec:
  gatewayClassName: example
  listeners:
    - {name: http, protocol: HTTP, port: 80}
`
