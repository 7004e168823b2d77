# METADATA
# title: Settings of the SSH server
# description: |
#   Reads sshd_config and the files of sshd_config.d as sshd_config(5) has it:
#   keywords in any case, the first value of a keyword counts, and what follows a
#   Match line counts for the connections that it says.
package holdfast.lib.sshd

import data.holdfast.lib.hostfiles

# first is what the file that is judged sets a keyword, given in lower case, to:
# the first value in each part of it, as {"match", "value"}. Match is "" for what
# counts for everyone.
first(keyword) := {{"match": section.match, "value": values[0]} |
	some section in _sections
	values := [trim(line[2], `"`) |
		some line in section.lines
		lower(line[1]) == keyword
	]
}

# where is what messages add for what counts for some only.
where(setting) := "" if {
	setting.match == ""
} else := sprintf(", for Match %s", [setting.match])

_sections := [{"match": _everyone(header), "lines": regex.find_all_string_submatch_n(_line, text, -1)} |
	some i, text in regex.split(_match, hostfiles.content)
	header := headers[i]
] if {
	regex.match(`^/etc/ssh/sshd_config(?:\.d/[^/]+\.conf)?$`, hostfiles.path)
	found := regex.find_all_string_submatch_n(_match, hostfiles.content, -1)
	headers := array.concat([""], [match[1] | some match in found])
}

_everyone(match) := "" if {
	lower(match) == "all"
} else := match

_match := `(?mi)^[ \t]*match(?:[ \t]*=[ \t]*|[ \t]+)([^#\n]*[^#\s])[ \t\r]*(?:#.*)?$`

_line := `(?m)^[ \t]*([A-Za-z][A-Za-z0-9]*)(?:[ \t]*=[ \t]*|[ \t]+)([^#\n]*[^#\s])[ \t\r]*(?:#.*)?$`
