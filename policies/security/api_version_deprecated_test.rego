package holdfast.security.api_version_deprecated_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.api_version_deprecated

_warn(version, api, kind) := found if {
	resource := {"apiVersion": api, "kind": kind, "metadata": {"name": "web"}}
	found := api_version_deprecated.warn with input as samples.of(resource) with data.holdfast.params as {"kubernetes_version": version}
}

test_a_deprecated_version_is_found if {
	_warn("1.24", "policy/v1beta1", "PodDisruptionBudget") == {{
		"msg": concat("", [
			`PodDisruptionBudget "web" is of policy/v1beta1, which is deprecated from Kubernetes 1.21 on`,
			"; policy/v1 takes its place",
		]),
		"path": ["apiVersion"],
	}}
	count(_warn("1.36", "v1", "Endpoints")) == 1
}

test_the_cluster_decides if {
	count(_warn("1.19", "networking.k8s.io/v1beta1", "Ingress")) == 1
	count(_warn("1.21", "networking.k8s.io/v1beta1", "Ingress")) == 1
	_warn("1.18", "networking.k8s.io/v1beta1", "Ingress") == set()
	_warn("1.22", "networking.k8s.io/v1beta1", "Ingress") == set()
}

test_others_pass if {
	_warn("1.32", "v1", "Endpoints") == set()
	_warn("1.36", "networking.k8s.io/v1", "Ingress") == set()
	_warn("1.36", null, "Ingress") == set()
}

good_example := `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
`

bad_example := `apiVersion: v1
kind: Endpoints
metadata:
  name: database
subsets:
  - addresses: [{ip: 192.0.2.10}]
    ports: [{port: 5432}]
`
