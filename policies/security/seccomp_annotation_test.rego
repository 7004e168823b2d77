package holdfast.security.seccomp_annotation_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.seccomp_annotation

_warn(annotations, spec) := found if {
	deployment := object.union(samples.deployment(spec), {"spec": {"template": {"metadata": {"annotations": annotations}}}})
	found := seccomp_annotation.warn with input as samples.of(deployment)
}

_pod := {"seccomp.security.alpha.kubernetes.io/pod": "runtime/default"}

test_it_is_found if {
	_warn(object.union(_pod, {"a": "b"}), {}) == {{
		"msg": `Deployment "web" names a seccomp profile in an annotation only`,
		"path": ["spec", "template", "metadata", "annotations", "seccomp.security.alpha.kubernetes.io/pod"],
	}}
	count(_warn({"container.seccomp.security.alpha.kubernetes.io/web": "runtime/default"}, {"containers": [{"name": "web"}]})) == 1
}

test_it_is_found_in_a_pod if {
	pod := {"kind": "Pod", "metadata": {"name": "web", "annotations": _pod}, "spec": {}}
	found := seccomp_annotation.warn with input as samples.of(pod)
	{f.path | some f in found} == {["metadata", "annotations", "seccomp.security.alpha.kubernetes.io/pod"]}
}

test_a_profile_in_the_spec_passes if {
	_warn(_pod, {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}) == set()
	_warn(_pod, {"containers": [{"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}]}) == set()
	count(_warn(_pod, {"securityContext": {"seccompProfile": null}})) == 1
}

test_others_pass if {
	_warn({"example.com/seccomp": "a"}, {}) == set()
	_warn(null, {}) == set()
	_warn(["a"], {}) == set()
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
      securityContext: {seccompProfile: {type: RuntimeDefault}}
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
    metadata:
      labels: {app: web}
      annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
