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

# Words and cron expressions, each with the greatest time between two runs.
# A month has 31 days here, a year 366.
_schedules := {
	`^@?hourly$`: 60,
	`^@?(?:daily|midnight)$`: 1440,
	`^@?weekly$`: 10080,
	`^@?monthly$`: 44640,
	`^@?(?:yearly|annually)$`: 527040,
	`^\* \* \* \* \*$`: 1,
	`^[0-9]{1,2} \* \* \* \*$`: 60,
	`^[0-9]{1,2} [0-9]{1,2} \* \* \*$`: 1440,
	`^[0-9]{1,2} [0-9]{1,2} \* \* (?:[0-7]|[a-z]{3})$`: 10080,
	`^[0-9]{1,2} [0-9]{1,2} [0-9]{1,2} \* \*$`: 44640,
}

# The number after the slash counts the unit.
_steps := {
	`^\*/([1-9][0-9]?) \* \* \* \*$`: 1,
	`^[0-9]{1,2} \*/([1-9][0-9]?) \* \* \*$`: 60,
}

# interval is the time between two runs of "6h", "daily", "@weekly" or the cron
# expression "0 */6 * * *". It is undefined for expressions with lists or ranges.
interval(text) := length(text)

interval(text) := gap if {
	is_string(text)
	some pattern, gap in _schedules
	regex.match(pattern, _plain(text))
}

interval(text) := to_number(match[1]) * unit if {
	is_string(text)
	some pattern, unit in _steps
	some match in regex.find_all_string_submatch_n(pattern, _plain(text), 1)
}

_plain(text) := regex.replace(lower(trim_space(text)), `\s+`, " ")

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
