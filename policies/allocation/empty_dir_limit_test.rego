package holdfast.allocation.empty_dir_limit_test

import data.holdfast.allocation.empty_dir_limit
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
      emptyDir: {sizeLimit: 1Gi}
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
      emptyDir: {}
`

_warn_of(spec) := found if {
	found := empty_dir_limit.warn with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as {}
}

_warn(volumes) := _warn_of({"containers": [{"name": "web"}], "volumes": volumes})

test_without_a_limit_is_found if {
	every volume in [{}, {"medium": "", "sizeLimit": null}] {
		_warn([{"name": "tmp", "emptyDir": volume}]) == {{
			"msg": `volume "tmp" has no sizeLimit`,
			"path": samples.in_pod(["volumes", 0, "emptyDir"]),
		}}
	}
}

test_others_pass if {
	_warn([
		{"name": "a", "emptyDir": {"sizeLimit": "64Mi"}},
		{"name": "b", "emptyDir": {"medium": "Memory"}},
		{"name": "c", "emptyDir": null},
		{"name": "d", "configMap": {}},
	]) == set()
}

test_limits_of_all_containers_bound_it if {
	limited := {"name": "a", "resources": {"limits": {"ephemeral-storage": "1Gi"}}}
	volumes := [{"name": "tmp", "emptyDir": {}}]
	_warn_of({"containers": [limited], "initContainers": [limited], "volumes": volumes}) == set()
	count(_warn_of({"containers": [limited], "initContainers": [{"name": "b"}], "volumes": volumes})) == 1
	requested := {"name": "a", "resources": {"requests": {"ephemeral-storage": "1Gi"}}}
	count(_warn_of({"containers": [requested], "volumes": volumes})) == 1
}

_defaults(limits) := samples.stored({["core/LimitRange", {
	"metadata": {"name": "a", "namespace": "shop"},
	"spec": {"limits": [{"type": "Container", "default": limits}]},
}]})

test_a_default_bounds_it if {
	spec := {"containers": [{"name": "web"}], "volumes": [{"name": "tmp", "emptyDir": {}}]}
	found := empty_dir_limit.warn with input as samples.of(samples.deployment(spec))
		with data.holdfast.resources as _defaults({"ephemeral-storage": "1Gi"})
	found == set()
}
