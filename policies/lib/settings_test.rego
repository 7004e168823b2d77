package holdfast.lib.settings_test

import data.holdfast.lib.settings

_values(section) := {name: setting.value | some name, setting in section.settings}

_read(path, content) := {[section.path, _values(section)] |
	some section in settings.sections(path, content)
	count(section.settings) > 0
}

test_yaml_by_structure if {
	_read("/etc/backup.yaml", "retention_days: 3\nnested:\n  list:\n  - keep-daily: '5'\n    on: true\n") == {
		[[], {"retentiondays": 3}],
		[["nested", "list", 0], {"keepdaily": "5"}],
	}
}

test_yaml_lists_of_scalars_are_no_settings if {
	_read("b.yaml", "a: [x, 5]\nb: 1\n") == {[[], {"b": 1}]}
}

test_yaml_documents_each if {
	_read("b.yml", "---\na: 1\n--- # next\nb: 2\n") == {[[], {"a": 1}], [[], {"b": 2}]}
}

# One document that cannot be read does not hide the others.
test_yaml_that_is_broken_has_nothing if {
	_read("b.yaml", "a: [1\n---\nb: 2\n") == {[[], {"b": 2}]}
	_read("b.yaml", "") == set()
}

test_json if {
	_read("b.json", `{"keepDaily": 5, "a": {"b": "c"}}`) == {[[], {"keepdaily": 5}], [["a"], {"b": "c"}]}
}

test_lines_under_headers if {
	content := "A_B=1\n# C=2\n[global]\nrepo1-path = /x ; where\n  d: \"7\",\n[main]\nexport E='f g'\nh = ~/i\n"
	_read("/etc/b.conf", content) == {
		[[], {"ab": "1"}],
		[["global"], {"repo1path": "/x", "d": "7"}],
		[["main"], {"e": "f g", "h": "~/i"}],
	}
}

test_the_last_of_a_name_counts if {
	_read("b.conf", "a=1\na=2\n") == {[[], {"a": "2"}]}
}

test_options if {
	content := "restic forget --keep-daily 7 --keep-weekly=4 --prune --tag 'x'\n"
	_read("restic.sh", content) == {[[], {"keepdaily": "7", "keepweekly": "4", "tag": "x"}]}
}

test_whole if {
	settings.whole(7) == 7
	settings.whole("007") == 7
	settings.whole("0") == 0
	every value in [-1, 7.5, "7.5", "-1", "", "7d", null, true, "12345678901"] {
		not settings.whole(value)
	}
}

test_plain if {
	every key in ["keep-daily", "keepDaily", "KEEP_DAILY", "keep.daily"] {
		settings.plain(key) == "keepdaily"
	}
}
