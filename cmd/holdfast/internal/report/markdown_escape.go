package report

import "strings"

// markdownMarks are the characters that could begin something in the middle of
// a line (CommonMark 2.4 lets any of them be escaped by a backslash).
const markdownMarks = "\\`*_[]<>|~&$"

// escape is text that Markdown shows as it stands, on one line.
func escape(text string) string {
	var b strings.Builder
	text = strings.TrimSpace(oneLine(text)) // indented, it would be code
	number := len(text) - len(strings.TrimLeft(text, "0123456789"))
	for i, r := range text {
		// At the start of a line, these would begin a heading, a list or a quote.
		if strings.ContainsRune(markdownMarks, r) || i == 0 && strings.ContainsRune("#+-=:", r) || i > 0 && i == number && (r == '.' || r == ')') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code is text as a code span, "" for no text. Its fence is longer than any
// run of backquotes within (CommonMark 6.1). Tables are split before spans are
// read (GFM 4.10), so text with a bar is merely escaped.
func code(text string) string {
	text = oneLine(text)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if strings.Contains(text, "|") {
		return escape(text)
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// longestRun is the length of the longest run of mark in text.
func longestRun(text string, mark rune) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != mark {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
