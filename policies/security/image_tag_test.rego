package holdfast.security.image_tag_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.image_tag

_warn(image) := found if {
	found := image_tag.warn with input as samples.of(samples.deployment({"containers": [{
		"name": "web",
		"image": image,
	}]}))
}

test_latest_is_found if {
	_warn("nginx:latest") == {{
		"msg": `container "web" runs image "nginx:latest", which has the tag latest`,
		"path": samples.in_pod(["containers", 0, "image"]),
	}}
	count(_warn("localhost:5000/shop/web:latest")) == 1
}

test_no_tag_is_found if {
	_warn("nginx") == {{
		"msg": `container "web" runs image "nginx", which has no tag, and so is latest`,
		"path": samples.in_pod(["containers", 0, "image"]),
	}}
}

# The colon is the port's.
test_a_port_is_no_tag if {
	count(_warn("localhost:5000/web")) == 1
}

test_a_version_passes if {
	every image in ["nginx:1.27", "localhost:5000/web:1.2.3", "registry.example.com/a/b:latest-1", "web:v1"] {
		_warn(image) == set()
	}
}

test_a_digest_passes_whatever_the_tag if {
	digest := "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	_warn(sprintf("nginx@%s", [digest])) == set()
	_warn(sprintf("nginx:latest@%s", [digest])) == set()
}

# The API server asks for the image; some tools fill it in.
test_no_image_passes if {
	_warn("") == set()
	_warn(null) == set()
}

test_init_containers_count if {
	spec := {"containers": [], "initContainers": [{"name": "a", "image": "busybox"}]}
	found := image_tag.warn with input as samples.of(samples.deployment(spec))
	{f.path | some f in found} == {samples.in_pod(["initContainers", 0, "image"])}
}

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/shop/web:1.4.2
`

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/shop/web:latest
`
