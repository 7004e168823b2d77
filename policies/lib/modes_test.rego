package holdfast.lib.modes_test

import data.holdfast.lib.modes

test_others if {
	every mode in ["0644", "644", "0754", "1777"] {
		modes.others(mode, modes.read)
	}
	every mode in ["0640", "600", "0771", "0773", "", "0648", "64", "06444", 420, null] {
		not modes.others(mode, modes.read)
	}
	every mode in ["0666", "002", "0773", "0777"] {
		modes.others(mode, modes.write)
	}
	every mode in ["0664", "775", "0755", "2775"] {
		not modes.others(mode, modes.write)
	}
}

test_sticky if {
	modes.sticky("1777")
	modes.sticky("3775")
	not modes.sticky("777")
	not modes.sticky("0777")
	not modes.sticky("2777")
}

test_group if {
	modes.group("0664", modes.write)
	modes.group("020", modes.write)
	not modes.group("0646", modes.write)
	not modes.group("0755", modes.write)
	not modes.group(null, modes.write)
}

test_beyond if {
	every pair in [["0644", "0600"], ["0640", "0600"], ["0700", "0600"], ["0601", "0600"], ["755", "0644"]] {
		modes.beyond(pair[0], pair[1])
	}
	every pair in [["0600", "0644"], ["0644", "0644"], ["0440", "0640"], ["000", "0000"], ["4600", "0600"], ["x", "0000"]] {
		not modes.beyond(pair[0], pair[1])
	}
}
