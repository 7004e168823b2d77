package helm

import (
	"fmt"
	"strings"
)

// Go's templates know no bounds: a loop may go on for ever, and a template that
// calls itself ends the process once the stack is used up. So a call of a fuse
// is put into each loop and each template, also of those that tpl makes, on the
// line where it begins. It says when enough is enough.
const (
	fuseName = "holdfastFuse"
	tameName = "holdfastTame"
)

// maxBlocks is how deep blocks and brackets of a template may be nested: its
// parser calls itself for each.
const maxBlocks = 1000

// mistakeAt is a mistake at a line of a template.
type mistakeAt struct {
	line int
	msg  string
}

func (m *mistakeAt) Error() string { return fmt.Sprintf("line %d: %s", m.line, m.msg) }

// fuser puts fuses into one template.
type fuser struct {
	text   string
	at     int // what is before is in out
	out    strings.Builder
	blocks []int // that are open, each with its branches
	depth  int   // of them all
}

// fused is a template with fuses in it. What is no template stays as it is, for
// the parser to complain of.
func fused(text string) (string, error) {
	f := &fuser{text: text}
	f.out.WriteString("{{" + fuseName + "}}")
	for {
		start := strings.Index(f.text[f.at:], "{{")
		if start < 0 {
			break
		}
		start += f.at
		act, closed := scanAction(f.text, start)
		if !closed {
			break
		}
		if act.nested > maxBlocks {
			return "", f.tooDeep(start)
		}
		f.out.WriteString(f.text[f.at:start])
		if act.comment {
			f.out.WriteString(f.text[start:act.end])
		} else {
			f.out.WriteString(tamed(f.text[start:act.end]))
		}
		f.at = act.end
		if err := f.block(act, start); err != nil {
			return "", err
		}
	}
	f.out.WriteString(f.text[f.at:])
	return f.out.String(), nil
}

func (f *fuser) tooDeep(at int) error {
	return &mistakeAt{
		line: 1 + strings.Count(f.text[:at], "\n"),
		msg:  fmt.Sprintf("blocks or brackets are nested more than %d deep", maxBlocks),
	}
}

// block follows how blocks are nested, and puts the fuse behind the beginning
// of those that may run more than once.
func (f *fuser) block(act action, start int) error {
	switch act.word {
	case "range", "define", "block", "if", "with":
		f.blocks = append(f.blocks, 1)
		f.depth++
	case "else":
		if open := len(f.blocks); open > 0 {
			f.blocks[open-1]++
			f.depth++
		}
	case "end":
		if open := len(f.blocks); open > 0 {
			f.depth -= f.blocks[open-1]
			f.blocks = f.blocks[:open-1]
		}
	}
	if f.depth > maxBlocks {
		return f.tooDeep(start)
	}
	switch act.word {
	case "define", "block":
		if emptyBody(f.text[f.at:]) {
			return nil // an empty template does not take the place of another
		}
		fallthrough
	case "range":
		f.out.WriteString("{{" + fuseName)
		if strings.HasSuffix(f.text[:f.at], "-}}") {
			f.out.WriteString(" -")
		}
		f.out.WriteString("}}")
	}
	return nil
}

// emptyBody reports whether nothing but comments is before the next {{end}}.
func emptyBody(text string) bool {
	for {
		text = strings.TrimSpace(text)
		act, closed := scanAction(text, 0)
		if !strings.HasPrefix(text, "{{") || !closed || act.word != "" {
			return closed && act.word == "end"
		}
		text = text[act.end:]
	}
}

// action is what stands between {{ and }}.
type action struct {
	end     int    // behind it
	word    string // it begins with; "" for a comment and for what is no word
	nested  int    // depth of its brackets
	comment bool
}

// scanAction reads the action that begins at start; it is false if it has no end.
func scanAction(text string, start int) (act action, closed bool) {
	at := start + len("{{")
	if at > len(text) || !strings.HasPrefix(text[start:], "{{") {
		return act, false
	}
	if strings.HasPrefix(text[at:], "- ") || strings.HasPrefix(text[at:], "-\n") || strings.HasPrefix(text[at:], "-\t") {
		at++
	}
	body := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
	if strings.HasPrefix(text[body:], "/*") {
		end := strings.Index(text[body:], "*/")
		if end < 0 {
			return act, false
		}
		at = body + end
		end = strings.Index(text[at:], "}}")
		act.end, act.comment = at+end+len("}}"), true
		return act, end >= 0
	}
	act.word = word(text[body:])
	depth := 0
	for at < len(text) {
		switch c := text[at]; {
		case strings.HasPrefix(text[at:], "}}"):
			act.end = at + len("}}")
			return act, true
		case c == '"' || c == '\'' || c == '`':
			at = skipQuoted(text, at)
			continue
		case c == '(':
			depth++
			act.nested = max(act.nested, depth)
		case c == ')':
			depth--
		}
		at++
	}
	return act, false
}

// word is the word with which a text begins.
func word(text string) string {
	end := 0
	for end < len(text) && isLetter(text[end]) {
		end++
	}
	return text[:end]
}

func isLetter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// skipQuoted is the place behind a quoted text that begins at a quote.
func skipQuoted(text string, at int) int {
	quote := text[at]
	for at++; at < len(text); at++ {
		switch c := text[at]; {
		case c == quote:
			return at + 1
		case c == '\\' && quote != '`':
			at++
		}
	}
	return len(text)
}

// tamed is an action, or a part of one, in which each text that tpl takes is
// made to have fuses too.
func tamed(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		switch c := text[at]; {
		case c == '"' || c == '\'' || c == '`':
			end := skipQuoted(text, at)
			out.WriteString(text[at:end])
			at = end
		case isLetter(c):
			name := word(text[at:])
			called := name == "tpl" && (at == 0 || text[at-1] != '.' && text[at-1] != '$')
			out.WriteString(name)
			at += len(name)
			if !called {
				continue
			}
			start := at + len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
			if end := operandEnd(text, start); end > start {
				out.WriteString(text[at:start] + "(" + tameName + " " + tamed(text[start:end]) + ")")
				at = end
			}
		default:
			out.WriteByte(c)
			at++
		}
	}
	return out.String()
}

// operandEnd is the place behind the operand that begins at start.
func operandEnd(text string, start int) int {
	depth := 0
	for at := start; at < len(text); {
		switch c := text[at]; {
		case c == '"' || c == '\'' || c == '`':
			at = skipQuoted(text, at)
			continue
		case c == '(':
			depth++
		case depth > 0 && c == ')':
			depth--
		case depth == 0 && (strings.IndexByte(" \t\r\n|)", c) >= 0 || strings.HasPrefix(text[at:], "}}")):
			return at
		}
		at++
	}
	return len(text)
}
