package holdfast.security.read_only_root_filesystem_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.read_only_root_filesystem

_warn(spec) := found if {
	found := read_only_root_filesystem.warn with input as samples.of(samples.deployment(spec))
}

test_it_is_found if {
	_warn({"containers": [{"name": "web", "securityContext": {"readOnlyRootFilesystem": false}}]}) == {{
		"msg": `container "web" can write to its root file system`,
		"path": samples.in_pod(["containers", 0]),
	}}
	every context in [null, {}, {"readOnlyRootFilesystem": null}, {"readOnlyRootFilesystem": "true"}] {
		count(_warn({"initContainers": [{"name": "a", "securityContext": context}]})) == 1
	}
	count(_warn({"containers": [{"name": "a"}]})) == 1
}

test_read_only_passes if {
	_warn({"containers": [{"name": "web", "securityContext": {"readOnlyRootFilesystem": true}}]}) == set()
	_warn({"containers": [], "initContainers": null}) == set()
}

test_windows_passes if {
	_warn({"os": {"name": "windows"}, "containers": [{"name": "web"}]}) == set()
}

good_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
          securityContext:
            readOnlyRootFilesystem: true
`

bad_example := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
