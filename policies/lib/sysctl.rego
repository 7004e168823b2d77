# METADATA
# title: Kernel parameters in files
# description: |
#   Reads sysctl.conf and the files of sysctl.d as sysctl.d(5) has it: names with
#   dots or slashes, a minus that ignores failures, and the last value of a name
#   in a file counts.
package holdfast.lib.sysctl

import data.holdfast.lib.hostfiles

# settings is what the file that is judged sets, by name with dots.
settings := hostfiles.last([[replace(line[1], "/", "."), line[2]] |
	some line in regex.find_all_string_submatch_n(_line, hostfiles.content, -1)
]) if {
	regex.match(`^/(?:etc/sysctl\.conf|(?:etc|run|usr/lib|usr/local/lib|lib)/sysctl\.d/[^/]+\.conf)$`, hostfiles.path)
}

_line := `(?m)^[ \t]*-?[ \t]*([a-z][A-Za-z0-9_./*-]*)[ \t]*=[ \t]*([^\s#;]+)`
