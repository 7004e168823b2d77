package holdfast.lib.apt_test

import data.holdfast.lib.apt
import data.holdfast.lib.samples_test as samples

_settings(path, content) := found if {
	found := apt.settings with input as samples.of(samples.file({"path": path, "content": content}))
}

_sources(path, content) := found if {
	found := apt.sources with input as samples.of(samples.file({"path": path, "content": content}))
}

test_settings if {
	content := concat("\n", [
		"// A::B \"0\";", "# A::C \"0\";", "/* A::D \"0\";", "*/ A::E \"On\"; // why", "F { G { H \"1\"; I off; }; };",
		"A::J \"http://a\";", "A::K // why\n \"1\";", "A::E \"no\";",
	])
	_settings("/etc/apt/apt.conf", content) == {
		"a::e": "no", "e": "no", "h": "1", "i": "off", "a::j": "http://a", "j": "http://a", "a::k": "1", "k": "1",
	}
	_settings("/etc/apt/apt.conf.d/50x", "A \"1\";") == {"a": "1"}
	_settings("/etc/apt/preferences", "A \"1\";") == {}
}

test_lines if {
	content := concat("\n", [
		"# deb http://no ./",
		"deb http://a/debian stable main",
		" deb-src [ arch=amd64,arm64 signed-by=/K.asc trusted=Yes ] https://b ./",
		"deb [lang-=de]cdrom:[x]/ stable",
		"",
	])
	every path in ["/etc/apt/sources.list", "/etc/apt/sources.list.d/a.list"] {
		_sources(path, content) == [
			{"uris": {"http://a/debian"}, "options": {}},
			{"uris": {"https://b"}, "options": {"arch": "amd64,arm64", "signed-by": "/k.asc", "trusted": "yes"}},
			{"uris": {"cdrom:[x]/"}, "options": {"lang": "de"}},
		]
	}
	not _sources("/etc/apt/sources.list.d/a", content)
}

test_stanzas if {
	content := concat("\n", [
		"# first", "Types: deb", "URIs: http://a", "# between", "  http://b", "Trusted: Yes", "", "Types: deb", "URIs: http://c",
		"Enabled: no", " ", "URIs: http://d", "Enabled: yes", "",
	])
	_sources("/etc/apt/sources.list.d/a.sources", content) == [
		{"uris": {"http://a", "http://b"}, "options": {"types": "deb", "uris": "http://a\n  http://b", "trusted": "yes"}},
		{"uris": {"http://d"}, "options": {"uris": "http://d", "enabled": "yes"}},
	]
}

test_words if {
	every word in ["yes", "true", "with", "on", "enable", "1"] {
		word in apt.yes
		not word in apt.no
	}
	every word in ["no", "false", "without", "off", "disable", "0"] {
		word in apt.no
		not word in apt.yes
	}
}
