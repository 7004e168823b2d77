package holdfast.allocation.memory_volume_limit_test

import data.holdfast.allocation.memory_volume_limit
import data.holdfast.lib.samples_test as samples

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 64Mi}
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
  volumes:
    - name: tmp
      emptyDir: {medium: Memory}
`

_warn(volumes) := found if {
	found := memory_volume_limit.warn with input as samples.of(samples.deployment({"volumes": volumes}))
}

test_without_a_limit_is_found if {
	every volume in [{"medium": "Memory"}, {"medium": "Memory", "sizeLimit": null}] {
		_warn([{"name": "a", "emptyDir": {}}, {"name": "cache", "emptyDir": volume}]) == {{
			"msg": `volume "cache" in memory has no sizeLimit`,
			"path": samples.in_pod(["volumes", 1, "emptyDir"]),
		}}
	}
}

test_others_pass if {
	_warn([
		{"name": "a", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
		{"name": "b", "emptyDir": {"medium": ""}},
		{"name": "c", "emptyDir": null},
		{"name": "d", "configMap": {}},
	]) == set()
	_warn(null) == set()
}
