# METADATA
# title: Kubernetes quantities
# description: |
#   Reads and writes quantities as the Kubernetes API does: a decimal number
#   with a suffix of n, u, m, k, M, G, T, P, E, of Ki to Ei, or an exponent.
#   OPA's units builtins take "m" for mega in bytes and know no n, u or exponent.
#   Everything is computed in whole numbers, which OPA keeps exact at any size;
#   its quotients it does not, so powers of ten are moved as text.
package holdfast.lib.quantities

_pattern := `^([+-]?)([0-9]*)(?:\.([0-9]*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})$`

# What a suffix stands for: a factor, and a power of ten.
_suffixes := {
	"": [1, 0],
	"n": [1, -9],
	"u": [1, -6],
	"m": [1, -3],
	"k": [1, 3],
	"M": [1, 6],
	"G": [1, 9],
	"T": [1, 12],
	"P": [1, 15],
	"E": [1, 18],
	"Ki": [1024, 0],
	"Mi": [1048576, 0],
	"Gi": [1073741824, 0],
	"Ti": [1099511627776, 0],
	"Pi": [1125899906842624, 0],
	"Ei": [1152921504606846976, 0],
}

# milli is the quantity in thousandths, rounded away from zero to a whole
# number, as the API rounds. It is undefined for what is not a quantity.
milli(quantity) := _signs[parts[1]] * _shifted(_whole(digits) * factor, (power - count(parts[3])) + 3) if {
	some parts in regex.find_all_string_submatch_n(_pattern, _text(quantity), -1)
	digits := concat("", [parts[2], parts[3]])
	digits != ""
	[factor, power] := _scale(parts[4])
}

_text(quantity) := quantity if is_string(quantity)

_text(quantity) := json.marshal(quantity) if is_number(quantity)

_signs := {"-": -1, "+": 1, "": 1}

_scale(suffix) := _suffixes[suffix]

_scale(suffix) := [1, _sign_of(suffix) * _whole(regex.replace(suffix, `[eE+-]`, ""))] if not _suffixes[suffix]

_sign_of(exponent) := -1 if {
	contains(exponent, "-")
} else := 1

# JSON numbers have no leading zeros.
_whole(digits) := 0 if {
	trim_left(digits, "0") == ""
} else := to_number(trim_left(digits, "0"))

# The whole number times a power of ten.
_shifted(number, power) := number * _power(power)

_shifted(number, power) := _whole(kept) + _rest(trim_prefix(text, kept)) if {
	power < 0
	text := sprintf("%d", [number])
	kept := substring(text, 0, max([0, count(text) + power]))
}

_power(n) := to_number(sprintf("1%0*d", [n, 0])) if n > 0

_power(0) := 1

_rest(digits) := 0 if {
	trim_left(digits, "0") == ""
} else := 1

# suffix is what stands behind the number: "" or m, Ki, e3.
suffix(quantity) := parts[4] if {
	is_string(quantity)
	some parts in regex.find_all_string_submatch_n(_pattern, quantity, -1)
}

# format_cpu writes thousandths of a CPU, or of anything that is counted: "2" or
# "1500m".
format_cpu(milli_cpu) := sprintf("%d", [milli_cpu / 1000]) if milli_cpu % 1000 == 0

format_cpu(milli_cpu) := sprintf("%dm", [milli_cpu]) if milli_cpu % 1000 != 0

# format_memory writes thousandths of a byte in the largest binary unit up to
# Gi that leaves a whole number: "3Gi", "1536Mi".
format_memory(milli_bytes) := text if {
	bytes := _shifted(milli_bytes, -3)
	text := [written |
		some suffix in ["Gi", "Mi", "Ki", ""]
		unit := _suffixes[suffix][0]
		bytes % unit == 0
		written := sprintf("%d%s", [bytes / unit, suffix])
	][0]
}

# format writes thousandths of a resource by what it is.
format(resource, amount) := format_memory(amount) if {
	in_bytes(resource)
} else := format_cpu(amount)

# in_bytes is true for a resource that is measured in bytes, whatever stands
# before its name: requests.memory.
in_bytes(resource) if regex.match(`(?:^|\.)(?:memory|storage|ephemeral-storage|hugepages-[0-9A-Za-z]+)$`, resource)
