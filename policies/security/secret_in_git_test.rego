package holdfast.security.secret_in_git_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.secret_in_git

_in_phase(phase, changes) := found if {
	secret := object.union({"kind": "Secret", "metadata": {"name": "db"}}, changes)
	found := secret_in_git.deny with input as object.union(samples.of(secret), {"phase": phase})
}

_deny(changes) := _in_phase("check", changes)

test_it_is_found if {
	_deny({"data": {"password": base64.encode("hunter2"), "user": base64.encode("shop")}}) == {{
		"msg": `Secret "db" holds a credential in plain text, under "password"`,
		"path": ["data", "password"],
	}}
	pem := "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
	_deny({"stringData": {"tls.key": pem, "tls.crt": "x"}}) == {{
		"msg": `Secret "db" holds a private key in plain text, under "tls.key"`,
		"path": ["stringData", "tls.key"],
	}}
}

test_what_kubectl_left_is_found if {
	_deny({"metadata": {"annotations": {
		"kubectl.kubernetes.io/last-applied-configuration": `{"kind":"Secret","stringData":{"password":"hunter2"}}`,
	}}}) == {{
		"msg": concat("", [
			`Secret "db" holds a credential in annotation kubectl.kubernetes.io/last-applied-configuration, `,
			`under "password"`,
		]),
		"path": ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
	}}
	every text in ["{", `"a"`, "null", `{"data":null}`, null, 1] {
		_deny({"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": text}}}) == set()
	}
}

test_other_annotations_pass if {
	_deny({"metadata": {"annotations": {"example.com/copy": `{"stringData":{"password":"hunter2"}}`}}}) == set()
}

test_no_message_holds_the_value if {
	every finding in _deny({"stringData": {"password": "hunter2", "url": "redis://:hunter2@cache"}}) {
		not contains(finding.msg, "hunter2")
	}
}

test_others_pass if {
	_deny({"stringData": {"password": "${PASSWORD}", "user": "shop"}}) == set()
	_deny({"stringData": {"password": "ENC[AES256_GCM,data:x]"}, "sops": {"mac": "ENC[x]"}}) == set()
	_deny({"data": null}) == set()
	_deny({}) == set()
}

test_live_ones_pass if {
	_in_phase("live", {"stringData": {"password": "hunter2"}}) == set()
	_in_phase("live", {"metadata": {"annotations": {
		"kubectl.kubernetes.io/last-applied-configuration": `{"stringData":{"password":"hunter2"}}`,
	}}}) == set()
	count(_in_phase("plan", {"stringData": {"password": "hunter2"}})) == 1
}

good_example := `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  secretStoreRef: {name: vault, kind: ClusterSecretStore}
  data: [{secretKey: password, remoteRef: {key: db, property: password}}]
`

bad_example := `apiVersion: v1
kind: Secret
metadata:
  name: db
data:
  user: c2hvcA==
  password: aHVudGVyMg==
`
