package holdfast.security.image_registry_denied_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_registry_denied

_spec(places, spec) := found if {
	found := image_registry_denied.deny with input as samples.of(samples.deployment(spec)) with data.holdfast.params as {
		"denied_registries": places,
	}
}

_deny(places, image) := _spec(places, {"containers": [{"name": "web", "image": image}]})

_places := ["docker.io/library", "registry.example.com/shop"]

test_it_is_found if {
	every image in ["nginx:1.27", "registry.example.com/shop/web:1"] {
		_deny(_places, image) == {{
			"msg": sprintf(`container "web" runs image %q, which is of a denied registry`, [image]),
			"path": samples.in_pod(["containers", 0, "image"]),
		}}
	}
}

test_init_containers_count if {
	{f.path | some f in _spec(["quay.io"], {"initContainers": [{"name": "a", "image": "quay.io/a/b:1"}]})} == {
		samples.in_pod(["initContainers", 0, "image"]),
	}
}

test_others_pass if {
	every image in ["registry.example.com.evil.org/shop/web:1", "bitnami/redis:7", "registry.example.com/shopping/web"] {
		_deny(_places, image) == set()
	}
}

test_no_image_passes if {
	every image in ["", null] {
		_deny(_places, image) == set()
	}
}

test_an_empty_list_is_not_enforced if {
	_deny([], "nginx") == set()
	_deny([], "evil.org/web:1") == set()
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
          image: registry.example.org/web:1.4.2
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
          image: registry.example.com/web:1.4.2
`

example_params := {"denied_registries": ["registry.example.com"]}
