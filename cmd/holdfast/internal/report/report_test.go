package report

import "testing"

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"as it is: é 漢字 → 🙂\n\ttab": "as it is: é 漢字 → 🙂\n\ttab",
		"\x1b[31m":                  `\x1b[31m`,
		"a\rb\x00":                  `a\rb\x00`,
		"a\u009b2Jb":                `a\u009b2Jb`,
		"a\x9b2Jb":                  "a\ufffd2Jb", // the same command in eight bits
		"user\u202etxt.exe":         `user\u202etxt.exe`,
		"zero\u200bwidth":           `zero\u200bwidth`,
		"soft\u00adhyphen":          "soft\u00adhyphen",
	} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestShortRevision(t *testing.T) {
	for revision, want := range map[string]string{
		"9f2c1e7ab04d5c6f8e9a0b1c2d3e4f5061728394": "9f2c1e7ab04d",
		"sha256:9f2c1e7ab04d5c6f8e9a":              "sha256:9f2c1e7ab04d",
		"work tree of app":                         "work tree of app",
		"":                                         "",
	} {
		if got := shortRevision(revision); got != want {
			t.Errorf("shortRevision(%q) = %q, want %q", revision, got, want)
		}
	}
}
