# METADATA
# title: Files of hosts
# description: |
#   The File or Directory that is judged, as rules about known files see it. The
#   content of a File given by spec.source is not seen.
package holdfast.lib.hostfiles

# path is where it lies, with a leading slash whether it is written or not.
path := concat("", ["/", trim_prefix(input.resource.spec.path, "/")]) if is_string(input.resource.spec.path)

content := input.resource.spec.content if is_string(input.resource.spec.content)

# at is where findings about the content point.
at := ["spec", "content"]

# mode is what the host driver gives it where spec.mode is left out.
mode := input.resource.spec.mode if {
	input.resource.spec.mode != null
} else := "0755" if {
	input.resource.kind == "Directory"
} else := "0600" if {
	input.resource.spec.sensitive == true
} else := "0644"

mode_at := ["spec", "mode"] if {
	input.resource.spec.mode != null
} else := ["spec"]

# last is what remains of [name, value] pairs if the last of a name counts.
last(pairs) := object.union_n([{pair[0]: pair[1]} | some pair in pairs])
