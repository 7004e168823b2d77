# METADATA
# title: Settings in configuration files
# description: |
#   Reads the settings of a configuration file whose format its path tells: YAML
#   and JSON by their structure, anything else by lines and options.
package holdfast.lib.settings

# sections is the set of a file's sections, each as {"path", "settings"}: the
# keys that lead to it, and its scalar settings as {"key", "value"} by plain
# name. Where one name occurs twice in a section, the last one counts.
sections(path, content) := _structured(content) if {
	regex.match(`\.(?:ya?ml|json)$`, path)
} else := _lines(content)

# plain is a key without what the tools write differently: keep-daily,
# keep_daily and keepDaily are one.
plain(key) := regex.replace(lower(key), `[-_.]`, "")

# whole is the value as a whole number from 0 up, or undefined.
whole(value) := value if {
	is_number(value)
	value == floor(value)
	value >= 0
}

whole(value) := to_number(match[1]) if {
	is_string(value)
	some match in regex.find_all_string_submatch_n(`^0*([0-9]{1,9})$`, value, 1)
}

_structured(content) := {section |
	some text in regex.split(`(?m)^---(?:[ \t].*)?$`, content)
	yaml.is_valid(text)
	walk(yaml.unmarshal(text), [path, value])
	is_object(value)
	section := {"path": path, "settings": _named([[key, scalar] |
		some key, scalar in value
		_scalar(scalar)
	])}
}

_scalar(value) if is_string(value)

_scalar(value) if is_number(value)

# Lines such as key = value, export KEY="value" or key: value, each under the
# last [header] before it; and the options of all command lines together.
_lines(content) := _headed(content) | {_options(content)}

_headed(content) := {section |
	texts := regex.split(`(?m)^[ \t]*\[[^\]\n]*\][ \t]*$`, content)
	headers := array.concat([[]], regex.find_all_string_submatch_n(`(?m)^[ \t]*\[([^\]\n]*)\][ \t]*$`, content, -1))
	some i, text in texts
	header := headers[i]
	section := {
		"path": [name | name := header[1]],
		"settings": _named([[line[1], _unquoted(line[2])] |
			some line in regex.find_all_string_submatch_n(_line, text, -1)
		]),
	}
}

_line := `(?m)^[ \t]*(?:export[ \t]+)?["']?([A-Za-z][A-Za-z0-9_.-]*)["']?[ \t]*[:=][ \t]*(.*)$`

# Without quotes, a trailing comma, and a comment after a space.
_unquoted(value) := trim(trim_space(trim_suffix(trim_space(regex.replace(value, `\s+[#;].*$`, "")), ",")), `"'`)

_options(content) := {"path": [], "settings": _named([[option[1], option[2]] |
	some option in regex.find_all_string_submatch_n(`--([a-z][a-z0-9-]+)[= \t]+["']?([^\s"'-][^\s"']*)`, content, -1)
])}

_named(pairs) := object.union_n([{plain(pair[0]): {"key": pair[0], "value": pair[1]}} | some pair in pairs])
