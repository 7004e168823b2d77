# METADATA
# title: Secrets in manifests
# description: |
#   What the manifest of a Secret gives away. What SOPS has encrypted gives
#   nothing away; a SealedSecret or an ExternalSecret is another kind.
package holdfast.lib.secrets

import data.holdfast.lib.credentials

# entries is the set of a Secret's values that are written there and stand for
# themselves, each as {"path", "key", "text"}, decoded.
entries(secret) := {entry | some entry in _values(secret); credentials.literal(entry.text)}

_values(secret) := _plain(secret) | _encoded(secret)

_plain(secret) := {{"path": ["stringData", key], "key": key, "text": value} |
	some key, value in secret.stringData
	is_string(key)
	is_string(value)
}

_encoded(secret) := {{"path": ["data", key], "key": key, "text": _decoded(value)} |
	some key, value in secret.data
	is_string(key)
	is_string(value)
}

# A template or a reference may stand where base64 is wanted.
_decoded(value) := base64.decode(value) if {
	base64.is_valid(value)
} else := value

# In a Secret shorter names say as much: token, secret, pass.
_name_pattern := `(?i)(?:^|[._-]|[a-z])(?:token|secret|pass|pwd|credentials?)$`

# given_away is the set of the values that are credentials by form or by name,
# each with "what".
given_away(secret) := {object.union(entry, {"what": what}) |
	some entry in _values(secret)
	some what in _what(entry)
}

_what(entry) := shown if {
	shown := credentials.literals(entry.key, entry.text)
	count(shown) > 0
} else := {"a credential"} if {
	regex.match(_name_pattern, entry.key)
	credentials.literal(entry.text)
}
