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
	_deny(_config_map({"password": null, "a.yaml": 1})) == set()
	_deny_env([{"name": "PASSWORD", "value": null}, {"name": "PASSWORD", "value": 1}]) == set()
	_deny(_config_map(["password: hunter2"])) == set()
}

test_certificates_pass if {
	_deny(_config_map({"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"})) == set()
}

# A file in a ConfigMap: by what its settings are called.
test_a_setting_in_a_file_is_found if {
	_deny(_config_map({
		"application.properties": "port=80\nspring.datasource.password=hunter2\nadmin.password=hunter3\n",
		"run.sh": "password=hunter2\n",
		"notes": "password=hunter2\n",
	})) == {
		{
			"msg": `ConfigMap "settings" holds a credential in plain text, under "application.properties" as spring.datasource.password`,
			"path": ["data", "application.properties"],
		},
		{
			"msg": `ConfigMap "settings" holds a credential in plain text, under "application.properties" as admin.password`,
			"path": ["data", "application.properties"],
		},
	}
	every key in ["a.yaml", "a.yml", "a.json", "A.ENV", "a.conf", "a.cfg", "a.ini", "a.toml", "a.cnf", "a.config"] {
		count(_deny(_config_map({key: "password: hunter2"}))) == 1
	}
}

test_an_argument_is_found if {
	_deny(samples.deployment({"containers": [{
		"name": "web",
		"command": ["web", "--password", "hunter2"],
		"args": ["--verbose", "--api-key=abc"],
	}]})) == {
		{
			"msg": `container "web" has a credential in plain text in its command`,
			"path": samples.in_pod(["containers", 0, "command", 1]),
		},
		{
			"msg": `container "web" has a credential in plain text in its args`,
			"path": samples.in_pod(["containers", 0, "args", 1]),
		},
	}
	_deny(samples.deployment({"containers": [{"args": [null, "--password=$(PASSWORD)", "--password"], "command": null}]})) == set()
	_deny(samples.deployment({"containers": [{"command": ["--password", null], "other": ["--password=hunter2"]}]})) == set()
	_deny(samples.deployment({"containers": [{"args": {"a": "--password=hunter2"}}]})) == set()
	{f.path | some f in _deny(samples.deployment({"containers": [{"args": ["--password", "hunter2"]}]}))} == {samples.in_pod([
		"containers", 0,
		"args", 0,
	])}
}

test_an_annotation_is_found_by_form if {
	resource := object.union(samples.deployment({}), {"metadata": {"annotations": {
		"example.com/hook": sprintf("id=%s", [_key_id]),
		"example.com/db": "postgres://shop:hunter2@db/shop",
		"example.com/password": "hunter2",
		"example.com/none": null,
	}}})
	_deny(resource) == {
		{
			"msg": `Deployment "web" has an AWS access key id in plain text, in annotation example.com/hook`,
			"path": ["metadata", "annotations", "example.com/hook"],
		},
		{
			"msg": `Deployment "web" has a password in a URL in plain text, in annotation example.com/db`,
			"path": ["metadata", "annotations", "example.com/db"],
		},
	}
}

_release(values) := {"kind": "HelmRelease", "metadata": {"name": "shop"}, "spec": {"values": values}}

test_a_list_in_values_is_found_by_form if {
	_deny(_release({"ids": [_key_id]})) == {{
		"msg": `HelmRelease "shop" has an AWS access key id in plain text, in ids.0`,
		"path": ["spec", "values", "ids", 0],
	}}
}

test_values_of_a_chart_are_found if {
	_deny(_release({"auth": {"adminPassword": "hunter2", "user": "shop"}, "env": [
		{"name": "DB_PASSWORD", "value": "hunter2"},
		{"name": "LOG", "value": "info"},
	]})) == {
		{
			"msg": `HelmRelease "shop" has a credential in plain text, in auth.adminPassword`,
			"path": ["spec", "values", "auth", "adminPassword"],
		},
		{
			"msg": `HelmRelease "shop" has a credential in plain text, in env.0.value`,
			"path": ["spec", "values", "env", 0, "value"],
		},
	}
	application := {"kind": "Application", "metadata": {"name": "shop"}, "spec": {"source": {"helm": {"valuesObject": {
		"password": "hunter2",
	}}}}}
	{f.path | some f in _deny(application)} == {["spec", "source", "helm", "valuesObject", "password"]}
}

test_values_in_a_text_are_found if {
	_deny({
		"kind": "Application",
		"metadata": {"name": "shop"},
		"spec": {"source": {"helm": {"values": "auth:\n  adminPassword: hunter2\n"}}},
	}) == {{
		"msg": `Application "shop" has a credential in plain text, in adminPassword`,
		"path": ["spec", "source", "helm", "values"],
	}}
	every kind in ["HelmChart", "HelmChartConfig"] {
		_deny({"kind": kind, "metadata": {"name": "a"}, "spec": {"valuesContent": "password: hunter2\nsecretKey: a\n"}}) == {{
			"msg": sprintf(`%s "a" has a credential in plain text, in password`, [kind]),
			"path": ["spec", "valuesContent"],
		}}
	}
	_deny({"kind": "HelmChart", "metadata": {"name": "a"}, "spec": {"valuesContent": sprintf("a: %s", [_key_id])}}) == {{
		"msg": `HelmChart "a" has an AWS access key id in plain text, in its values`,
		"path": ["spec", "valuesContent"],
	}}
}

test_parameters_are_found if {
	_deny({"kind": "Application", "metadata": {"name": "shop"}, "spec": {"source": {"helm": {"parameters": [
		{"name": "replicas", "value": "2"},
		{"name": "auth.password", "value": "hunter2"},
		{"name": "b", "value": null},
		null,
	]}}}}) == {{
		"msg": `Application "shop" has a credential in plain text, in auth.password`,
		"path": ["spec", "source", "helm", "parameters", 1, "value"],
	}}
}

# In the values of charts secretKey is most often the key in a Secret.
test_other_values_pass if {
	_deny(_release({
		"auth": {"existingSecret": "db", "secretKey": "password", "password": "", "enabled": true},
		"apiKey": "${API_KEY}",
		"list": ["a", {"name": 1, "value": "x"}],
	})) == set()
	_deny(_release(null)) == set()
	every helm in [{"valuesObject": {"password": "hunter2"}}, {"parameters": [{"name": "password", "value": "hunter2"}]}] {
		_deny({"kind": "HelmRelease", "metadata": {"name": "a"}, "spec": {"source": {"helm": helm}}}) == set()
	}
	_deny({"kind": "Application", "metadata": {"name": "a"}, "spec": null}) == set()
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
      containers:
        - name: web
          image: registry.example.com/shop/web:1.4.2
          env:
            - name: DB_PASSWORD
              valueFrom: {secretKeyRef: {name: db, key: password}}
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
          env:
            - name: DB_PASSWORD
              value: hunter2
`
