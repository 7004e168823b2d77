package holdfast.security.image_registry_deprecated_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_registry_deprecated

_digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

_spec(spec) := found if {
	found := image_registry_deprecated.warn with input as samples.of(samples.deployment(spec))
}

_warn(image) := _spec({"containers": [{"name": "web", "image": image}]})

test_it_is_found if {
	every image in [
		"k8s.gcr.io/pause:3.9",
		"k8s.gcr.io/sig-storage/csi-provisioner:v3.1.0",
		"gcr.io/google_containers/echoserver:1.10",
		"eu.gcr.io/google-containers/pause:3.1",
		"us.gcr.io/google-containers/pause:3.1",
		"asia.gcr.io/google-containers/pause:3.1",
		"docker.pkg.github.com/a/b/c:1",
	] {
		_warn(image) == {{
			"msg": sprintf(`container "web" runs image %q, whose registry was given up`, [image]),
			"path": samples.in_pod(["containers", 0, "image"]),
		}}
	}
}

test_others_pass if {
	every image in [
		"registry.k8s.io/pause:3.9",
		"gcr.io/google-samples/hello:1",
		"gcr.io/google_containersx/pause:3.1",
		"example.com/k8s.gcr.io/pause:3.1",
		"k8sXgcr.io/pause:3.1",
		"ghcr.io/a/b:1",
		null,
	] {
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
          image: registry.k8s.io/echoserver:1.10
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
          image: k8s.gcr.io/echoserver:1.10
`
