package holdfast.security.service_account_token_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.service_account_token

_warn_with(spec, accounts) := found if {
	found := service_account_token.warn with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as samples.stored(accounts)
}

_warn(spec) := _warn_with(spec, {["core/Service", {"metadata": {"name": "web"}}]})

_account(namespace, name, mounted) := ["core/ServiceAccount", {
	"metadata": {"name": name, "namespace": namespace},
	"automountServiceAccountToken": mounted,
}]

test_it_is_found if {
	_warn({"serviceAccountName": "web"}) == {{
		"msg": `Deployment "web" mounts the token of service account "web"`,
		"path": samples.template,
	}}
	every spec in [
		{"serviceAccount": "web"},
		{"serviceAccountName": "web", "serviceAccount": "default"},
		{"serviceAccountName": "", "serviceAccount": "web"},
		{"serviceAccountName": "web", "automountServiceAccountToken": null},
	] {
		count(_warn(spec)) == 1
	}
}

test_not_mounted_passes if {
	_warn({"serviceAccountName": "web", "automountServiceAccountToken": false}) == set()
	_warn_with({"serviceAccountName": "web"}, {_account("shop", "web", false)}) == set()
}

test_the_default_account_is_of_another_rule if {
	_warn({"serviceAccountName": "default"}) == set()
	_warn({"serviceAccount": "default"}) == set()
	every name in ["", null] {
		_warn({"serviceAccount": name}) == set()
		_warn({"serviceAccountName": name}) == set()
	}
	_warn({}) == set()
	_warn(null) == set()
}

test_the_account_of_this_pod_counts if {
	count(_warn_with({"serviceAccountName": "web"}, {_account("shop", "web", true)})) == 1
	count(_warn_with({"serviceAccountName": "web"}, {_account("other", "web", false)})) == 1
	count(_warn_with({"serviceAccountName": "web"}, {_account("shop", "default", false)})) == 1
	spec := {"serviceAccountName": "web", "automountServiceAccountToken": true}
	count(_warn_with(spec, {_account("shop", "web", false)})) == 1
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
      automountServiceAccountToken: false
      serviceAccountName: web
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
      serviceAccountName: web
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
