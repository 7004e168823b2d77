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
		"6h": 360, "daily": 1440, "@hourly": 60, "@weekly": 10080, "@monthly": 44640, "@yearly": 527040, "annually": 527040,
		"midnight": 1440, "@every 1h30m": 90, " @Daily ": 1440, "5 2 * * *": 1440, "30  2 * *  0": 10080,
	}
	every text, minutes in gaps {
		durations.interval(text) == minutes
	}
	every text in ["fortnightly", "@reboot", "@every day", "0 2 * *", "", 5, null] {
		not durations.interval(text)
	}
}

test_gaps_within_a_day if {
	gaps := {
		"* * * * *": 1, "? * * * ?": 1, "*/15 * * * *": 15, "*/25 * * * *": 25, "5 * * * *": 60, "0 */6 * * *": 360,
		"0 */7 * * *": 420, "0,10,45 * * * *": 35, "30 2 * * *": 1440, "0 2,14 * * *": 720, "0 2,10 * * *": 960,
		"0 9-17 * * *": 960, "0 8-16/4 * * *": 960, "0 4/6 * * *": 360, "0 9 * * */1": 1440, "05 02 * * *": 1440, "00 08,9 * * *": 1380,
		"0 0,23 * * *": 1380, "59 23 * * *": 1440, "10-20 3 * * *": 1430, "tz=Europe/Paris 0 */6 * * *": 360,
		"CRON_TZ=UTC 0 */6 * * *": 360,
	}
	every text, minutes in gaps {
		durations.gap(text) == minutes
	}
}

# The number of days is that between two runs: from Friday to Monday are three,
# from one leap day to the next 1461.
test_gaps_of_days if {
	days := {
		"0 2 * * 1-5": 3, "0 2 * * 0": 7, "0 2 * * 7": 7, "0 2 * * SUN": 7, "0 2 * * mon,thu": 4, "0 2 * * 1,3,5": 3,
	}
	every text, number in days {
		durations.gap(text) == number * 1440
	}
	durations.gap("0 8,18 * * 1-5") == (2 * 1440) + 840
}

test_gaps_of_dates if {
	days := {
		"0 2 1 * *": 31, "0 2 1,15 * *": 17, "0 2 31 * *": 61, "0 2 */10 * *": 10, "0 2 1 1 *": 366, "0 2 29 2 *": 1461,
		"0 2 * 1-6 *": 185, "0 2 * feb *": 338, "0 2 1 */3 ?": 92, "0 2 * */2 *": 32, "0 2 1 jan,jul *": 184,
	}
	every text, number in days {
		durations.gap(text) == number * 1440
	}
}

test_gaps_of_more_dates if {
	days := {
		"0 2 13 * 5": 7, "0 2 1-7 * *": 25, "0 2 6-6 * *": 31, "0 2 1 12 *": 366, "0 2 1-31 * *": 1, "0 2 * 1-12 *": 1,
	}
	every text, number in days {
		durations.gap(text) == number * 1440
	}
}

# Of either the first of January or a day of the week in January, as far as the
# calendar goes.
test_each_day_of_the_week if {
	every number, days in {"0": 341, "1": 341, "2": 340, "3": 339, "4": 342, "5": 341, "6": 341} {
		durations.gap(sprintf("0 2 1 1 %s", [number])) == days * 1440
	}
	every name, days in {"sun": 7, "mon": 6, "tue": 5, "wed": 4, "thu": 4, "fri": 5, "sat": 6} {
		durations.gap(sprintf("0 2 * * 0,%s", [name])) == days * 1440
	}
	durations.gap("0 2 * * wed,sat") == 4 * 1440
}

test_each_month if {
	days := {
		"feb": 335, "mar": 306, "apr": 275, "may": 245, "jun": 214, "jul": 184,
		"aug": 213, "sep": 244, "oct": 274, "nov": 305, "dec": 335,
	}
	every name, number in days {
		durations.gap(sprintf("0 2 1 jan,%s *", [name])) == number * 1440
	}
}

# A day must match both fields if one of them is for any day.
test_a_day_of_either_field if {
	durations.gap("0 2 1 * *") == durations.gap("0 2 1 * ?")
	durations.gap("0 2 * * 1") == 7 * 1440
	durations.gap("0 2 1 1 1") == 341 * 1440
}

test_what_is_no_cron_expression if {
	every text in [
		"*/0 * * * *", "0 2 * *", "0 2 * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *",
		"* * * 13 *", "* * * * 8", "5-2 * * * *", "1,60 * * * *", "1,, * * * *", "* * * mon *",
		"* * * * jan", "*-5 * * * *", "?-5 * * * *", "0 2 0,1 * *", "0 2 1,32 * *", "0 2 * 1,13 *", "1-60 * * * *", "-1 * * * *", "1.5 * * * *", "0 2 31 2 *", "0 0 ** * *", "daily",
		"", 5, null,
	] {
		not durations.gap(text)
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
