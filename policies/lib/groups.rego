# METADATA
# title: Grouping
# description: |
#   Groups pairs by their first element at a cost that grows with their number.
#   A set that grows inside an object would be copied at each step.
package holdfast.lib.groups

# by_key is an object of each key's values, given [key, value] pairs. The
# values of a key are sorted, and each is there once.
by_key(pairs) := grouped if {
	sorted := sort({pair | some pair in pairs})
	ends := [i | some i, pair in sorted; not sorted[i + 1][0] == pair[0]]
	starts := array.concat([0], [start | some end in ends; start := end + 1])
	grouped := {key: values |
		some i, end in ends
		key := sorted[end][0]
		values := [pair[1] | some pair in array.slice(sorted, starts[i], end + 1)]
	}
}
