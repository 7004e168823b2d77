package holdfast.lib.quantities_test

import data.holdfast.lib.quantities

# The expected values follow the grammar in the documentation of
# k8s.io/apimachinery/pkg/api/resource.Quantity.
test_milli if {
	cases := {
		["1", 1000], ["100m", 100], ["0.1", 100], [".5", 500], ["5.", 5000], ["+2", 2000], ["-1", -1000],
		["007", 7000], ["0", 0], ["00", 0], ["0.0", 0], ["0Gi", 0], ["1500u", 2], ["1n", 1], ["1k", 1000000], ["1Ki", 1024000],
		["1Gi", 1073741824000], ["1.5Gi", 1610612736000], ["1G", 1000000000000], ["128974848000m", 128974848000],
		["1e3", 1000000], ["1E3", 1000000], ["12e-1", 1200], ["1e+03", 1000000], ["1e-10", 1], ["1e00", 1000],
		["1E", 1000000000000000000000], ["0.1Ki", 102400], ["0.3Ki", 307200], ["0.0001Ki", 103], ["-1500u", -2],
		["1.0001Ei", 1153036796757307660698], ["10m", 10], ["0.0014", 2], ["0.0010", 1], ["12345678m", 12345678],
		[2, 2000], [0.25, 250], ["2.3", 2300], [0.1, 100], [1e3, 1000000], [0.003, 3], [1e21, 1000000000000000000000000],
	}
	every case in cases {
		quantities.milli(case[0]) == case[1]
	}
}

# A double has 53 bits, and OPA's quotients 64.
test_no_digit_is_lost if {
	quantities.milli("9223372036854775807") == 9223372036854775807000
	quantities.milli("9223372036854775807m") == 9223372036854775807
	quantities.milli("9007199254740993") == 9007199254740993000
	quantities.milli("1.000000000000000001E") == 1000000000000000001000
	quantities.milli("99999999999999999999.9999") == 100000000000000000000000
	quantities.milli("1152921504606846977Ki") == 1180591620717411304448000
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
		quantities.milli(concat("", ["-7", suffix])) == -7 * (power * 1000)
		quantities.milli(concat("", ["2.5", suffix])) == 2500 * power
	}
}

test_every_suffix_below_one if {
	every suffix, number in {"m": "1", "u": "1000", "n": "1000000"} {
		quantities.milli(concat("", [number, suffix])) == 1
		quantities.milli(concat("", [number, ".1", suffix])) == 2
	}
}

test_every_exponent if {
	every exponent in numbers.range(1, 20) {
		power := product([10 | some _ in numbers.range(1, exponent)])
		quantities.milli(sprintf("3e%d", [exponent])) == 3000 * power
		quantities.milli(sprintf("3E+%02d", [exponent])) == 3000 * power
		quantities.milli(sprintf("%de-%d", [7 * power, exponent])) == 7000
	}
}

test_not_a_quantity if {
	every text in [
		"", ".", "-", "+", "Gi", "1 Gi", " 1", "1 ", "1gi", "1K", "1MB", "1GB", "1GiB", "1kI", "1mi", "1ei", "one", "1e", "1e+",
		"1m5", "1.2.3", "--1", "+-1", "1,5", "0x10", "1e5m", "1iK", null, true, [], {},
	] {
		not quantities.milli(text)
	}
}

test_suffix if {
	quantities.suffix("1.5Gi") == "Gi"
	quantities.suffix("100") == ""
	quantities.suffix("1e3") == "e3"
	not quantities.suffix("1GB")
	not quantities.suffix(100)
}

test_format if {
	quantities.format_cpu(2000) == "2"
	quantities.format_cpu(1500) == "1500m"
	quantities.format_cpu(0) == "0"
	quantities.format_memory(3221225472000) == "3Gi"
	quantities.format_memory(1610612736000) == "1536Mi"
	quantities.format_memory(1001) == "2"
	quantities.format_memory(1024000) == "1Ki"
	quantities.format_memory(0) == "0Gi"
}

test_format_by_resource if {
	every resource in [
		"memory", "requests.memory", "limits.memory", "storage", "requests.storage", "ephemeral-storage",
		"limits.ephemeral-storage", "hugepages-2Mi", "requests.hugepages-1Gi",
		"gold.storageclass.storage.k8s.io/requests.storage",
	] {
		quantities.format(resource, 2048000) == "2Ki"
	}
	every resource in ["cpu", "requests.cpu", "pods", "nvidia.com/gpu", "count/jobs.batch", "example.com/memory-cards", "nomemory"] {
		quantities.format(resource, 2048000) == "2048"
	}
}

test_whole_numbers_and_their_borders if {
	quantities.milli("10e0") == 10000
	quantities.milli("1000m") == 1000
	quantities.milli("0.001") == 1
	quantities.milli("0.0001") == 1
	quantities.milli("1.001") == 1001
	quantities.milli("10.0100") == 10010
}
