# METADATA
# title: Scripts that machines run when they start
# description: |
#   Finds credentials in user data and start-up scripts, plain or in Base64. It
#   answers with what was found and never with the text itself.
package holdfast.lib.boot

import data.holdfast.lib.credentials

# secrets is the set of what the script gives away, each in words.
secrets(script) := {what |
	some text in _texts(script)
	some what in (credentials.forms(text) | _assigned(text))
}

_texts(script) := {script, base64.decode(script)} if {
	base64.is_valid(script)
} else := {script}

# Shell variables and the like: NAME=value, NAME: value, quoted or not.
_assigned(text) := {sprintf("%s of %s", [what, line[1]]) |
	some line in regex.find_all_string_submatch_n(_assignment, text, -1)
	some what in credentials.literals(line[1], line[2])
	not what in credentials.forms(text)
}

_assignment := `(?m)^\s*(?:-\s+|export\s+|set\s+|\$env:|ENV\s+)?["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[:=]\s*["']?([^\s"'#]+)`
