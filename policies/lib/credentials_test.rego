package holdfast.lib.credentials_test

import data.holdfast.lib.credentials

# The samples are put together here so that no scanner of this repository
# takes them for real ones.
_pem(label) := sprintf("-----BEGIN %s-----\nMIIB\n-----END %s-----", [label, label])

_x(n) := concat("", [letter | some _ in numbers.range(1, n); letter := "a"])

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
		concat("", ["npm", "_", _x(36)]): {"an npm token"},
		concat("", ["pypi-AgEIcHlwaS5", "vcmc", _x(50)]): {"a PyPI token"},
		concat("", ["SG", ".", _x(22), ".", _x(43)]): {"a SendGrid key"},
		concat("", ["dop", "_v1_", _x(64)]): {"a DigitalOcean token"},
		concat("", ["hvs", ".", _x(24)]): {"a Vault token"},
		concat("", ["AGE-SECRET", "-KEY-1", upper(replace(_x(58), "a", "q"))]): {"an age key"},
		concat("", ["sk", "-proj-", _x(20)]): {"an OpenAI key"},
		concat("", ["sk", "-ant-api03-", _x(20)]): {"an Anthropic key"},
		concat("", ["dapi", _x(32)]): {"a Databricks token"},
		concat("", ["glsa", "_", _x(32), "_", _x(8)]): {"a Grafana token"},
		concat("", ["12345678", ":AA", _x(33)]): {"a Telegram bot token"},
		concat("", ["shpat", "_", _x(32)]): {"a Shopify token"},
		concat("", [_x(14), ".atlasv1", ".", _x(60)]): {"a Terraform Cloud token"},
		concat("", ["tskey", "-auth-k1CNTRL-", _x(20)]): {"a Tailscale key"},
		concat("", ["https://hooks.slack", ".com/services/T0000AAAA/B0000AAAA/", _x(24)]): {"a Slack webhook"},
		concat("", ["https://discord", ".com/api/webhooks/123456789012345678/", _x(60)]): {"a Discord webhook"},
		`{"auths": {"r.example.com": {"auth": "c2hvcDpodW50ZXIy"}}}`: {"the login of a registry"},
		`{"auths": {"a": {"email": "b"}, "r.example.com": {"auth": "c2hvcDpodW50ZXIy"}}}`: {"the login of a registry"},
		"Server=db;User Id=shop;Password=hunter2;": {"a password in a connection string"},
		concat("", ["AccountName=shop;Account", "Key=", _x(86), "=="]): {"a password in a connection string"},
		concat("", ["LS0tLS1CRUdJTi", "BSU0EgUFJJVkFURSBLRVkt"]): {"a private key in base64"},
		concat("", ["LS0tLS1CRUdJTi", "BQUklWQVRFIEtFWS0t"]): {"a private key in base64"},
		concat("", ["LS0tLS1CRUdJTi", "BFQyBQUklWQVRFIEtFWS0t"]): {"a private key in base64"},
		concat("", ["LS0tLS1CRUdJTi", "BFTkNSWVBURUQgUFJJVkFURSBLRVkt"]): {"a private key in base64"},
		concat("", ["LS0tLS1CRUdJTi", "BPUEVOU1NIIFBSSVZBVEUgS0VZLS0t"]): {"a private key in base64"},
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
		"-----BEGIN PRIVATE KEY-----",
		"^-----BEGIN RSA PRIVATE KEY-----$",
		"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
		concat("", ["LS0tLS1CRUdJTi", "BDRVJUSUZJQ0FURS0tLS0t"]),
		"https://hooks.slack.com/services/XXX/YYY/ZZZ",
		`{"auths": {"r.example.com": {"auth": ""}}}`,
		`{"auths": {"r.example.com": {}}, "other": {"auth": "c2hvcDpodW50ZXIy"}}`,
		"Server=db;User Id=shop;Password=${PASSWORD};",
		"Server=db;Trusted_Connection=yes;",
		"password=hunter2",
		"hvs.short",
		"the risk-proj-aaaa",
		"",
	] {
		credentials.forms(text) == set()
	}
}

test_names if {
	every name in [
		"password", "DB_PASSWORD", "dbPassword", "spring.datasource.password", "PGPASSWORD", "redis-passwd",
		"AWS_SECRET_ACCESS_KEY", "secretKey", "CLIENT_SECRET", "STRIPE_API_KEY", "apiKey", "ACCESS_TOKEN",
		"passphrase", "PRIVATE_KEY", "AUTH_TOKEN", "refreshToken", "BOT_TOKEN", "GITHUB_TOKEN", "gitlab-token", "VAULT_TOKEN",
		"SLACK_TOKEN", "requirepass", "masterauth", "JWT_SECRET", "SESSION_SECRET", "COOKIE_SECRET", "APP_SECRET",
		"SIGNING_SECRET", "WEBHOOK_SECRET", "ENCRYPTION_KEY", "signing-key", "DB_PASS", "DB_PWD",
	] {
		credentials.literals(name, "hunter2") == {"a credential"}
	}
	every name in [
		"PASSWORD_FILE", "PASSWORD_MIN_LENGTH", "passwordPolicy", "SECRET_NAME", "TOKEN_TTL", "CSRF_TOKEN", "KEY",
		"API_KEY_HEADER", "PWD", "bypass", "COMPASS", "TLS_SECRET", "secretName", "SECRET", "PUBLIC_KEY", "passwordKey", null, 1,
	] {
		credentials.literals(name, "hunter2") == set()
	}
}

test_values_that_are_no_credential if {
	every text in [
		"", "0", "1", "true", "false", "yes", " No ", "on", "OFF", "none", "null", "~", "$(DB_PASSWORD)", "${DB_PASSWORD}", "{{ .Values.password }}", "<password>",
		"/run/secrets/db", "./secrets/db", "vault:secret/data/db#password", "file:/run/secrets/db",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "op://vault/db/password",
		"%PASSWORD%", "!secret db", "[[ .Password ]]", "#{password}", "__PASSWORD__", "@@PASSWORD@@", "ENC[AES256_GCM,data:x]",
		"~/.secrets/db", "ref+awsssm://db", "@Microsoft.KeyVault(SecretUri=x)", "k8s:shop/db", "env:DB_PASSWORD",
		"xxx", "****", "...", "--", "REDACTED", "placeholder", "to-be-set", "TODO", "tbd", "replace-me", "please replace this",
		"GOOGLE_API_KEY_VAL", "SECRET", "PASSWORD", "TOKEN", "KEY", "VALUE", "CHANGE_ME",
		"your-password", "insert password", "password goes here", "db_placeholder",
	] {
		credentials.literals("DB_PASSWORD", text) == set()
	}
}

test_urls if {
	every url in ["postgres://shop:hunter2@db/shop", "redis://:hunter2@cache:6379", "amqp://a:b@[::1]:5672", "postgres://${USER:=shop}:hunter2@db/shop"] {
		credentials.literals("URL", url) == {"a password in a URL"}
	}
	every url in [
		"postgres://shop@db/shop", "postgres://${OWNER:=${APP}}@db/shop", "postgres://shop:$(PASSWORD)@db/shop", "postgres://shop:${PASSWORD}@db",
		"postgres://user:password@db/shop", "https://shop:hunter2@example.com/", "https://a:b@git.example.org/x",
		"postgres://shop:[password]@db", "https://example.com:8443/@scope/pkg", "postgres://shop:<password>@db", "mailto:a@b", "git@host:path",
	] {
		credentials.literals("URL", url) == set()
	}
}

# The name adds nothing to what the form says.
test_a_form_counts_before_the_name if {
	credentials.literals("PASSWORD", _pem("PRIVATE KEY")) == {"a private key"}
	credentials.literals("PASSWORD", "redis://:hunter2@cache") == {"a password in a URL"}
}

test_a_url_beside_a_sample_counts if {
	text := "postgres://user:password@db/shop postgres://shop:hunter2@db/shop"
	credentials.literals("URL", text) == {"a password in a URL"}
}

test_private_key if {
	credentials.private_key(_pem("RSA PRIVATE KEY"))
	credentials.private_key(`{"key": "-----BEGIN PRIVATE KEY-----\nMIIB"}`)
	not credentials.private_key(_pem("CERTIFICATE"))
	not credentials.private_key(null)
}

test_settings if {
	credentials.settings(concat("\n", [
		"spring.datasource.password=hunter2",
		"  adminPassword: 'hunter2' # the admin's",
		`  "api_key": "abc",`,
		"export DB_PASS=hunter2;",
		"url: http://localhost",
		"requirepass: ~off",
	])) == {"spring.datasource.password", "adminPassword", "api_key", "DB_PASS", "requirepass"}
}

test_no_settings if {
	every line in [
		"# password=hunter2",
		"; password = hunter2",
		"password = ${DB_PASSWORD}",
		"password = os.environ.get(x)",
		"password = args.password",
		"password: string",
		"password: required",
		"password:",
		`password: ""`,
		"password_min_length: 12",
		"the password: is hunter2 or so",
		"password=<password>",
		"password = [a]",
		"password: a|b",
	] {
		credentials.settings(line) == set()
	}
}

test_arguments if {
	every word in [
		"--password=hunter2",
		"-api-key=abc",
		`mysql --user shop --password "hunter2" -h db`,
		"PGPASSWORD=hunter2 psql -h db",
		"export DB_PASSWORD='hunter2'; run",
	] {
		credentials.argument(word, "") == {"a credential"}
	}
	credentials.argument("--password", "hunter2") == {"a credential"}
	credentials.argument("--db-url=postgres://shop:hunter2@db/shop", "") == {"a password in a URL"}
	credentials.argument(_pem("PRIVATE KEY"), "") == {"a private key"}
}

test_no_arguments if {
	every word in [
		"--password=$(DB_PASSWORD)",
		"--password-file=/run/secrets/db",
		"--password",
		"--password --verbose",
		"mysql --password=${DB_PASSWORD}",
		"PGPASSWORD=$PGPASSWORD psql",
		"PGPASSWORD=\"$DB_PASSWORD\" psql",
		"--verbose=true",
		"password",
		"hunter2",
	] {
		credentials.argument(word, "") == set()
	}
	credentials.argument("--password", "--verbose") == set()
	credentials.argument("--password", "$(DB_PASSWORD)") == set()
	credentials.argument("password", "hunter2") == set()
	credentials.argument("--user", "hunter2") == set()
}
