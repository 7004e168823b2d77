package holdfast.security.volume_types_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.volume_types

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: data
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
  volumes:
    - name: data
      nfs:
        server: nas.example.com
        path: /export
`

_deny(spec) := found if {
	found := volume_types.deny with input as samples.of(samples.deployment(spec))
}

_volumes(volumes) := _deny({"volumes": volumes})

test_other_types_are_found if {
	_volumes([{"name": "a", "emptyDir": {}}, {"name": "data", "nfs": {"server": "nas", "path": "/"}}]) == {{
		"msg": `volume "data" is of the type nfs`,
		"path": samples.in_pod(["volumes", 1, "nfs"]),
	}}
	_volumes([{"name": 7, "iscsi": {}}]) == {{"msg": "a volume is of the type iscsi", "path": samples.in_pod(["volumes", 0, "iscsi"])}}
}

test_a_claim_without_its_fields_is_one if {
	count(_volumes([{"name": "a", "emptyDir": null, "rbd": {}}])) == 1
}

test_the_types_of_the_standard_pass if {
	every type in [
		"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
	] {
		_volumes([{"name": "a", type: {}}]) == set()
	}
}

# The API server makes an emptyDir of one that says nothing.
test_no_type_passes if {
	_volumes([{"name": "a"}, {"name": "b", "emptyDir": null}, "text", null]) == set()
	_volumes(null) == set()
}

# Any of the types permits the volume; that there is but one is for others to say.
test_a_permitted_type_decides if {
	_volumes([{"name": "a", "emptyDir": {}, "nfs": {}}]) == set()
}

# That is security/host-path's.
test_what_baseline_finds_passes if {
	_volumes([{"name": "a", "hostPath": {"path": "/"}}]) == set()
}
