# METADATA
# title: Trust in others' files and names over SSH
# description: |
#   Settings of sshd_config by which a user or another machine gets past what
#   the server checks: HostbasedAuthentication and .rhosts believe the client's
#   word, PermitUserEnvironment lets LD_PRELOAD in, StrictModes no takes keys
#   from files that others can write. CIS Linux benchmarks, section on sshd.
# custom:
#   id: security/ssh-trust
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cm-6]
#   remediation: >-
#     Remove the line; sshd's own default is the safe one.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.ssh_trust

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sshd

_unsafe := {
	"hostbasedauthentication": {"name": "HostbasedAuthentication", "safe": {"no"}, "what": "believes other machines about their users"},
	"ignorerhosts": {"name": "IgnoreRhosts", "safe": {"yes", "shosts-only"}, "what": "lets users say in .rhosts whom to believe"},
	"permituserenvironment": {"name": "PermitUserEnvironment", "safe": {"no"}, "what": "lets users set the environment of their login"},
	"strictmodes": {"name": "StrictModes", "safe": {"yes"}, "what": "takes keys from files that others can write"},
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some keyword, option in _unsafe
	some setting in sshd.first(keyword)
	not lower(setting.value) in option.safe
	msg := sprintf("%s %s (%s %s%s)", [
		names.title(input.resource),
		option.what,
		option.name,
		setting.value,
		sshd.where(setting),
	])
}
