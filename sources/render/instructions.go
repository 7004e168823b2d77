package render

import (
	"bytes"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/tufanbarisyildirim/gonginx/config"
	gonginx "github.com/tufanbarisyildirim/gonginx/parser"
)

// placeDockerfile gives each instruction the line that it begins on, and each
// comment before it its own.
func placeDockerfile(in input) *places {
	root := &places{value: mark{1, 1}}
	parsed, err := parser.Parse(bytes.NewReader(in.data))
	if err != nil {
		return root
	}
	lines := strings.Split(string(in.data), "\n")
	file := root.child(0)
	file.begin(mark{1, 1})
	index := 0
	for _, instruction := range parsed.AST.Children {
		for _, line := range commentsAbove(lines, instruction.StartLine, len(instruction.PrevComment)) {
			file.child(index).begin(mark{line, 1})
			index++
		}
		file.child(index).begin(mark{instruction.StartLine, 1})
		index++
	}
	return root
}

// commentsAbove are the lines, 1-based and in order, of the count comments
// that are the last before a line.
func commentsAbove(lines []string, before, count int) []int {
	above := make([]int, count)
	for line := min(before-1, len(lines)); count > 0; line-- {
		if line < 1 {
			above[count-1] = before
			count--
		} else if strings.HasPrefix(strings.TrimSpace(lines[line-1]), "#") {
			above[count-1] = line
			count--
		}
	}
	return above
}

// placeNginx gives each directive its line.
func placeNginx(in input) *places {
	root := &places{value: mark{1, 1}}
	parsed, err := gonginx.NewStringParser(string(in.data), gonginx.WithSkipComments()).Parse()
	if err != nil {
		return root
	}
	d := directives{lines: strings.Split(string(in.data), "\n")}
	d.place(root.child("directives"), parsed.GetDirectives())
	return root
}

type directives struct{ lines []string }

func (d *directives) place(list *places, all []config.IDirective) {
	for i, directive := range all {
		at := list.child(i)
		line := directive.GetLine()
		if block := directive.GetBlock(); block != nil {
			// The parser gives the line on which the block ends.
			inner := at.child("block").child("directives")
			d.place(inner, block.GetDirectives())
			if first := inner.known(0); first != nil {
				line = first.value.line
			}
			line = d.above(line, directive.GetName())
		}
		at.begin(mark{max(1, line), 1})
	}
}

// above is the nearest line, from the given one upward, that begins with the name.
func (d *directives) above(line int, name string) int {
	for at := min(line, len(d.lines)); at > 0; at-- {
		if strings.HasPrefix(strings.TrimSpace(d.lines[at-1]), name) {
			return at
		}
	}
	return line
}

// placeIgnore gives each line of a .gitignore or .dockerignore its place.
func placeIgnore(in input) *places {
	root := &places{value: mark{1, 1}}
	file := root.child(0)
	file.begin(mark{1, 1})
	for i := range bytes.Count(in.data, []byte("\n")) + 1 {
		file.child(i).begin(mark{i + 1, 1})
	}
	return root
}
