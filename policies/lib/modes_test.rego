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
