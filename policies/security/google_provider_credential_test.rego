package holdfast.security.google_provider_credential_test

import data.holdfast.lib.attributes_test
import data.holdfast.security.google_provider_credential

_provider(name, spec) := found if {
	found := google_provider_credential.deny with input as attributes_test.of(attributes_test.named("provider", name, spec))
}

_key := `{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIE"}`

test_literal_credentials_are_found if {
	_provider("google", {"credentials": _key}) == {{
		"msg": "provider google has the key of a service account in the configuration",
		"path": ["spec", "credentials"],
	}}
	_provider("google-beta.west", {"access_token": "ya29.x"}) == {{
		"msg": "provider google-beta.west has its access_token in the configuration",
		"path": ["spec", "access_token"],
	}}
	count(_provider("google-beta", {"credentials": _key})) == 1
	count(_provider("google.west", {"access_token": "ya29.x", "credentials": _key})) == 2
}

test_others_pass if {
	_provider("google", {"credentials": "account.json", "access_token": "${data.x.y.z}"}) == set()
	_provider("google", {"credentials": 1, "access_token": null}) == set()
	_provider("googleworkspace", {"credentials": _key, "access_token": "x"}) == set()
	_provider(null, {"credentials": _key, "access_token": "x"}) == set()
	_provider("google", {}) == set()
}

good_example := `provider "google" {
  project = "example"
  region  = "europe-west1"
}
`

bad_example := `provider "google" {
  project      = "example"
  region       = "europe-west1"
  access_token = "correct horse battery staple"
}
`
