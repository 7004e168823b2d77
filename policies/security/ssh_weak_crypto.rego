# METADATA
# title: Weak algorithms of SSH
# description: |
#   Algorithms in sshd_config that are broken or too short and that OpenSSH has
#   dropped from its defaults: ciphers in CBC mode, RC4 and 3DES, MACs of MD5
#   and of 96 bits, key exchanges with SHA-1 (RFC 9142), signatures of DSA and
#   of RSA with SHA-1, and protocol 1. CIS Linux benchmarks, "Ensure sshd
#   Ciphers, MACs and KexAlgorithms are configured".
# custom:
#   id: security/ssh-weak-crypto
#   category: security
#   severity: medium
#   profile: starter
#   controls: [nist-800-53/sc-13]
#   remediation: >-
#     Take the algorithms from the list, or remove the line so that OpenSSH's defaults count.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.ssh_weak_crypto

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sshd

_lists := {
	"ciphers": {"name": "Ciphers", "weak": `^(?:3des|aes(?:128|192|256)|blowfish|cast128|des|rijndael)-cbc|^arcfour|^none$`},
	"macs": {"name": "MACs", "weak": `^hmac-(?:md5|ripemd160)|^hmac-sha1-96|^none$`},
	"kexalgorithms": {
		"name": "KexAlgorithms",
		"weak": `^diffie-hellman-(?:group1|group14|group-exchange)-sha1$|^rsa1024-sha1$`,
	},
	"hostkeyalgorithms": {"name": "HostKeyAlgorithms", "weak": _signatures},
	"pubkeyacceptedalgorithms": {"name": "PubkeyAcceptedAlgorithms", "weak": _signatures},
	"pubkeyacceptedkeytypes": {"name": "PubkeyAcceptedKeyTypes", "weak": _signatures},
	"protocol": {"name": "Protocol", "weak": `^1$`},
}

_signatures := `^ssh-(?:dss|rsa)(?:-cert-v0[01]@openssh\.com)?$`

# A list that begins with a minus takes algorithms away; plus and circumflex add
# some.
deny contains {"msg": msg, "path": hostfiles.at} if {
	some keyword, list in _lists
	some setting in sshd.first(keyword)
	not startswith(setting.value, "-")
	weak := [algorithm |
		some entry in split(trim_left(setting.value, "+^"), ",")
		algorithm := trim_space(entry)
		regex.match(list.weak, algorithm)
	]
	weak != []
	msg := sprintf("%s lets SSH use what is weak (%s %s%s)", [
		names.title(input.resource),
		list.name,
		concat(",", weak),
		sshd.where(setting),
	])
}
