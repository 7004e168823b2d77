# METADATA
# title: Groups
# description: |
#   Groups pairs by their first element. Objects and sets that grow inside of an
#   object are copied at each step; in a sorted list those of one group are
#   neighbours, so that the cost is that of sorting.
package holdfast.lib.groups

# by_first has, for each first element of the [key, value] pairs, the list of
# the values, in their order.
by_first(pairs) := {sorted[start][0]: values |
	sorted := sort(pairs)
	starts := [i |
		some i, pair in sorted
		not _same(sorted, i - 1, pair[0])
	]
	ends := array.concat(array.slice(starts, 1, count(starts)), [count(sorted)])
	some k, start in starts
	values := [pair[1] | some pair in array.slice(sorted, start, ends[k])]
}

_same(sorted, i, key) if sorted[i][0] == key

# distinct_by_first is by_first with each value of a key once.
distinct_by_first(pairs) := by_first({pair | some pair in pairs})
