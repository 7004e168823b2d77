package helm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Go's templates know no bounds: a loop may go on for ever, and a template that
// calls itself ends the process once the stack is used up. So a call of a fuse
// is put into each loop and each template, also of those that tpl makes, on the
// line where it begins. It says when enough is enough, and is told what is
// written there each time. What an action prints and what a loop is over goes
// through further calls. hook.go has what is called.
const (
	fuseName  = "holdfastFuse"
	enterName = "holdfastEnter"
	leaveName = "holdfastLeave"
	tameName  = "holdfastTame"
	printName = "holdfastPrint"
	loopName  = "holdfastLoop"
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
	text    string
	at      int // what is before is in out
	out     strings.Builder
	fuses   []*fuse
	blocks  []block // that are open
	depth   int     // of them all
	longest int     // of its actions, in bytes
	code    int     // what its actions take up, reckoned in bytes of them
}

// fuse is one to be put where it stands in what is written.
type fuse struct {
	at                     int
	name, trim             string
	text, gets, all, globs int // what is done each time: bytes written, and files read
}

func (f *fuse) String() string {
	return fmt.Sprintf("{{%s %d %d %d %d%s}}", f.name, f.text, f.gets, f.all, f.globs, f.trim)
}

// block is one that is open.
type block struct {
	branches int
	fuse     *fuse // nil if it has none of its own
	template bool  // it has one, and is a template
}

// costAction is reckoned for an action beside what it is long.
const costAction = 16

// fused is a template with fuses in it. What is no template stays as it is, for
// the parser to complain of.
func fused(text string) (*fuser, error) {
	f := &fuser{text: text}
	f.begin(enterName, "")
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
			return nil, f.tooDeep(start)
		}
		f.write(f.text[f.at:start])
		written := f.text[start:act.end]
		f.at = act.end
		if act.comment {
			f.out.WriteString(written)
			continue
		}
		f.longest = max(f.longest, len(written))
		f.code += costAction + act.code
		f.count(written)
		if err := f.block(act, start, written); err != nil {
			return nil, err
		}
	}
	f.write(f.text[f.at:])
	f.out.WriteString("{{" + leaveName + "}}")
	return f, nil
}

// String is the template with its fuses.
func (f *fuser) String() string {
	var all strings.Builder
	text, at := f.out.String(), 0
	for _, fuse := range f.fuses {
		all.WriteString(text[at:fuse.at])
		all.WriteString(fuse.String())
		at = fuse.at
	}
	all.WriteString(text[at:])
	return all.String()
}

func (f *fuser) begin(name, trim string) *fuse {
	begun := &fuse{at: f.out.Len(), name: name, trim: trim}
	f.fuses = append(f.fuses, begun)
	return begun
}

// around is the fuse of the innermost block that has one.
func (f *fuser) around() *fuse {
	for _, block := range slices.Backward(f.blocks) {
		if block.fuse != nil {
			return block.fuse
		}
	}
	return f.fuses[0]
}

func (f *fuser) write(text string) {
	f.around().text += len(text)
	f.out.WriteString(text)
}

var (
	getsFile  = regexp.MustCompile(`\.Get(?:Bytes)?\b`)
	getsLines = regexp.MustCompile(`\.Lines\b`)
	getsAll   = regexp.MustCompile(`\.As(?:Config|Secrets)\b`)
	getsNames = regexp.MustCompile(`\.Glob\b`)
)

// linesCost is how many times as much as a file its lines may take up: each of
// them may be empty.
const linesCost = 17

// count finds what an action may read of the chart's files: what is made of
// them is made by no function that could be guarded.
func (f *fuser) count(action string) {
	around := f.around()
	around.gets += len(getsFile.FindAllStringIndex(action, -1)) + linesCost*len(getsLines.FindAllStringIndex(action, -1))
	around.all += len(getsAll.FindAllStringIndex(action, -1))
	around.globs += len(getsNames.FindAllStringIndex(action, -1))
}

func (f *fuser) tooDeep(at int) error {
	return &mistakeAt{
		line: 1 + strings.Count(f.text[:at], "\n"),
		msg:  fmt.Sprintf("blocks or brackets are nested more than %d deep", maxBlocks),
	}
}

// block writes an action and follows how blocks are nested. It puts the fuse
// behind the beginning of those that may run more than once.
func (f *fuser) block(act action, start int, written string) error {
	trim := ""
	if strings.HasSuffix(written, "-}}") {
		trim = " -"
	}
	switch act.word {
	case "define", "block", "range":
		f.blocks, f.depth = append(f.blocks, block{branches: 1}), f.depth+1
		open := &f.blocks[len(f.blocks)-1]
		if act.word == "range" {
			f.out.WriteString(piped(tamed(written), loopName))
			open.fuse = f.begin(fuseName, trim)
			break
		}
		f.out.WriteString(tamed(written))
		if !emptyBody(f.text[f.at:]) { // an empty template does not take the place of another
			open.fuse, open.template = f.begin(enterName, trim), true
		}
	case "if", "with":
		f.blocks, f.depth = append(f.blocks, block{branches: 1}), f.depth+1
		f.out.WriteString(tamed(written))
	case "else":
		if open := len(f.blocks); open > 0 {
			f.blocks[open-1].branches++
			f.blocks[open-1].fuse = nil // it is not in the loop
			f.depth++
		}
		f.out.WriteString(tamed(written))
	case "end":
		if open := len(f.blocks); open > 0 {
			if f.blocks[open-1].template {
				f.out.WriteString(strings.TrimSuffix(written[:trimmed(written)], " ") + " " + leaveName + "}}")
			}
			f.depth -= f.blocks[open-1].branches
			f.blocks = f.blocks[:open-1]
		}
		f.out.WriteString(written)
	case "template", "break", "continue":
		f.out.WriteString(tamed(written))
	default:
		if declares.MatchString(written) {
			f.out.WriteString(tamed(written))
		} else {
			f.out.WriteString(piped(tamed(written), printName))
		}
	}
	if f.depth > maxBlocks {
		return f.tooDeep(start)
	}
	return nil
}

// declares matches an action that gives a value to a variable, and prints nothing.
var declares = regexp.MustCompile(`^\{\{(?:-[ \t\r\n])?[ \t\r\n]*\$[^ \t\r\n:=.|()]*[ \t\r\n]*:?=`)

// trimmed is how long the beginning of an action is, with its hyphen.
func trimmed(action string) int {
	if strings.HasPrefix(action, "{{- ") || strings.HasPrefix(action, "{{-\n") || strings.HasPrefix(action, "{{-\t") || strings.HasPrefix(action, "{{-\r") {
		return len("{{- ")
	}
	return len("{{")
}

// piped is an action whose value goes through a function at last.
func piped(action, function string) string {
	body, end := strings.TrimSuffix(action, "}}"), "}}"
	if shorter, trims := strings.CutSuffix(body, "-"); trims && strings.TrimRight(shorter, " \t\r\n") != shorter {
		body, end = strings.TrimRight(shorter, " \t\r\n"), action[len(strings.TrimRight(shorter, " \t\r\n")):]
	}
	return body + " | " + function + end
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
	code    int    // bytes without the texts in it
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
			act.code++
			continue
		case c == '(':
			depth++
			act.nested = max(act.nested, depth)
		case c == ')':
			depth--
		}
		at++
		act.code++
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
