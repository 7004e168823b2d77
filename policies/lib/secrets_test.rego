package holdfast.lib.secrets_test

import data.holdfast.lib.secrets

_texts(secret) := {entry.key: entry.text | some entry in secrets.entries(secret)}

_whats(secret) := {entry.key: entry.what | some entry in secrets.given_away(secret)}

test_entries if {
	secrets.entries({"stringData": {"a": "x"}, "data": {"b": base64.encode("y")}}) == {
		{"path": ["stringData", "a"], "key": "a", "text": "x"},
		{"path": ["data", "b"], "key": "b", "text": "y"},
	}
	_texts({"data": {"a": "not base64!"}}) == {"a": "not base64!"}
}

test_no_entries if {
	every secret in [
		{"stringData": {"a": "ENC[x]"}, "data": {"b": "ENC[y]"}, "sops": {"mac": "ENC[x]"}},
		{"stringData": {"a": "$(encrypted)", "b": "x-$(encrypted)"}, "data": {"c": base64.encode("y: $(encrypted)")}},
		{"stringData": {"a": "", "b": "${B}", "c": null, "d": 1}},
		{"data": {"a": "", "b": base64.encode("<b>"), "c": null, "d": "${D}", "e": "<path:secret/data/db#password>"}},
		{"stringData": null, "data": null},
		{"stringData": ["x"], "data": ["eA=="]},
		{},
	] {
		secrets.entries(secret) == set()
	}
	count(secrets.entries({"stringData": {"a": "x", "b": "ENC[y]"}, "sops": {"mac": "ENC[x]"}})) == 1
}

test_given_away if {
	_whats({"stringData": {
		"password": "hunter2",
		"url": "redis://:hunter2@cache",
		"user": "shop",
		"keystore": "abc",
	}}) == {"password": "a credential", "url": "a password in a URL"}
	every key in ["token", "bot-token", "secret", "clientsecret", "pass", "DB_PWD", "credentials", "credential"] {
		_whats({"data": {key: base64.encode("hunter2")}}) == {key: "a credential"}
	}
	_whats({"data": {"tokens": base64.encode("hunter2"), "secrets": base64.encode("x"), "passes": "eA=="}}) == {}
	_whats({"data": {"token": base64.encode("true")}}) == {}
}
