# METADATA
# title: File modes
# description: |
#   POSIX file modes as three or four octal digits in a string, such as "644"
#   or "1777". For any other value the functions are undefined.
package holdfast.lib.modes

read := 4

write := 2

# others is true if the mode gives every user the permission.
others(mode, permission) if bits.and(_digit(mode, 1), permission) != 0

# group is true if the mode gives the owning group the permission.
group(mode, permission) if bits.and(_digit(mode, 2), permission) != 0

# beyond is true if the mode gives anyone a permission that the other does not.
beyond(mode, other) if {
	some i in [1, 2, 3]
	bits.and(_digit(mode, i), bits.xor(_digit(other, i), 7)) != 0
}

# sticky is true if the mode has the sticky bit.
sticky(mode) if {
	count(mode) > 3
	bits.and(_digit(mode, 4), 1) != 0
}

_digit(mode, from_the_right) := to_number(substring(mode, count(mode) - from_the_right, 1)) if {
	is_string(mode)
	regex.match(`^[0-7]{3,4}$`, mode)
}
