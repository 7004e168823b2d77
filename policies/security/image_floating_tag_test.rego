package holdfast.security.image_floating_tag_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_floating_tag

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_spec(spec) := found if {
	found := image_floating_tag.warn with input as samples.of(samples.deployment(spec))
}

_warn(image) := _spec({"containers": [{"name": "web", "image": image}]})

test_it_is_found if {
	_warn("nginx:stable") == {{
		"msg": `container "web" runs image "nginx:stable", whose tag is no version`,
		"path": samples.in_pod(["containers", 0, "image"]),
	}}
	every tag in ["main", "alpine", "latest-alpine3", "3-latest", "nightly-20260101", "1.2-nightly", "LATEST-1"] {
		count(_warn(sprintf("localhost:5000/web:%s", [tag]))) == 1
	}
}

test_versions_pass if {
	every tag in ["1.27", "v1", "1.27-alpine", "2026-01-01", "sha-deadbee1", "1.0-latestfix"] {
		_warn(sprintf("web:%s", [tag])) == set()
	}
}

test_others_pass if {
	every image in ["web", "web:latest", sprintf("web:stable@%s", [_digest]), "", null] {
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
          image: nginx:1.27.3
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
          image: nginx:stable
`
