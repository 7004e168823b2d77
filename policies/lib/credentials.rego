# METADATA
# title: Credentials in text
# description: |
#   Recognises credentials whose form is published and unlikely to occur by
#   chance, and names under which a literal value is a credential. It answers
#   with what was found and never with the text itself.
package holdfast.lib.credentials

# RFC 7468 labels, and OpenPGP's "PRIVATE KEY BLOCK" (RFC 9580, section 6.2),
# with the beginning of the key: the label alone is in many a filter.
_private_key := `-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[rn])*[A-Za-z0-9+/]{4}`

_forms := {
	"a private key": _private_key,
	# The same once more in base64, as in a kubeconfig.
	"a private key in base64": concat("", [
		`LS0tLS1CRUdJTi(?:BQUklWQVRFIEtF|BSU0EgUFJJVkFURSBL|BFQyBQUklWQVRFIEtF|BFTkNSWVBURUQgUFJJVkFURSBL`,
		`|BPUEVOU1NIIFBSSVZBVEUgS0VZ)`,
	]),
	"an AWS access key id": `\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`,
	"a GitHub token": `\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b`,
	"a GitLab token": `\bgl(?:pat|dt|rt|cbt|ptt|agent|oas|soat)-[A-Za-z0-9_-]{20}`,
	"a Slack token": `\bxox[abprs]-[0-9]+-[A-Za-z0-9-]{10,}`,
	"a Slack webhook": `\bhooks\.slack\.com/(?:services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}|workflows/T[A-Z0-9]{6,}/A[A-Z0-9]{6,}/[0-9]+)/[A-Za-z0-9]{16,}`,
	"a Discord webhook": `\bdiscord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}`,
	"a Stripe live key": `\b[rs]k_live_[A-Za-z0-9]{20,}\b`,
	"a Google API key": `\bAIza[A-Za-z0-9_-]{35}\b`,
	"an npm token": `\bnpm_[A-Za-z0-9]{36}\b`,
	"a PyPI token": `\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}`,
	"a SendGrid key": `\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b`,
	"a DigitalOcean token": `\bdo[opr]_v1_[a-f0-9]{64}\b`,
	"a Vault token": `\bhv[sbr]\.[A-Za-z0-9_-]{24,}`,
	"an age key": `\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}\b`,
	"an OpenAI key": `\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}`,
	"an Anthropic key": `\bsk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{20,}`,
	"a Databricks token": `\bdapi[a-f0-9]{32}\b`,
	"a Grafana token": `\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8}\b`,
	"a Telegram bot token": `\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b`,
	"a Shopify token": `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b`,
	"a Terraform Cloud token": `\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}`,
	"a Tailscale key": `\btskey-(?:auth|api|client)-[A-Za-z0-9]+-[A-Za-z0-9]{20,}`,
	# As ~/.docker/config.json has it.
	"the login of a registry": `"auths"\s*:\s*\{(?:[^}]|\}\s*,)*"auth"\s*:\s*"[A-Za-z0-9+/]{8,}={0,2}"`,
	"a password in a connection string": concat("", [
		`(?i)\w[\w ]*=[^;\n]*;(?:[^;\n]*;)*\s*(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*`,
		`[^;\s"'$({<%*#\[]`,
	]),
}

# What any text with one of the forms has, to spare most texts the rest.
_hint := concat("", [
	`-----BEGIN |LS0tLS1CRUdJTi|AKIA|ASIA|gh[pousr]_|github_pat_|\bgl[a-z]{2,5}-|xox[abprs]-|hooks\.slack\.com`,
	`|discord|k_live_|AIza|npm_|pypi-|SG\.|_v1_|hv[sbr]\.|AGE-SECRET|sk-|dapi|glsa_|:AA|shp[a-z]{2}_|atlasv1|tskey-`,
	`|"auths"|;\s*(?i:password|pwd|accountkey|sharedaccesskey)`,
])

# A password inside a URL: scheme://user:password@host. One that begins like a
# reference, such as "$(PASSWORD)" or "<password>", is none.
_url_password := `\b[a-z][a-z0-9+.-]*://(?:\$\{[^}]*\}|[^\s:/@{])*:[^\s:/@$({<%*\[][^\s:/@]*@[A-Za-z0-9\[][A-Za-z0-9.-]*`

# In documentation a URL shows where the password goes.
_url_sample := `(?i)://(?:user(?:name)?|login):(?:pass(?:word)?|pwd|secret|xxx+)@|://[^\s/@]*@(?:[a-z0-9.-]+\.)?example\.(?:com|org|net)\b`

_name_pattern := concat("", [
	`(?i)(?:^|[._-]|[a-z])`,
	`(?:passw(?:or)?d|passphrase|secret[._-]?(?:access[._-]?)?key|client[._-]?secret|private[._-]?key`,
	`|api[._-]?key|access[._-]?token|auth[._-]?token|refresh[._-]?token|bot[._-]?token`,
	`|git(?:hub|lab)[._-]?token|vault[._-]?token|slack[._-]?token|requirepass|masterauth`,
	`|(?:jwt|session|cookie|app|signing|webhook)[._-]secret|(?:encryption|signing)[._-]key|[._-](?:pass|pwd))$`,
])

# Switches about passwords, such as MYSQL_ALLOW_EMPTY_PASSWORD.
_switches := {"", "0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "~"}

# What stands for a value that is put in elsewhere, or says where to find it.
_reference_pattern := concat("", [
	`^\s*(?:\$|\{\{|<|%|!|\[\[|#\{|__|@@|ENC\[|(?:/|\.{1,2}/|~/)|[a-z][a-z0-9+.-]*://|`,
	`(?i:file|env|vault|ref|ref\+[a-z0-9]+|sops|secret|secretkeyref|arn|enc|sm|ssm|op|k8s):|@Microsoft\.KeyVault)`,
])

# What a document says in place of a value.
_placeholder_pattern := concat("", [
	`(?i)^\s*(?:x{3,}|\*{2,}|\.{3,}|-+|redacted|placeholder|to[-_ ]?be[-_ ].*|todo|tbd`,
	`|(?:please[-_ ])?replace[-_ ]?(?:me|this|with).*|your[-_ ].*|insert[-_ ].*|.*[-_ ]here|.*[-_]placeholder)\s*$`,
])

# forms is the set of the forms found in a text, each in words.
forms(text) := {what |
	regex.match(_hint, text)
	some what, pattern in _forms
	some match in regex.find_n(pattern, text, -1)

	# AWS's documentation marks its samples so.
	not endswith(match, "EXAMPLE")
}

private_key(text) if {
	is_string(text)
	regex.match(_private_key, text)
}

# shown is the set of what a text gives away by its form, whatever it is called.
shown(text) := forms(text) | _url(text)

# literals is shown, and what a value under this name gives away.
literals(name, text) := found if {
	found := shown(text)
	count(found) > 0
} else := {"a credential"} if {
	named(name, text)
} else := set()

_url(text) := {"a password in a URL" |
	some match in regex.find_n(_url_password, text, -1)
	not regex.match(_url_sample, match)
}

# named is true for a literal value under the name of a credential.
named(name, text) if {
	is_string(name)
	regex.match(_name_pattern, name)
	literal(text)
}

# literal is true for a value that stands for itself, and not for one that is
# put in elsewhere.
literal(text) if {
	not lower(trim_space(text)) in _switches
	not regex.match(_reference_pattern, text)
	not regex.match(_placeholder_pattern, text)
	not regex.match(_constant_pattern, text)

	# What stands for an encrypted part.
	not contains(text, "$(encrypted)")
}

# GOOGLE_API_KEY_VALUE and the like, which a script replaces.
_constant_pattern := `^\s*(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|SECRET|PASSWORD|TOKEN|KEY|VALUE)\s*$`

_setting := concat("", [
	`(?m)^[ \t]*(?:export[ \t]+)?["']?([A-Za-z][A-Za-z0-9_.-]*)["']?[ \t]*[:=][ \t]*`,
	`("[^"\n]*"|'[^'\n]*'|[^\s"'#;,]+)[ \t]*[,;]?[ \t]*(?:[#;].*)?\r?$`,
])

# An expression, a name of something else, or a type: no literal.
_expression := `[(){}<>\[\]$|\\]|^[A-Za-z_]+(?:\.[A-Za-z_]+)+$|^(?:[sS]tring|str|text|[bB]oolean|bool|required|optional|basic|plain)$`

# settings is the set of the names of those settings of a configuration file
# that are credentials by their name and have a literal value.
settings(text) := {match[1] |
	some match in regex.find_all_string_submatch_n(_setting, text, -1)
	value := _unquoted(match[2])
	named(match[1], value)
	not regex.match(_expression, value)
}

_unquoted(text) := trim(text, `"'`)

_option := `(?:^|\s)--?([A-Za-z][A-Za-z0-9._-]*)(?:=|\s+)("[^"]*"|'[^']*'|[^\s"'-][^\s"']*)`

_assignment := `(?:^|[\s;])([A-Z][A-Z0-9_]*)=("[^"]*"|'[^']*'|[^\s"';]+)`

# argument is what a word of a command line gives away, given the word after it.
argument(word, next) := found if {
	found := shown(word)
	count(found) > 0
} else := {"a credential"} if {
	_gives_away(word)
} else := {"a credential"} if {
	startswith(word, "-")
	not startswith(next, "-")
	named(trim_left(word, "-"), next)
} else := set()

_gives_away(word) if {
	some pattern in [_option, _assignment]
	some match in regex.find_all_string_submatch_n(pattern, word, -1)
	named(match[1], _unquoted(match[2]))
}
