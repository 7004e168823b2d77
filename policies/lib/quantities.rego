# METADATA
# title: Kubernetes quantities
# description: |
#   Reads and writes quantities as the Kubernetes API does: a decimal number
#   with a suffix of n, u, m, k, M, G, T, P, E, of Ki to Ei, or an exponent.
#   OPA's units builtins take "m" for mega in bytes and know no n, u or exponent.
package holdfast.lib.quantities

_pattern := `^([+-]?)([0-9]*)(?:\.([0-9]*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})$`

_multipliers := {
	"": 1,
	"n": 0.000000001,
	"u": 0.000001,
	"m": 0.001,
	"k": 1000,
	"M": 1000000,
	"G": 1000000000,
	"T": 1000000000000,
	"P": 1000000000000000,
	"E": 1000000000000000000,
	"Ki": 1024,
	"Mi": 1048576,
	"Gi": 1073741824,
	"Ti": 1099511627776,
	"Pi": 1125899906842624,
	"Ei": 1152921504606846976,
}

# milli is the quantity in thousandths, rounded up to a whole number. It is
# undefined for what is not a quantity.
milli(quantity) := ceil(quantity * 1000) if is_number(quantity)

milli(quantity) := ceil(((_sign(parts[1]) * number) * _multiplier(parts[4])) * 1000) if {
	is_string(quantity)
	some parts in regex.find_all_string_submatch_n(_pattern, quantity, 1)
	concat("", [parts[2], parts[3]]) != ""
	number := to_number(sprintf("%s.%s0", [_whole(parts[2]), parts[3]]))
}

_sign("-") := -1

_sign("+") := 1

_sign("") := 1

# JSON numbers have no leading zeros.
_whole(digits) := "0" if trim_left(digits, "0") == ""

_whole(digits) := trimmed if {
	trimmed := trim_left(digits, "0")
	trimmed != ""
}

_multiplier(suffix) := _multipliers[suffix]

_multiplier(exponent) := to_number(concat("", ["1", exponent])) if not _multipliers[exponent]

# format_cpu writes thousandths of a CPU: "2" or "1500m".
format_cpu(milli_cpu) := sprintf("%d", [milli_cpu / 1000]) if milli_cpu % 1000 == 0

format_cpu(milli_cpu) := sprintf("%dm", [milli_cpu]) if milli_cpu % 1000 != 0

# format_memory writes thousandths of a byte in the largest binary unit up to
# Gi that leaves a whole number: "3Gi", "1536Mi".
format_memory(milli_bytes) := text if {
	bytes := ceil(milli_bytes / 1000)
	text := [written |
		some suffix in ["Gi", "Mi", "Ki", ""]
		bytes % _multipliers[suffix] == 0
		written := sprintf("%d%s", [bytes / _multipliers[suffix], suffix])
	][0]
}
