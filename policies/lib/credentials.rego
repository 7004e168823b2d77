# METADATA
# title: Credentials in text
# description: |
#   Recognises credentials whose form is published and unlikely to occur by
#   chance, and names under which a literal value is a credential. It answers
#   with what was found and never with the text itself.
package holdfast.lib.credentials

_forms := {
	# RFC 7468 labels, and OpenPGP's "PRIVATE KEY BLOCK" (RFC 9580, section 6.2).
	"a private key": `-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----`,
	"an AWS access key id": `\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`,
	"a GitHub token": `\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b`,
	"a GitLab token": `\bglpat-[A-Za-z0-9_-]{20}`,
	"a Slack token": `\bxox[abprs]-[0-9]+-[A-Za-z0-9-]{10,}`,
	"a Stripe live key": `\b[rs]k_live_[A-Za-z0-9]{20,}\b`,
	"a Google API key": `\bAIza[A-Za-z0-9_-]{35}\b`,
}

# A password inside a URL: scheme://user:password@host. One that begins like a
# reference, such as "$(PASSWORD)" or "<password>", is none.
_url_password := `\b[a-z][a-z0-9+.-]*://[^\s:/@]*:[^\s:/@$({<%*][^\s:/@]*@[A-Za-z0-9\[]`

_name_pattern := concat("", [
	`(?i)(?:^|[._-]|[a-z])`,
	`(?:passw(?:or)?d|passphrase|secret[._-]?(?:access[._-]?)?key|client[._-]?secret|private[._-]?key`,
	`|api[._-]?key|access[._-]?token|auth[._-]?token)$`,
])

# Switches about passwords, such as MYSQL_ALLOW_EMPTY_PASSWORD.
_switches := {"", "0", "1", "true", "false", "yes", "no", "on", "off", "none", "null"}

# What stands for a value that is put in elsewhere, or says where to find it.
_reference_pattern := concat("", [
	`^\s*(?:\$|\{\{|<|%|!|(?:/|\.{1,2}/|~/)|[a-z][a-z0-9+.-]*://|`,
	`(?i:file|env|vault|ref|sops|secret|secretkeyref|arn|enc|sm|ssm|op):)`,
])

# forms is the set of the forms found in a text, each in words.
forms(text) := {what |
	some what, pattern in _forms
	some match in regex.find_n(pattern, text, -1)

	# AWS's documentation marks its samples so.
	not endswith(match, "EXAMPLE")
}

private_key(text) if {
	is_string(text)
	regex.match(_forms["a private key"], text)
}

# literals is forms, and what a value under this name gives away.
literals(name, text) := (forms(text) | _url(text)) | _named(name, text)

_url(text) := {"a password in a URL" | regex.match(_url_password, text)}

_named(name, text) := {"a credential" |
	is_string(name)
	regex.match(_name_pattern, name)
	not lower(trim_space(text)) in _switches
	not regex.match(_reference_pattern, text)
}
