# METADATA
# title: Package sources over HTTP
# description: |
#   A source of packages besides the distribution's that is read over http or
#   ftp and has no signed-by: everyone on the way sees what is installed, can
#   hold updates back, and any key that apt trusts for anything may sign.
#   sources.list(5); Debian wiki, DebianRepository/UseThirdParty.
# custom:
#   id: security/apt-source-http
#   category: security
#   severity: low
#   profile: strict
#   controls: [nist-800-53/sc-8]
#   remediation: >-
#     Write https, and name the key of the source with signed-by.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.apt_source_http

import data.holdfast.lib.apt
import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

# Their keys come with the system.
_distributions := `^(?:[a-z0-9-]+\.)*(?:debian\.org|ubuntu\.com|raspbian\.org|raspberrypi\.(?:com|org)|kali\.org|linuxmint\.com)$`

warn contains {"msg": msg, "path": hostfiles.at} if {
	some source in apt.sources
	not source.options["signed-by"]
	some uri in source.uris
	some part in regex.find_all_string_submatch_n(`^(?:http|ftp)://(?:[^/@]*@)?([^/:]+)`, uri, -1)
	not regex.match(_distributions, lower(part[1]))
	msg := sprintf("%s takes packages from %s without encryption, signed by any key that apt trusts", [
		names.title(input.resource),
		part[1],
	])
}
