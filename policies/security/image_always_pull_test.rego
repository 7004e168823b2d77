package holdfast.security.image_always_pull_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_always_pull

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_spec(spec) := found if {
	found := image_always_pull.warn with input as samples.of(samples.deployment(spec))
}

_warn(image) := _spec({"containers": [{"name": "web", "image": image}]})

_policy(image, policy) := _spec({"containers": [{"name": "web", "image": image, "imagePullPolicy": policy}]})

test_it_is_found if {
	_warn("nginx:1.27") == {{
		"msg": `container "web" runs image "nginx:1.27" and pulls it by policy IfNotPresent`,
		"path": samples.in_pod(["containers", 0]),
	}}
	count(_policy("nginx:1.27", "Never")) == 1
	count(_policy("nginx:latest", "IfNotPresent")) == 1
	_policy("nginx:1.27", null) == _warn("nginx:1.27")
}

test_others_pass if {
	_policy("nginx:1.27", "Always") == set()
	_warn("nginx") == set()
	_warn(sprintf("nginx:1.27@%s", [_digest])) == set()
	_warn(null) == set()
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
          image: registry.example.com/web:1.4.2
          imagePullPolicy: Always
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
