package sops

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decoy is another value of the same kind and length. Letters and digits are
// others; the marks between them stay, most of them, so that what is YAML, JSON,
// a URL or base64 is that still, and so do the lines that PEM begins and ends with.
func decoy(kind, text string) string {
	if kind == "bool" {
		was, _ := strconv.ParseBool(text)
		return boolText(!was)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "-----") || len(lines) == 1 {
			lines[i] = strings.Map(other, line)
		}
	}
	return strings.Join(lines, "\n")
}

// marks are those that have no meaning in the forms that values have.
const marks = "!*~^$&"

func other(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return 'a' + (r-'a'+13)%26
	case r >= 'A' && r <= 'Z':
		return 'A' + (r-'A'+13)%26
	case r >= '1' && r <= '9': // no number begins with a 0 then that did not before
		return '1' + (r-'1'+4)%9
	case r == '0': // a number of 0 is told from another by its sign at the most
		return '7'
	case strings.ContainsRune(marks, r):
		return rune(marks[(strings.IndexRune(marks, r)+1)%len(marks)])
	case r >= utf8.RuneSelf && unicode.IsPrint(r) && unicode.IsPrint(r^1) && utf8.RuneLen(r) == utf8.RuneLen(r^1):
		return r ^ 1
	}
	return r
}
