# METADATA
# title: Services of another time
# description: |
#   A unit, or a line of inetd or xinetd, that runs telnet, rsh, rlogin, rexec,
#   finger or talk: they take or give away passwords and sessions in the clear.
#   CIS Linux benchmarks, section "Configure Server Services". TFTP has no
#   passwords at all, but machines may boot from it: it is reported only.
# custom:
#   id: security/legacy-services
#   category: security
#   severity: high
#   profile: starter
#   controls: [nist-800-53/cm-7]
#   remediation: >-
#     Remove the file, and use SSH.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.legacy_services

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

# Units by the part of their name before @, and what they offer.
_units := {
	"telnet": "telnet",
	"telnetd": "telnet",
	"in.telnetd": "telnet",
	"inetutils-telnetd": "telnet",
	"rsh": "rsh",
	"rshd": "rsh",
	"rlogin": "rlogin",
	"rlogind": "rlogin",
	"rexec": "rexec",
	"rexecd": "rexec",
	"finger": "finger",
	"fingerd": "finger",
	"tftp": "tftp",
	"tftpd": "tftp",
	"tftpd-hpa": "tftp",
	"in.tftpd": "tftp",
	"atftpd": "tftp",
}

# inetd and xinetd go by the names of /etc/services.
_inetd := {
	"telnet": "telnet",
	"shell": "rsh",
	"login": "rlogin",
	"exec": "rexec",
	"finger": "finger",
	"talk": "talk",
	"ntalk": "talk",
	"tftp": "tftp",
}

_services contains _units[part[1]] if {
	some part in regex.find_all_string_submatch_n(_unit, hostfiles.path, 1)
	not _masked
}

_unit := `^/(?:etc|run|usr/lib|usr/local/lib|lib)/systemd/system/([a-z.-]+?)@?\.(?:service|socket)$`

# An empty file of a unit keeps it from ever being started.
_masked if trim_space(hostfiles.content) == ""

_services contains _inetd[line[1]] if {
	regex.match(`^/etc/inetd\.(?:conf|d/[^/]+)$`, hostfiles.path)
	some line in regex.find_all_string_submatch_n(`(?m)^[ \t]*([a-z]+)[ \t]+(?:stream|dgram)[ \t]`, hostfiles.content, -1)
}

_services contains _inetd[block[1]] if {
	regex.match(`^/etc/xinetd\.(?:conf|d/[^/]+)$`, hostfiles.path)
	some block in regex.find_all_string_submatch_n(`(?m)^[ \t]*service[ \t]+([a-z]+)\s*\{([^}]*)\}`, hostfiles.content, -1)
	not regex.match(`(?m)^[ \t]*disable[ \t]*=[ \t]*yes\b`, block[2])
}

deny contains {"msg": _msg(service), "path": ["spec", "path"]} if {
	some service in _services
	service != "tftp"
}

warn contains {"msg": _msg("tftp"), "path": ["spec", "path"]} if "tftp" in _services

_msg(service) := sprintf("%s offers %s", [names.title(input.resource), service])
