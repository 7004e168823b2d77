# METADATA
# title: Packages that nobody signed
# description: |
#   A setting by which apt installs what no trusted key has signed, or talks to
#   a server whose certificate it does not check: trusted=yes and
#   allow-insecure=yes of a source, AllowUnauthenticated,
#   AllowInsecureRepositories and Verify-Peer false of apt.conf. Whoever is on
#   the way, or has the server, then has the host. apt-secure(8),
#   sources.list(5).
# custom:
#   id: security/apt-source-trust
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cm-14, nist-800-53/si-7]
#   remediation: >-
#     Remove the option, and name the key of the source with signed-by.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.apt_source_trust

import data.holdfast.lib.apt
import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

deny contains {"msg": msg, "path": hostfiles.at} if {
	some source in apt.sources
	some option in ["trusted", "allow-insecure"]
	source.options[option] in apt.yes
	some uri in source.uris
	msg := sprintf("%s takes packages from %s that no known key has signed (%s)", [
		names.title(input.resource),
		_plain(uri),
		option,
	])
}

_believed := {
	"allowunauthenticated": "installs packages that no known key has signed (AllowUnauthenticated)",
	"allowinsecurerepositories": "takes package lists that no known key has signed (AllowInsecureRepositories)",
	"allowdowngradetoinsecurerepositories": "takes package lists that are no longer signed (AllowDowngradeToInsecureRepositories)",
	"allowweakrepositories": "takes package lists that are signed with weak algorithms (AllowWeakRepositories)",
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some name, what in _believed
	apt.settings[name] in apt.yes
	msg := sprintf("%s has apt do what it should not: it %s", [names.title(input.resource), what])
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some name, shown in {"verify-peer": "Verify-Peer", "verify-host": "Verify-Host"}
	apt.settings[name] in apt.no
	msg := sprintf("%s has apt believe any certificate of a server (%s false)", [names.title(input.resource), shown])
}

# A URL may hold a password.
_plain(uri) := regex.replace(uri, `//[^/@]*@`, "//")
