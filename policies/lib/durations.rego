# METADATA
# title: Durations and schedules
# description: |
#   Reads lengths of time and schedules as backup tools' configuration has them.
#   All results are in minutes.
package holdfast.lib.durations

# In seconds, so that the sums are exact.
_units := {
	"s": 1, "sec": 1, "second": 1, "seconds": 1,
	"m": 60, "min": 60, "minute": 60, "minutes": 60,
	"h": 3600, "hour": 3600, "hours": 3600,
	"d": 86400, "day": 86400, "days": 86400,
	"w": 604800, "week": 604800, "weeks": 604800,
}

# Where a tool says how long to keep, "m" is a month, of 30 days.
_keeping_units := object.union(_units, {
	"m": 2592000, "month": 2592000, "months": 2592000,
	"y": 31536000, "year": 31536000, "years": 31536000,
})

# length is how long "90m", "1h30m" or "2 weeks" is. It is undefined for what
# is no duration, a number without a unit among them.
length(text) := _sum(text, _units)

# keeping is length for a time to keep something: "7d", "2y5m", "30 days".
keeping(text) := _sum(text, _keeping_units)

_sum(text, units) := sum(parts) / 60 if {
	is_string(text)
	regex.match(`^\s*(?:[0-9]{1,9}(?:\.[0-9]{1,9})?\s*[A-Za-z]+\s*)+$`, text)
	matches := regex.find_all_string_submatch_n(`0*([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)`, lower(text), -1)
	parts := [part |
		some match in matches
		part := to_number(match[1]) * units[match[2]]
	]
	count(parts) == count(matches)
}

# Words for schedules, each with the greatest time between two runs. A month has
# 31 days here, a year 366.
_words := {
	"hourly": 60,
	"daily": 1440,
	"midnight": 1440,
	"weekly": 10080,
	"monthly": 44640,
	"yearly": 527040,
	"annually": 527040,
}

# interval is the greatest time between two runs of "6h", "daily", "@weekly",
# "@every 6h" or a cron expression.
interval(text) := length(trim_prefix(trim_space(text), "@every ")) if is_string(text)

interval(text) := _words[trim_prefix(lower(trim_space(text)), "@")] if is_string(text)

interval(text) := gap(text)

# gap is the greatest time between two runs of a cron expression of five fields,
# as cron of Vixie and robfig reads it: lists, ranges, steps and names; a day that
# either of the two fields for days matches, where both are restricted. A time
# zone before it does not change the gap; the hour that summer time moves is left
# out. It is undefined for what is no such expression.
gap(text) := worst if {
	is_string(text)
	fields := split(regex.replace(_plain(text), `^(?:cron_)?tz=\S+ `, ""), " ")
	count(fields) == 5
	minutes := _numbers(fields[0], 0, 59, {})
	hours := _numbers(fields[1], 0, 23, {})
	times := sort([time_of_day |
		some hour in hours
		some minute in minutes
		time_of_day := (hour * 60) + minute
	])
	first := times[0]
	last := times[count(times) - 1]
	within := max(array.concat([0], [step |
		some i, time_of_day in times
		step := times[i + 1] - time_of_day
	]))
	worst := max([within, ((_days_between(array.slice(fields, 2, 5)) * 1440) - last) + first])
}

_plain(text) := regex.replace(lower(trim_space(text)), `\s+`, " ")

_every := `^[*?](?:/1)?$`

# The most days from one on which it runs to the next. It takes the fields for
# days alone, since many schedules have the same ones.
_days_between(fields) := max(steps) if {
	_any_day(fields[0])
	_any_day(fields[1])
	weekdays := sort({weekday | some day in _numbers(fields[2], 0, 7, _weekday_names); weekday := day % 7})
	following := array.concat(array.slice(weekdays, 1, 7), [weekdays[0] + 7])
	steps := [step |
		some i, weekday in weekdays
		step := following[i] - weekday
	]
} else := max(steps) if {
	runs := _runs(fields)
	steps := [step |
		some i, day in runs
		step := runs[i + 1] - day
	]
}

_any_day(field) if regex.match(_every, field)

# The numbers of the days on which it runs. A day must match both fields for days
# if one of them is for any day, else either.
_runs(fields) := numbers_of_days if {
	days := _numbers(fields[0], 1, 31, {})
	months := _numbers(fields[1], 1, 12, _month_names)
	weekdays := {weekday | some day in _numbers(fields[2], 0, 7, _weekday_names); weekday := day % 7}
	numbers_of_days := [date[0] |
		some date in _calendar
		date[1] in months
		{date[2] in days, date[3] in weekdays} in _enough(fields)
	]
}

_enough(fields) := {{true}} if {
	_one_restricted(fields)
} else := {{true}, {true, false}}

# Whether one field for days at most is restricted.
_one_restricted(fields) if _any_day(fields[0])

_one_restricted(fields) if _any_day(fields[2])

# The days of five years, from one leap year to the next, each as [number, month,
# day, day of the week].
_calendar := [[number, date[1], date[2], _weekdays[time.weekday(ns)]] |
	some number in numbers.range(0, 1826)
	ns := 1704067200000000000 + (number * 86400000000000)
	date := time.date(ns)
]

_weekdays := {
	"Sunday": 0, "Monday": 1, "Tuesday": 2, "Wednesday": 3, "Thursday": 4, "Friday": 5, "Saturday": 6,
}

_weekday_names := {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

_month_names := {
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

# The numbers of a field, or undefined if any of its parts is none.
_numbers(field, least, most, named) := {number | some part in parts; some number in part} if {
	texts := split(field, ",")
	parts := [part | some text in texts; part := _part(text, least, most, named)]
	count(parts) == count(texts)
}

_part(text, least, most, named) := numbers.range_step(first, last, step) if {
	some match in regex.find_all_string_submatch_n(`^([*?]|[0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?(?:/([1-9][0-9]?))?$`, text, -1)
	first := _first(match[1], least, named)
	last := _last(match, first, most, named)
	least <= first
	first <= last
	last <= most
	step := to_number(_or(match[3], "1"))
}

_first(text, least, named) := least if {
	text in {"*", "?"}
} else := _number(text, named)

# A first number with a step goes on to the end.
_last(match, first, most, named) := _number(match[2], named) if {
	not match[1] in {"*", "?"}
} else := most if {
	match[2] == ""
	_goes_on(match)
} else := first if {
	match[2] == ""
}

_goes_on(match) if match[1] in {"*", "?"}

_goes_on(match) if match[3] != ""

_or("", other) := other

_or(text, _) := text if text != ""

_number(text, named) := named[text]

_number(text, _) := to_number(text) if regex.match(`^[0-9]+$`, text)

# format writes minutes in the greatest unit that leaves a whole number, up to
# days: "1 day", "36 hours".
format(minutes) := [phrase |
	some unit in [[1440, "day"], [60, "hour"], [1, "minute"]]
	number := ceil(minutes) / unit[0]
	number == floor(number)
	phrase := _plural(number, unit[1])
][0]

_plural(1, unit) := sprintf("1 %s", [unit])

_plural(number, unit) := sprintf("%d %ss", [number, unit]) if number != 1
