package holdfast.security.helm_tiller_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.helm_tiller

_deny(spec) := found if {
	found := helm_tiller.deny with input as samples.of(samples.deployment(spec))
}

_image(image) := _deny({"containers": [{"name": "tiller", "image": image}]})

test_it_is_found if {
	_image("ghcr.io/helm/tiller:v2.16.9") == {{
		"msg": `container "tiller" runs Tiller, image "ghcr.io/helm/tiller:v2.16.9"`,
		"path": samples.in_pod(["containers", 0, "image"]),
	}}
	count(_image("gcr.io/kubernetes-helm/tiller")) == 1
}

test_others_pass if {
	every image in ["ghcr.io/helm/tillerless:v1", "tiller/helm:1", "", null] {
		_image(image) == set()
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
          image: registry.example.com/shop/web:1.4.2
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
        - name: tiller
          image: ghcr.io/helm/tiller:v2.16.9
`
