package holdfast.security.plaintext_secret_test

import data.holdfast.lib.samples_test as samples
import data.holdfast.security.plaintext_secret

# Put together here, so that no scanner takes it for a real one.
_key_id := concat("", ["AKIA", "2345ABCDWXYZ67QR"])

_pem := "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"

_config_map(values) := {"kind": "ConfigMap", "metadata": {"name": "settings"}, "data": values}

_deny(resource) := found if {
	found := plaintext_secret.deny with input as samples.of(resource)
}

_deny_env(env) := _deny(samples.deployment({"containers": [{"name": "web", "env": env}]}))

test_a_config_map_is_found_by_form_and_by_name if {
	_deny(_config_map({"tls.key": _pem, "aws.conf": sprintf("id=%s", [_key_id]), "db-password": "hunter2"})) == {
		{
			"msg": `ConfigMap "settings" holds a private key in plain text, under "tls.key"`,
			"path": ["data", "tls.key"],
		},
		{
			"msg": `ConfigMap "settings" holds an AWS access key id in plain text, under "aws.conf"`,
			"path": ["data", "aws.conf"],
		},
		{
			"msg": `ConfigMap "settings" holds a credential in plain text, under "db-password"`,
			"path": ["data", "db-password"],
		},
	}
}

test_a_variable_is_found if {
	_deny_env([{"name": "LOG", "value": "info"}, {"name": "DB_PASSWORD", "value": "hunter2"}]) == {{
		"msg": `container "web" has a credential in plain text, in the variable DB_PASSWORD`,
		"path": samples.in_pod(["containers", 0, "env", 1, "value"]),
	}}
}

test_a_url_with_a_password_is_found if {
	_deny_env([{"name": "DATABASE_URL", "value": "postgres://shop:hunter2@db/shop"}]) == {{
		"msg": `container "web" has a password in a URL in plain text, in the variable DATABASE_URL`,
		"path": samples.in_pod(["containers", 0, "env", 0, "value"]),
	}}
}

test_no_message_holds_the_value if {
	values := [_key_id, "hunter2", "MIIB"]
	found := _deny(_config_map({"password": "hunter2", "a": _key_id, "b": _pem})) | _deny_env([
		{"name": "PASSWORD", "value": "hunter2"},
		{"name": "URL", "value": "redis://:hunter2@cache"},
	])
	count(found) == 5
	every finding in found {
		every value in values {
			not contains(finding.msg, value)
		}
	}
}

test_references_pass if {
	_deny_env([
		{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
		{"name": "DATABASE_URL", "value": "postgres://shop:$(DB_PASSWORD)@db/shop"},
		{"name": "API_KEY", "value": "$(KEY)"},
		{"name": "PASSWORD_FILE", "value": "/run/secrets/password"},
		{"name": "MYSQL_ALLOW_EMPTY_PASSWORD", "value": "true"},
	]) == set()
}

test_plain_settings_pass if {
	_deny(_config_map({"LOG_LEVEL": "info", "app.conf": "password_min_length = 12\nport = 80\n"})) == set()
	_deny(_config_map(null)) == set()
}

test_certificates_pass if {
	_deny(_config_map({"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"})) == set()
}
