package git

import (
	"strings"
	"testing"
	"time"
)

const testKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

func TestParseSignersErrors(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"nothing", "", "no signer is listed"},
		{"comments only", "# a\n\n  # b\n", "no signer is listed"},
		{"no key", "ada@example.com", "f:1: no key"},
		{"key without principals", testKey, "f:1: "},
		{"broken key", "ada ssh-ed25519 AAAA", "f:1: the key cannot be read"},
		{"certificate authority", "ada cert-authority " + testKey, "f:1: cert-authority is not supported"},
		{"certificate authority, capital", "ada CERT-AUTHORITY,namespaces=\"git\" " + testKey, "cert-authority is not supported"},
		{"unknown option", "ada no-touch-required " + testKey, `"no-touch-required" is not known`},
		{"unknown option with value", "ada from=\"x\" " + testKey, `"from" is not known`},
		{"unquoted", "ada namespaces=git " + testKey, "double quotes"},
		{"empty value", "ada namespaces=\"\" " + testKey, "double quotes"},
		{"empty pattern", "ada namespaces=\"git,,file\" " + testKey, "empty pattern"},
		{"twice", "ada namespaces=\"a\",Namespaces=\"b\" " + testKey, "given twice"},
		{"bad time", "ada valid-after=\"2026-01-01\" " + testKey, "valid-after"},
		{"no such day", "ada valid-before=\"20260231Z\" " + testKey, "valid-before"},
		{"never valid", "ada valid-after=\"20270101Z\",valid-before=\"20260101Z\" " + testKey, "never valid"},
		{"open quote", `"ada ` + testKey, "not closed"},
		{"no space after quote", `"ada"x ` + testKey, "space"},
		{"empty principals", `"" ` + testKey, "principals are empty"},
		{"the second line", "ada " + testKey + "\nbob ssh-ed25519 x\n", "f:2: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := parseSigners("f", []byte(test.content)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("parseSigners: %v, want %q", err, test.want)
			}
		})
	}
}

func TestParseTimestamp(t *testing.T) {
	tests := map[string]time.Time{
		"20260131Z":       time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		"20260131z":       time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		"202601312359Z":   time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC),
		"20260131235958Z": time.Date(2026, 1, 31, 23, 59, 58, 0, time.UTC),
		"20260131":        time.Date(2026, 1, 31, 0, 0, 0, 0, time.Local),
		"202601312359":    time.Date(2026, 1, 31, 23, 59, 0, 0, time.Local),
	}
	for text, want := range tests {
		if got, err := parseTimestamp(text); err != nil || !got.Equal(want) {
			t.Errorf("parseTimestamp(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "Z", "2026", "20261301", "202601312460", "2026013123595", "20260131T", "+2026131", "20260131ZZ"} {
		if got, err := parseTimestamp(text); err == nil {
			t.Errorf("parseTimestamp(%q) = %v", text, got)
		}
	}
}

func TestMatchesPattern(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"git", "git", true}, {"git", "gitx", false}, {"g*", "git", true}, {"*", "a/b", true}, {"a?b", "a/b", true},
		{"[g]it", "git", false}, {"[g]it", "[g]it", true}, {`\g`, "g", false}, {"", "git", false}, {"*.example.com", "a.b.example.com", true},
	}
	for _, test := range tests {
		if got := matchesPattern(test.pattern, test.text); got != test.want {
			t.Errorf("matchesPattern(%q, %q) = %t", test.pattern, test.text, got)
		}
	}
}

// FuzzParseSigners checks that no input makes the parser panic, and that what
// it accepts is complete and stands in a line of its own.
func FuzzParseSigners(f *testing.F) {
	for _, seed := range []string{
		"ada@example.com " + testKey + "\n",
		`"ada@example.com,*@example.org" namespaces="git,file",valid-after="20260101Z" ` + testKey + " note\n",
		"# comment\n\nada\tvalid-before=\"202701010000\"\t" + testKey,
		"ada cert-authority " + testKey,
		`"ada `, `ada "`, "ada namespaces=\"", "\x00", "ada,, " + testKey, "*" + testKey,
		"ada " + testKey + "\rbob " + testKey,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		signers, err := parseSigners("f", content)
		if err != nil {
			if len(signers) > 0 {
				t.Fatal("signers come with an error")
			}
			return
		}
		lines := 0
		for line := range strings.SplitSeq(string(content), "\n") {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines++
			}
		}
		if lines != len(signers) {
			t.Fatalf("%d signers in %d lines", len(signers), lines)
		}
		for _, candidate := range signers {
			if candidate.key == nil || strings.Trim(candidate.principals, ", \t") == "" {
				t.Fatalf("an incomplete signer was accepted: %+v", candidate)
			}
			if err := candidate.allows(candidate.key, sshNamespace, time.Unix(0, 0)); err == nil && !candidate.validAfter.IsZero() && candidate.validAfter.After(time.Unix(0, 0)) {
				t.Fatal("a key is allowed before its time")
			}
		}
	})
}
