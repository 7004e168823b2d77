package holdfast.lib.quantities_test

import data.holdfast.lib.quantities

# The expected values follow the grammar in the documentation of
# k8s.io/apimachinery/pkg/api/resource.Quantity.
test_milli if {
	cases := {
		["1", 1000], ["100m", 100], ["0.1", 100], [".5", 500], ["5.", 5000], ["+2", 2000], ["-1", -1000],
		["007", 7000], ["0", 0], ["1500u", 2], ["1n", 1], ["1k", 1000000], ["1Ki", 1024000],
		["1Gi", 1073741824000], ["1.5Gi", 1610612736000], ["1G", 1000000000000], ["128974848000m", 128974848000],
		["1e3", 1000000], ["1E3", 1000000], ["12e-1", 1200], ["1E", 1000000000000000000000],
		[2, 2000], [0.25, 250], ["2.3", 2300],
	}
	every case in cases {
		quantities.milli(case[0]) == case[1]
	}
}

test_every_suffix if {
	suffixes := {
		"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
		"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60,
	}
	every suffix, exponent in suffixes {
		base := {1: 10, 2: 2}[count(suffix)]
		power := product([base | some _ in numbers.range(1, exponent)])
		quantities.milli(concat("", ["1", suffix])) == power * 1000
	}
}

test_not_a_quantity if {
	every text in ["", ".", "-", "Gi", "1 Gi", "1gi", "1K", "1MB", "one", "1e", "1m5", null, true, []] {
		not quantities.milli(text)
	}
}

test_format if {
	quantities.format_cpu(2000) == "2"
	quantities.format_cpu(1500) == "1500m"
	quantities.format_cpu(0) == "0"
	quantities.format_memory(3221225472000) == "3Gi"
	quantities.format_memory(1610612736000) == "1536Mi"
	quantities.format_memory(1001) == "2"
	quantities.format_memory(1024000) == "1Ki"
}
