package holdfast.lib.durations_test

import data.holdfast.lib.durations

test_length if {
	lengths := {
		"90m": 90, "1h30m": 90, "24h": 1440, "7d": 10080, "2 weeks": 20160, "1 hour": 60, "007d": 10080,
		"1.5h": 90, "120s": 2, " 6H ": 360, "0d": 0,
	}
	every text, minutes in lengths {
		durations.length(text) == minutes
	}
	every text in ["", "7", "d", "7x", "7d later", "-7d", "1h 5", "1y", 7, null] {
		not durations.length(text)
	}
}

# Every spelling of a unit is as long as the others.
test_units if {
	units := {
		60: ["3600s", "3600sec", "3600 second", "3600 seconds"],
		5: ["5m", "5min", "5 minute", "5 minutes"],
		120: ["2h", "2 hour", "2 hours"],
		4320: ["3d", "3 day", "3 days"],
		20160: ["2w", "2 week", "2 weeks"],
	}
	every minutes, texts in units {
		every text in texts {
			durations.length(text) == minutes
		}
	}
	every text in ["3m", "3 month", "3 months"] {
		durations.keeping(text) == 3 * 43200
	}
	every text in ["2y", "2 year", "2 years"] {
		durations.keeping(text) == 2 * 525600
	}
}

test_m_is_a_month_where_something_is_kept if {
	durations.keeping("1m") == 43200
	durations.keeping("2y5m7d3h") == (((2 * 525600) + (5 * 43200)) + (7 * 1440)) + 180
	durations.keeping("30 days") == 43200
	not durations.keeping("30")
}

test_interval if {
	gaps := {
		"6h": 360, "daily": 1440, "@hourly": 60, "@weekly": 10080, "@monthly": 44640, "@yearly": 527040, "annually": 527040, "5 2 * * *": 1440,
		"* * * * *": 1, "*/15 * * * *": 15, "5 * * * *": 60, "0 */6 * * *": 360, "30 2 * * *": 1440,
		"30  2 * *  0": 10080, "0 2 * * SUN": 10080, "0 2 1 * *": 44640,
	}
	every text, minutes in gaps {
		durations.interval(text) == minutes
	}
	every text in ["0 2 * * 1-5", "0 2,14 * * *", "0 2 1 1 *", "*/0 * * * *", "0 2 * *", "", 5] {
		not durations.interval(text)
	}
}

test_format if {
	durations.format(1440) == "1 day"
	durations.format(10080) == "7 days"
	durations.format(2160) == "36 hours"
	durations.format(60) == "1 hour"
	durations.format(90) == "90 minutes"
	durations.format(0) == "0 days"
}
