package holdfast.lib.groups_test

import data.holdfast.lib.groups

test_values_are_grouped if {
	groups.by_key([["b", 2], ["a", 3], ["b", 1], ["a", 3], [["c", "d"], 4]]) == {
		"a": [3],
		"b": [1, 2],
		["c", "d"]: [4],
	}
	groups.by_key({["a", 1], ["a", 2]}) == {"a": [1, 2]}
	groups.by_key([["a", 1]]) == {"a": [1]}
	groups.by_key([]) == {}
}
