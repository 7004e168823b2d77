package holdfast.security.naked_pod_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.naked_pod

_warn(metadata) := found if {
	pod := {"apiVersion": "v1", "kind": "Pod", "metadata": object.union({"name": "web"}, metadata), "spec": {}}
	found := naked_pod.warn with input as samples.of(pod)
}

test_a_pod_is_found if {
	_warn({}) == {{"msg": `Pod "web" has no controller`, "path": ["kind"]}}
	count(_warn({"ownerReferences": [], "annotations": {"example.com/hook": "test"}})) == 1
	count(_warn({"ownerReferences": null, "annotations": null})) == 1
}

test_an_owned_pod_passes if {
	_warn({"ownerReferences": [{"kind": "ReplicaSet", "name": "web-1"}]}) == set()
}

test_hooks_pass if {
	every hook in ["helm.sh/hook", "argocd.argoproj.io/hook", "kubernetes.io/config.mirror"] {
		_warn({"annotations": {hook: "test"}}) == set()
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

bad_example := `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/shop/web:1.4.2
`
