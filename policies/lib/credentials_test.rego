package holdfast.lib.credentials_test

import data.holdfast.lib.credentials

# The samples are put together here so that no scanner of this repository
# takes them for real ones.
_pem(label) := sprintf("-----BEGIN %s-----\nMIIB\n-----END %s-----", [label, label])

test_forms if {
	found := {
		_pem("PRIVATE KEY"): {"a private key"},
		_pem("EC PRIVATE KEY"): {"a private key"},
		_pem("OPENSSH PRIVATE KEY"): {"a private key"},
		_pem("PGP PRIVATE KEY BLOCK"): {"a private key"},
		concat("", ["id = AKIA", "2345ABCDWXYZ67QR"]): {"an AWS access key id"},
		concat("", ["ghp_", "aaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbb"]): {"a GitHub token"},
		concat("", ["glpat-", "aaaaaaaaaabbbbbbbbbb"]): {"a GitLab token"},
		concat("", ["xoxb-", "123456-abcdefghijkl"]): {"a Slack token"},
		concat("", ["sk_live_", "aaaaaaaaaabbbbbbbbbb"]): {"a Stripe live key"},
		concat("", ["AIza", "aaaaaaaaaabbbbbbbbbbccccccccccddddd"]): {"a Google API key"},
	}
	every text, forms in found {
		credentials.forms(text) == forms
	}
}

test_no_forms if {
	every text in [
		_pem("CERTIFICATE"),
		_pem("PUBLIC KEY"),
		"AKIAIOSFODNN7EXAMPLE",
		"AKIA234",
		concat("", ["XAKIA", "2345ABCDWXYZ67QR"]),
		"ghp_short",
		"sk_test_aaaaaaaaaabbbbbbbbbb",
		"",
	] {
		credentials.forms(text) == set()
	}
}

test_names if {
	every name in [
		"password", "DB_PASSWORD", "dbPassword", "spring.datasource.password", "PGPASSWORD", "redis-passwd",
		"AWS_SECRET_ACCESS_KEY", "secretKey", "CLIENT_SECRET", "STRIPE_API_KEY", "apiKey", "ACCESS_TOKEN",
	] {
		credentials.literals(name, "hunter2") == {"a credential"}
	}
	every name in [
		"PASSWORD_FILE", "PASSWORD_MIN_LENGTH", "passwordPolicy", "SECRET_NAME", "TOKEN_TTL", "CSRF_TOKEN", "KEY",
		"API_KEY_HEADER",
	] {
		credentials.literals(name, "hunter2") == set()
	}
}

test_values_that_are_no_credential if {
	every text in [
		"", "true", "yes", " No ", "$(DB_PASSWORD)", "${DB_PASSWORD}", "{{ .Values.password }}", "<password>",
		"/run/secrets/db", "./secrets/db", "vault:secret/data/db#password", "file:/run/secrets/db",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "op://vault/db/password",
	] {
		credentials.literals("DB_PASSWORD", text) == set()
	}
}

test_urls if {
	every url in ["postgres://shop:hunter2@db/shop", "redis://:hunter2@cache:6379", "amqp://a:b@[::1]:5672"] {
		credentials.literals("URL", url) == {"a password in a URL"}
	}
	every url in [
		"postgres://shop@db/shop", "postgres://shop:$(PASSWORD)@db/shop", "postgres://shop:${PASSWORD}@db",
		"https://example.com:8443/@scope/pkg", "postgres://shop:<password>@db", "mailto:a@b", "git@host:path",
	] {
		credentials.literals("URL", url) == set()
	}
}
