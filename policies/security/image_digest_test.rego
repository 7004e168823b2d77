package holdfast.security.image_digest_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_digest

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_spec(spec) := found if {
	found := image_digest.warn with input as samples.of(samples.deployment(spec))
}

_warn(image) := _spec({"containers": [{"name": "web", "image": image}]})

test_a_tag_is_found if {
	_warn("nginx:1.27") == {{
		"msg": `container "web" runs image "nginx:1.27", which has no digest`,
		"path": samples.in_pod(["containers", 0, "image"]),
	}}
	count(_warn("localhost:5000/web")) == 1
	count(_warn("web@sha256:short")) == 1
}

test_init_containers_count if {
	{f.path | some f in _spec({"initContainers": [{"name": "a", "image": "busybox:1"}]})} == {
		samples.in_pod(["initContainers", 0, "image"]),
	}
}

test_a_digest_passes if {
	_warn(sprintf("nginx@%s", [_digest])) == set()
	_warn(sprintf("nginx:1.27@%s", [_digest])) == set()
}

test_no_image_passes if {
	every image in ["", null, 1] {
		_warn(image) == set()
	}
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
          image: registry.example.com/shop/web:1.4.2@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
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
