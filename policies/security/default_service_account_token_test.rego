package holdfast.security.default_service_account_token_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.default_service_account_token

_warn_with(spec, accounts) := found if {
	found := default_service_account_token.warn with input as samples.of(samples.deployment(spec)) with data.holdfast.resources as samples.stored(accounts)
}

_warn(spec) := _warn_with(spec, {["core/Service", {"metadata": {"name": "web"}}]})

_account(namespace, name, mounted) := ["core/ServiceAccount", {
	"metadata": {"name": name, "namespace": namespace},
	"automountServiceAccountToken": mounted,
}]

test_it_is_found if {
	_warn({"containers": []}) == {{
		"msg": `Deployment "web" mounts the token of the default service account`,
		"path": samples.template,
	}}
	every spec in [
		{"serviceAccountName": "default"},
		{"serviceAccount": "default"},
		{"serviceAccountName": "", "serviceAccount": ""},
		{"serviceAccountName": null, "automountServiceAccountToken": null},
		{"automountServiceAccountToken": true},
		{"serviceAccount": null},
	] {
		count(_warn(spec)) == 1
	}
}

test_not_mounted_passes if {
	_warn({"automountServiceAccountToken": false}) == set()
	_warn_with({}, {_account("shop", "default", false)}) == set()
}

test_other_accounts_pass if {
	_warn({"serviceAccountName": "web"}) == set()
	_warn({"serviceAccount": "web"}) == set()
	_warn({"serviceAccountName": "web", "serviceAccount": "default"}) == set()
	_warn(null) == set()
}

test_the_account_of_this_pod_counts if {
	count(_warn_with({}, {_account("shop", "default", true)})) == 1
	count(_warn_with({}, {_account("other", "default", false)})) == 1
	count(_warn_with({}, {_account("shop", "web", false)})) == 1
	count(_warn_with({"automountServiceAccountToken": true}, {_account("shop", "default", false)})) == 1
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
        - name: web
          image: registry.example.com/shop/web:1.4.2
`
