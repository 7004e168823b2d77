# METADATA
# title: Settings and sources of apt
# description: |
#   Reads apt.conf(5) and the two formats of sources.list(5).
package holdfast.lib.apt

import data.holdfast.lib.hostfiles

# settings is what a file of apt.conf sets, in lower case: by the last part of
# the name, because the others may be written as blocks around it, and by the
# name as it is written.
settings := object.union(
	hostfiles.last([[regex.replace(lower(line[1]), `.*::`, ""), lower(line[2])] | some line in _lines]),
	hostfiles.last([[lower(line[1]), lower(line[2])] | some line in _lines]),
)

_lines := regex.find_all_string_submatch_n(`([A-Za-z][A-Za-z0-9:_/.-]*)\s+"?([^"\s;{}]*)"?\s*;`, text, -1) if {
	regex.match(`^/etc/apt/apt\.conf(?:\.d/[^/]+)?$`, hostfiles.path)
	text := regex.replace(hostfiles.content, `(?ms)/\*.*?\*/|(?:^|\s)(?://|#)[^\n]*$`, "")
}

# sources is the list of what a file of sources.list names, each as {"uris",
# "options"}: the options' names are those of one-line entries, their values in
# lower case.
sources := [{"uris": {entry[2]}, "options": hostfiles.last([[lower(option[1]), lower(option[2])] |
	some option in regex.find_all_string_submatch_n(`([A-Za-z]+(?:-[A-Za-z]+)*)[+-]?=(\S+)`, entry[1], -1)
])} |
	some entry in regex.find_all_string_submatch_n(_entry, hostfiles.content, -1)
] if {
	regex.match(`^/etc/apt/sources\.list(?:\.d/[^/]+\.list)?$`, hostfiles.path)
} else := [{"uris": uris, "options": fields} |
	some stanza in regex.split(`(?m)^[ \t\r]*\n`, regex.replace(hostfiles.content, `(?m)^#[^\n]*\n?`, ""))
	fields := hostfiles.last([[lower(field[1]), lower(trim_space(field[2]))] |
		some field in regex.find_all_string_submatch_n(_field, stanza, -1)
	])
	not _disabled(fields)
	uris := {uri | some uri in regex.split(`\s+`, fields.uris)}
] if {
	regex.match(`^/etc/apt/sources\.list\.d/[^/]+\.sources$`, hostfiles.path)
}

_disabled(fields) if fields.enabled in no

_entry := `(?m)^[ \t]*deb(?:-src)?[ \t]+(?:\[([^\]\n]*)\][ \t]*)?([^\s\[]\S*)`

_field := `(?m)^([A-Za-z][A-Za-z-]*):([^\n]*(?:\n[ \t][^\n]*)*)`

# Words of apt for a switch.
yes := {"yes", "true", "with", "on", "enable", "1"}

no := {"no", "false", "without", "off", "disable", "0"}
