package holdfast.security.host_path_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.host_path

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
      emptyDir: {}
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
    - name: docker
      hostPath:
        path: /var/run/docker.sock
`

_deny(volumes) := found if {
	found := host_path.deny with input as samples.of(samples.deployment({"volumes": volumes}))
}

test_a_path_is_found if {
	_deny([{"name": "tmp", "emptyDir": {}}, {"name": "docker", "hostPath": {"path": "/var/run/docker.sock"}}]) == {{
		"msg": `volume "docker" mounts /var/run/docker.sock of the node`,
		"path": samples.in_pod(["volumes", 1, "hostPath"]),
	}}
}

# The standard forbids the field, whatever the path in it.
test_every_path_counts if {
	count(_deny([{"name": "a", "hostPath": {"path": "/tmp", "type": "Directory"}}])) == 1
	_deny([{"name": "a", "hostPath": {}}]) == {{
		"msg": `volume "a" mounts a path of the node`,
		"path": samples.in_pod(["volumes", 0, "hostPath"]),
	}}
}

test_other_volumes_pass if {
	_deny([
		{"name": "a", "emptyDir": {}},
		{"name": "b", "configMap": {"name": "b"}},
		{"name": "c", "persistentVolumeClaim": {"claimName": "c"}},
		{"name": "d", "hostPath": null},
	]) == set()
}

test_no_volumes_pass if {
	_deny([]) == set()
	_deny(null) == set()
}

test_a_volume_without_a_name_is_found if {
	_deny([{"name": 7, "hostPath": {"path": 1}}]) == {{
		"msg": "a volume mounts a path of the node",
		"path": samples.in_pod(["volumes", 0, "hostPath"]),
	}}
}
