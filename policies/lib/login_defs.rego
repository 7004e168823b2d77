# METADATA
# title: Settings of login.defs
package holdfast.lib.login_defs

import data.holdfast.lib.hostfiles

# settings is what the file that is judged sets, if it is login.defs; the last of
# a name counts.
settings := hostfiles.last([[line[1], line[2]] |
	some line in regex.find_all_string_submatch_n(`(?m)^[ \t]*([A-Z][A-Z0-9_]*)[ \t]+"?([^\s#"]+)`, hostfiles.content, -1)
]) if {
	hostfiles.path == "/etc/login.defs"
}
