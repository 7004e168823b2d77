package holdfast.security.secret_manifest_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.secret_manifest

_in_phase(phase, changes) := found if {
	secret := object.union({"kind": "Secret", "metadata": {"name": "app"}}, changes)
	found := secret_manifest.warn with input as object.union(samples.of(secret), {"phase": phase})
}

_warn(changes) := _in_phase("check", changes)

test_it_is_found if {
	_warn({"stringData": {"user": "shop", "host": "db"}}) == {{
		"msg": `Secret "app" is written out, with 2 values`,
		"path": ["stringData"],
	}}
	{f.path | some f in _warn({"data": {"user": base64.encode("shop")}, "stringData": {"host": "db"}})} == {["data"]}
}

test_what_another_rule_finds_passes if {
	_warn({"stringData": {"user": "shop", "password": "hunter2"}}) == set()
}

test_others_pass if {
	_warn({"stringData": {"user": "${USER}"}}) == set()
	_warn({"stringData": {"user": "ENC[x]"}, "sops": {"mac": "ENC[x]"}}) == set()
	_warn({"data": {}}) == set()
	_warn({}) == set()
	_in_phase("live", {"stringData": {"user": "shop"}}) == set()
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
  name: app
stringData:
  user: shop
`
