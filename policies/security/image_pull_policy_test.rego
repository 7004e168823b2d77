package holdfast.security.image_pull_policy_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_pull_policy

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_spec(spec) := found if {
	found := image_pull_policy.warn with input as samples.of(samples.deployment(spec))
}

_warn(image) := _spec({"containers": [{"name": "web", "image": image}]})

_policy(image, policy) := _spec({"containers": [{"name": "web", "image": image, "imagePullPolicy": policy}]})

test_it_is_found if {
	_policy("nginx:latest", "IfNotPresent") == {{
		"msg": `container "web" runs image "nginx:latest" and pulls it by policy IfNotPresent`,
		"path": samples.in_pod(["containers", 0, "imagePullPolicy"]),
	}}
	count(_policy("nginx", "Never")) == 1
}

test_others_pass if {
	_policy("nginx:latest", "Always") == set()
	_policy("nginx:latest", null) == set()
	_warn("nginx:latest") == set()
	_policy("nginx:1.27", "IfNotPresent") == set()
	_policy(sprintf("nginx:latest@%s", [_digest]), "IfNotPresent") == set()
	_policy("", "IfNotPresent") == set()
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
          imagePullPolicy: IfNotPresent
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
          image: registry.example.com/web:latest
          imagePullPolicy: IfNotPresent
`
