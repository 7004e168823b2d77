package render

import (
	"strings"
	"unicode/utf8"
)

// assignments collects where the keys of a format of lines are set. A line
// within a value of several lines may be taken for one; what comes of that is
// the place of a key that does not exist, which nobody asks about.
type assignments struct {
	root places
}

func newAssignments() *assignments {
	return &assignments{root: places{value: mark{1, 1}}}
}

// add takes in a key of a line, whose value begins at a byte offset of it.
func (a *assignments) add(under *places, key string, line int, text string, value int) {
	at := mark{line, byteColumn(text, value)}
	if under != nil {
		*under.child(key) = places{key: mark{line, byteColumn(text, indentation(text))}, value: at}
	}
	if isCredential(key) {
		a.root.secrets = append(a.root.secrets, at)
	}
}

func indentation(text string) int { return len(text) - len(strings.TrimLeft(text, " \t")) }

// afterSpace is the offset of the first character at or after offset that is no space.
func afterSpace(text string, offset int) int {
	return offset + indentation(text[offset:])
}

// eachLine visits the lines of a text with their numbers from 1.
func eachLine(data []byte, visit func(number int, line string)) {
	for i, line := range strings.Split(string(data), "\n") {
		visit(i+1, strings.TrimRight(line, "\r"))
	}
}

func placeINI(in input) *places {
	all := newAssignments()
	var section *places // nil in the section without a name, which is not in the value
	eachLine(in.data, func(number int, line string) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || strings.ContainsAny(trimmed[:1], "#;"):
			return
		case trimmed[0] == '[':
			if end := strings.LastIndexByte(trimmed, ']'); end > 0 {
				section = all.root.child(trimmed[1:end])
				section.begin(mark{number, indentation(line) + 1})
			}
			return
		}
		if end := strings.IndexAny(line, "=:"); end > 0 {
			all.add(section, strings.Trim(strings.TrimSpace(line[:end]), "\"`"), number, line, afterSpace(line, end+1))
		}
	})
	return &all.root
}

func placeDotenv(in input) *places {
	all := newAssignments()
	eachLine(in.data, func(number int, line string) {
		end := strings.IndexByte(line, '=')
		if end < 0 {
			end = strings.IndexByte(line, ':')
		}
		if end <= 0 || strings.HasPrefix(strings.TrimSpace(line), "#") {
			return
		}
		key := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line[:end]), "export "))
		all.add(&all.root, key, number, line, afterSpace(line, end+1))
	})
	return &all.root
}

func placeProperties(in input) *places {
	all := newAssignments()
	continued := false
	eachLine(in.data, func(number int, line string) {
		before := continued
		continued = (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
		start := indentation(line)
		if before || start == len(line) || line[start] == '#' || line[start] == '!' {
			continued = continued && (before || start < len(line) && line[start] != '#' && line[start] != '!')
			return
		}
		key, end := propertyKey(line[start:])
		value := afterSpace(line, start+end)
		if value < len(line) && strings.IndexByte("=:", line[value]) >= 0 {
			value = afterSpace(line, value+1)
		}
		all.add(&all.root, key, number, line, value)
	})
	return &all.root
}

// propertyKey is the key at the beginning of a line, and where it ends.
func propertyKey(line string) (string, int) {
	var key strings.Builder
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '=', ':', ' ', '\t', '\f':
			return key.String(), i
		case '\\':
			if i++; i == len(line) {
				return key.String(), i
			}
		}
		key.WriteByte(line[i])
	}
	return key.String(), len(line)
}

// placeTOML knows tables, lists of tables and keys; what is within an array or
// an inline table is placed at its key.
func placeTOML(in input) *places {
	root := &places{value: mark{1, 1}}
	table, fence := root, ""
	eachLine(in.data, func(number int, line string) {
		if fence != "" {
			if strings.Contains(line, fence) {
				fence = ""
			}
			return
		}
		at := mark{number, indentation(line) + 1}
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "[["):
			table = root.list(tomlKey(trimmed[2:]), at)
		case strings.HasPrefix(trimmed, "["):
			table = root.table(tomlKey(trimmed[1:]), at)
		default:
			keys := tomlKey(trimmed)
			end := strings.IndexByte(line, '=')
			if len(keys) == 0 || end < 0 {
				return
			}
			value := afterSpace(line, end+1)
			table.table(keys, at).value = mark{number, byteColumn(line, value)}
			for _, quotes := range []string{`"""`, `'''`} {
				if strings.HasPrefix(line[value:], quotes) && strings.Count(line[value:], quotes) == 1 {
					fence = quotes
				}
			}
		}
	})
	return root
}

// tomlKey are the parts of the dotted key that text begins with.
func tomlKey(text string) []string {
	var keys []string
	for {
		text = strings.TrimLeft(text, " \t")
		key, rest, found := tomlPart(text)
		if !found {
			return nil
		}
		keys = append(keys, key)
		text = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(text, ".") {
			if strings.HasPrefix(text, "=") || strings.HasPrefix(text, "]") {
				return keys
			}
			return nil
		}
		text = text[1:]
	}
}

func tomlPart(text string) (key, rest string, found bool) {
	if text == "" {
		return "", "", false
	}
	if quote := text[:1]; quote == `"` || quote == "'" {
		return strings.Cut(text[1:], quote)
	}
	end := strings.IndexFunc(text, func(r rune) bool {
		return r < utf8.RuneSelf && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r)
	})
	if end <= 0 {
		return "", "", false
	}
	return text[:end], text[end:], true
}

// table is what is under a dotted key: in a list of tables, the last of them.
func (p *places) table(keys []string, at mark) *places {
	for _, key := range keys {
		p = p.child(key)
		p.begin(at)
		if last := len(p.children) - 1; last >= 0 && p.children[last] != nil {
			p = p.children[last]
		}
	}
	return p
}

// list is the next table of the list that is under a dotted key.
func (p *places) list(keys []string, at mark) *places {
	if len(keys) == 0 {
		return p
	}
	list := p.table(keys[:len(keys)-1], at).child(keys[len(keys)-1])
	list.begin(at)
	next := list.child(len(list.children))
	next.value = at
	return next
}
