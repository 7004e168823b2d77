# METADATA
# title: Automatic updates switched off
# description: |
#   A setting of apt that switches unattended-upgrades or the refresh of
#   package lists off, so that known holes stay open until someone thinks of
#   them. Debian wiki, UnattendedUpgrades; CIS Linux benchmarks, "Ensure
#   updates, patches, and additional security software are installed". A fleet
#   may be updated by other means, so this is advice.
# custom:
#   id: security/automatic-updates-off
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/si-2]
#   remediation: >-
#     Set APT::Periodic::Update-Package-Lists and APT::Periodic::Unattended-Upgrade to "1", or
#     see to it that something else installs security updates.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.automatic_updates_off

import data.holdfast.lib.apt
import data.holdfast.lib.hostfiles
import data.holdfast.lib.names

_intervals := {
	"apt::periodic::enable": "APT::Periodic::Enable",
	"update-package-lists": "APT::Periodic::Update-Package-Lists",
	"unattended-upgrade": "APT::Periodic::Unattended-Upgrade",
}

warn contains {"msg": msg, "path": hostfiles.at} if {
	off := [shown |
		some name, shown in _intervals
		apt.settings[name] == "0"
	]
	off != []
	msg := sprintf("%s switches automatic updates off (%s \"0\")", [names.title(input.resource), concat(", ", off)])
}
