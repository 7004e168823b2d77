package helm

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/holdfast-dev/holdfast/sources/resource"
)

var (
	quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	ticked     = regexp.MustCompile("`[^`]*`")
	yamlLine   = regexp.MustCompile(`\bline (\d+)`)
	// templateAt is where Helm says that something is wrong, at the start of a
	// line or in brackets.
	templateAt = regexp.MustCompile(`(?m)(?:^|\(|template: )([^\s()"]+\.[A-Za-z]+):(\d+)(?::\d+)?\)?:?[ \t]*`)
	tameCall   = regexp.MustCompile(`\(?` + tameName + `[ ]?([^()]*)\)?`)
	hookCall   = regexp.MustCompile(` \| (?:` + printName + `|` + loopName + `)\b`)
	// hookAt is where a call failed that was put into a template.
	hookAt = regexp.MustCompile(`(?:executing "(?:[^"\\]|\\.)*" )?at <holdfast\w*[^>]*>:\s*(?:error calling holdfast\w*:\s*)?`)
	// tplText are the words before a text that tpl was given, which is a value.
	tplText    = regexp.MustCompile(`(error during tpl function execution for|cannot parse template) "(?:[^"\\]|\\.)*"`)
	withinText = regexp.MustCompile(`template: gotpl:\d+(:\d+)?: `)
	calling    = regexp.MustCompile(`error calling (\w+): `)
)

// clean is a message of Helm's without what the values are that look like credentials.
func (r *rendering) clean(msg string) string {
	msg = tplText.ReplaceAllString(msg, "$1 a text")
	msg = hookAt.ReplaceAllString(hookCall.ReplaceAllString(msg, ""), "")
	msg = withinText.ReplaceAllString(tameCall.ReplaceAllString(msg, "$1"), "")
	if r.Hide != nil {
		msg = r.Hide(msg)
	}
	return strings.TrimSpace(r.hidden.Redact(msg))
}

// unquoted is a message without what it quotes, which may be a value.
func unquoted(msg string) string {
	return ticked.ReplaceAllString(quotedText.ReplaceAllString(msg, `"…"`), "`…`")
}

// errorLine is the line that a parser's error states, 0 if it states none.
func errorLine(msg string) int {
	if found := yamlLine.FindStringSubmatch(msg); found != nil {
		line, _ := strconv.Atoi(found[1])
		return line
	}
	return 0
}

// templateProblem places an error of the templates: where the innermost of them
// failed, and for which one it was called.
func (r *rendering) templateProblem(err error) {
	msg := r.clean(err.Error())
	places := r.templates()
	var innermost, outermost resource.Location
	var shown []string
	last := 0
	for _, found := range templateAt.FindAllStringSubmatchIndex(msg, -1) {
		at, known := places[msg[found[2]:found[3]]]
		if !known {
			continue
		}
		line, _ := strconv.Atoi(msg[found[4]:found[5]])
		innermost = at.location(line)
		if outermost.File == "" {
			outermost = innermost
		}
		shown = append(shown, at.String())
		last = found[1]
	}
	if len(shown) == 0 {
		r.problem(r.chartFile(), 0, "the chart cannot be rendered: %s", explained(msg))
		return
	}
	problem := resource.Problem{Msg: explained(msg[last:]), Location: innermost}
	if innermost.Line == 0 {
		problem.Msg = shown[len(shown)-1] + ": " + problem.Msg
	}
	if outermost != innermost {
		problem.Msg += "; it is included from " + outermost.String()
		problem.Other = outermost
	}
	r.Problems = append(r.Problems, problem)
}

// mends say what to do about errors, by a part of their text.
var mends = [...]struct{ part, mend string }{
	{"nil pointer evaluating", "a value above it is not set; set it in the values, or guard it in the template"},
	{"can't evaluate field", "there is no such field; check how it is written"},
	{"not defined", "Helm has no such function; check how it is written"},
	{"no template", "define it, or put the library chart that defines it into charts/"},
	{"unexpected EOF", "a block is not closed with {{ end }}"},
	{"nested reference name", "the template includes itself"},
	{"wrong type for value", "the value has another type than the template needs"},
}

// maxShown is how many bytes of an error are shown: its beginning and its end.
const maxShown = 2000

// explained is what an error says at its end, in one line, with the mend.
func explained(msg string) string {
	msg = withoutArguments(strings.Join(strings.Fields(msg), " "))
	for _, own := range []string{"error calling " + fuseName + ": ", "error calling " + tameName + ": "} {
		msg = strings.ReplaceAll(msg, own, "")
	}
	if len(msg) > maxShown {
		msg = strings.ToValidUTF8(msg[:maxShown/4], "") + " … " + strings.ToValidUTF8(msg[len(msg)-maxShown*3/4:], "")
	}
	for _, row := range mends {
		if strings.Contains(msg, row.part) {
			return msg + "; " + row.mend
		}
	}
	return msg
}

// withoutArguments leaves out what a function quotes of its arguments, unless
// it is one whose message the chart's author wrote, or that names a template.
func withoutArguments(msg string) string {
	calls := calling.FindAllStringSubmatchIndex(msg, -1)
	if len(calls) == 0 {
		return msg
	}
	last := calls[len(calls)-1]
	switch msg[last[2]:last[3]] {
	case "include", "tpl", "fail", "required":
		return msg
	}
	return msg[:last[1]] + unquoted(msg[last[1]:])
}
