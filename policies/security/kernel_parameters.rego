# METADATA
# title: Weakened kernel
# description: |
#   A kernel parameter in sysctl.conf or sysctl.d that takes away what makes
#   exploits hard: addresses at random, hidden kernel pointers and logs, links
#   that cannot be planted in /tmp, dumps of setuid programs, BPF and ptrace
#   for every user. CIS Linux benchmarks, section "Configure Additional Process
#   Hardening"; kernel documentation, admin-guide/sysctl.
# custom:
#   id: security/kernel-parameters
#   category: security
#   severity: medium
#   profile: recommended
#   controls: [nist-800-53/cm-6, nist-800-53/si-16]
#   remediation: >-
#     Remove the line, or set randomize_va_space to 2 and suid_dumpable to 0, and the others
#     to 1 or more.
#   scope: resource
#   kinds: [host.holdfast.dev/File]
package holdfast.security.kernel_parameters

import data.holdfast.lib.hostfiles
import data.holdfast.lib.names
import data.holdfast.lib.sysctl

_weak := {
	"kernel.randomize_va_space": {"0": "leaves addresses where they are", "1": "leaves the heap's address where it is"},
	"kernel.kptr_restrict": {"0": "shows kernel pointers to every user"},
	"kernel.dmesg_restrict": {"0": "shows the kernel's log to every user"},
	"kernel.unprivileged_bpf_disabled": {"0": "lets every user load BPF programs"},
	"kernel.yama.ptrace_scope": {"0": "lets every process trace others of its user"},
	"fs.suid_dumpable": {"1": "lets setuid programs dump their memory"},
	"fs.protected_hardlinks": {"0": "lets users make hard links to files of others"},
	"fs.protected_symlinks": {"0": "has programs follow links that others put into shared directories"},
}

deny contains {"msg": msg, "path": hostfiles.at} if {
	some name, value in sysctl.settings
	what := _weak[name][value]
	msg := sprintf("%s %s (%s = %s)", [names.title(input.resource), what, name, value])
}
