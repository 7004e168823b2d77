package holdfast.security.node_port_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.node_port

_service(metadata, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, metadata),
	"spec": spec,
}

_warn(spec) := found if {
	found := node_port.warn with input as samples.of(_service({}, spec))
}

test_it_is_found if {
	_warn({"type": "NodePort", "ports": [{"port": 80}]}) == {{
		"msg": `Service "web" is open on each node`,
		"path": ["spec", "type"],
	}}
	count(_warn({"type": "NodePort"})) == 1
}

test_others_pass if {
	every type in ["ClusterIP", "LoadBalancer", "ExternalName", null] {
		_warn({"type": type}) == set()
	}
	_warn({}) == set()
	_warn(null) == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{port: 80}]
`

bad_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80}]
`
