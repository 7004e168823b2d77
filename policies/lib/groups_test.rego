package holdfast.lib.groups_test

import data.holdfast.lib.groups

test_by_first if {
	groups.by_first([["b", 3], ["a", 2], ["b", 1], ["a", 2], [["a"], 5]]) == {"a": [2, 2], "b": [1, 3], ["a"]: [5]}
	groups.by_first([["a", 1]]) == {"a": [1]}
	groups.by_first([]) == {}
	groups.by_first([[false, 1], [false, 2], [null, 3]]) == {false: [1, 2], null: [3]}
}

test_distinct_by_first if {
	groups.distinct_by_first([["b", 2], ["a", 3], ["b", 1], ["a", 3]]) == {"a": [3], "b": [1, 2]}
	groups.distinct_by_first({["a", 1], ["a", 2]}) == {"a": [1, 2]}
	groups.distinct_by_first([]) == {}
}
