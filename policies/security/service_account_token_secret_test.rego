package holdfast.security.service_account_token_secret_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.service_account_token_secret

_warn(type) := found if {
	secret := {"kind": "Secret", "metadata": {"name": "ci"}, "type": type}
	found := service_account_token_secret.warn with input as samples.of(secret)
}

test_it_is_found if {
	_warn("kubernetes.io/service-account-token") == {{
		"msg": `Secret "ci" holds a service account's token that does not end`,
		"path": ["type"],
	}}
}

test_it_is_found_whatever_is_in_it if {
	secret := {
		"kind": "Secret",
		"metadata": {"name": "ci", "annotations": {"kubernetes.io/service-account.name": "ci"}},
		"type": "kubernetes.io/service-account-token",
		"data": null,
	}
	found := service_account_token_secret.warn with input as samples.of(secret)
	count(found) == 1
}

test_others_pass if {
	every type in ["Opaque", "kubernetes.io/tls", null, ""] {
		_warn(type) == set()
	}
	found := service_account_token_secret.warn with input as samples.of({"kind": "Secret", "metadata": {"name": "a"}})
	found == set()
}

good_example := `apiVersion: v1
kind: Pod
metadata:
  name: ci
spec:
  containers:
    - name: ci
      image: registry.example.com/ci:1.2.0
      volumeMounts: [{name: token, mountPath: /run/secrets/tokens}]
  volumes:
    - name: token
      projected:
        sources: [{serviceAccountToken: {path: token, expirationSeconds: 3600}}]
`

bad_example := `apiVersion: v1
kind: Secret
metadata:
  name: ci
  annotations:
    kubernetes.io/service-account.name: ci
type: kubernetes.io/service-account-token
`
