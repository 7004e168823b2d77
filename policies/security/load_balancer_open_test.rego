package holdfast.security.load_balancer_open_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.load_balancer_open

_service(metadata, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, metadata),
	"spec": spec,
}

_warn(spec) := found if {
	found := load_balancer_open.warn with input as samples.of(_service({}, spec))
}

test_it_is_found if {
	_warn({"type": "LoadBalancer", "ports": [{"port": 443}]}) == {{
		"msg": `Service "web" is a load balancer that every address reaches`,
		"path": ["spec", "type"],
	}}
	count(_warn({"type": "LoadBalancer", "loadBalancerSourceRanges": ["0.0.0.0/0"]})) == 1
}

test_others_pass if {
	_warn({"type": "ClusterIP"}) == set()
	_warn({"type": "LoadBalancer", "loadBalancerSourceRanges": ["198.51.100.0/24"]}) == set()
	internal := _service({"annotations": {"networking.gke.io/load-balancer-type": "Internal"}}, {"type": "LoadBalancer"})
	found := load_balancer_open.warn with input as samples.of(internal)
	found == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    networking.gke.io/load-balancer-type: Internal
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
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 443}]
`
