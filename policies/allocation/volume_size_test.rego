package holdfast.allocation.volume_size_test

import data.holdfast.allocation.volume_size
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Ti}}
`

bad_example := `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1025Gi}}
`

example_params := {"max_volume_size": "1Ti"}

_deny(storage, most) := found if {
	claim := {"kind": "PersistentVolumeClaim", "spec": {"resources": {"requests": {"storage": storage}}}}
	found := volume_size.deny with input as samples.of(claim) with data.holdfast.params.max_volume_size as most
}

test_more_is_found if {
	_deny("1025Gi", "1Ti") == {{
		"msg": "the claim asks for 1025Gi, more than 1Ti",
		"path": ["spec", "resources", "requests", "storage"],
	}}
	count(_deny("1Ti", "1T")) == 1
}

test_up_to_the_most_passes if {
	_deny("1Ti", "1024Gi") == set()
	_deny("1T", "1e12") == set()
	_deny("lots", "1Ti") == set()
	_deny(null, "1Ti") == set()
}

test_without_the_parameter_all_passes if {
	_deny("9Ei", "") == set()
}
