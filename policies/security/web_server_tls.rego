# METADATA
# title: Old TLS in web servers
# description: |
#   SSL 2 and 3, TLS 1.0 or 1.1 in the configuration of nginx, Apache or
#   HAProxy. They are broken and must not be used: RFC 6176, RFC 7568 and RFC
#   8996.
# custom:
#   id: security/web-server-tls
#   category: security
#   severity: medium
#   profile: starter
#   controls: [nist-800-53/sc-8.1, nist-800-53/sc-13]
#   remediation: >-
#     nginx: ssl_protocols TLSv1.2 TLSv1.3; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3;
#     HAProxy: ssl-min-ver TLSv1.2.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.web_server_tls

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

_old := {"sslv2": "SSLv2", "sslv3": "SSLv3", "tlsv1": "TLSv1", "tlsv1.0": "TLSv1.0", "tlsv1.1": "TLSv1.1"}

# Apache's all is every version but SSLv2; OpenSSL has no SSLv3 any more.
_in_all := {"tlsv1", "tlsv1.1"}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some [directive, versions] in _found
	count(versions) > 0
	msg := sprintf("%s accepts %s (%s)", [names.title(input.resource), concat(", ", versions), directive])
}

_found contains ["ssl_protocols", versions] if {
	regex.match(`^/(?:etc|usr/local/etc|usr/local)/nginx/`, hostfiles.path)
	some line in regex.find_all_string_submatch_n(`(?m)^[^#\n]*?(?:^|[\s;{])ssl_protocols\s+([^;]+);`, hostfiles.content, -1)
	versions := {_old[lower(word)] | some word in regex.split(`\s+`, line[1])}
}

_found contains ["SSLProtocol", versions] if {
	regex.match(`^/(?:etc|usr/local/etc)/(?:apache2[0-9]*|httpd)/`, hostfiles.path)
	some line in regex.find_all_string_submatch_n(`(?mi)^[ \t]*SSLProtocol[ \t]+([^\n]+)`, hostfiles.content, -1)
	words := regex.split(`\s+`, lower(trim_space(line[1])))
	versions := {shown |
		some version, shown in _old
		_enabled(version, words)
	}
}

# From left to right, plus adds, minus takes away, and a bare word begins anew.
# What is said last about a version counts.
_enabled(version, words) if {
	said := [sign |
		some word in words
		sign := _adds(version, word)
	]
	said[count(said) - 1]
}

_adds(version, word) if {
	trim_prefix(word, "+") in _meant(version)
} else := false if {
	trim_prefix(word, "-") in _meant(version)
} else := false if {
	not regex.match(`^[+-]`, word)
}

_meant(version) := {version, "all"} if {
	version in _in_all
} else := {version}

_found contains ["ssl-min-ver", {version}] if {
	regex.match(`^/etc/haproxy/`, hostfiles.path)
	some line in regex.find_all_string_submatch_n(`(?m)^[^#\n]*?\sssl-min-ver[ \t]+(\S+)`, hostfiles.content, -1)
	version := _old[lower(line[1])]
}
