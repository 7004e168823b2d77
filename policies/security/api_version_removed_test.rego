package holdfast.security.api_version_removed_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.api_version_removed

_deny(version, api, kind) := found if {
	resource := {"apiVersion": api, "kind": kind, "metadata": {"name": "web"}}
	found := api_version_removed.deny with input as samples.of(resource) with data.holdfast.params as {"kubernetes_version": version}
}

test_a_removed_version_is_found if {
	_deny("1.36", "policy/v1beta1", "PodDisruptionBudget") == {{
		"msg": concat("", [
			`PodDisruptionBudget "web" is of policy/v1beta1, which Kubernetes does not serve from 1.25 on`,
			"; policy/v1 takes its place",
		]),
		"path": ["apiVersion"],
	}}
	_deny("1.36", "policy/v1beta1", "PodSecurityPolicy") == {{
		"msg": `PodSecurityPolicy "web" is of policy/v1beta1, which Kubernetes does not serve from 1.25 on`,
		"path": ["apiVersion"],
	}}
}

test_the_cluster_decides if {
	count(_deny("1.22", "networking.k8s.io/v1beta1", "Ingress")) == 1
	_deny("1.21", "networking.k8s.io/v1beta1", "Ingress") == set()
}

test_others_pass if {
	_deny("1.36", "networking.k8s.io/v1", "Ingress") == set()
	_deny("1.36", "v1", "Endpoints") == set()
	_deny("1.36", "policy/v1beta1", "Other") == set()
	_deny("1.36", null, "Ingress") == set()
}

good_example := `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
`

bad_example := `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: web}}
`
