package holdfast.security.service_external_name_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.service_external_name

_service(metadata, spec) := {
	"apiVersion": "v1",
	"kind": "Service",
	"metadata": object.union({"name": "web", "namespace": "shop"}, metadata),
	"spec": spec,
}

_deny(spec) := found if {
	found := service_external_name.deny with input as samples.of(_service({}, spec))
}

_name(name) := _deny({"type": "ExternalName", "externalName": name})

test_it_is_found if {
	_name("localhost") == {{"msg": `Service "web" leads to localhost`, "path": ["spec", "externalName"]}}
	every name in [
		"LOCALHOST.",
		"a.localhost",
		"localhost.localdomain",
		"127.0.0.1",
		"::1",
		"0.0.0.0",
		"169.254.169.254",
		"metadata.google.internal",
		"instance-data",
		"instance-data.ec2.internal",
	] {
		count(_name(name)) == 1
	}
}

test_others_pass if {
	every name in ["db.example.com", "localhost.example.com", "notlocalhost", "127.example.com", "mymetadata.google.internal", "", null] {
		_name(name) == set()
	}
	_deny({"type": "ClusterIP", "externalName": "localhost"}) == set()
	_deny({"externalName": "localhost"}) == set()
	_deny(null) == set()
}

good_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: ExternalName
  externalName: db.example.com
`

bad_example := `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: ExternalName
  externalName: localhost
`
