package render

import "bytes"

// parseJSONC reads JSON with comments: // and # to the end of the line, and
// /* to */. Each gives way to spaces, so that places stay what they are.
func parseJSONC(in input) (any, error) {
	root, wrong := parseJSON(withoutComments(in.data), in.limits)
	if wrong != nil {
		return nil, wrong
	}
	c := converter{limits: in.limits, words: newWords(), line: 1}
	value, wrong := c.value(root, 0)
	if wrong != nil {
		return nil, wrong
	}
	return value, nil
}

func placeJSONC(in input) *places {
	root, wrong := parseJSON(withoutComments(in.data), in.limits)
	if wrong != nil {
		return nil
	}
	return placesOf(root)
}

func withoutComments(data []byte) []byte {
	clean := bytes.Clone(data)
	for i := 0; i < len(clean); {
		rest := string(clean[i:min(i+2, len(clean))])
		switch {
		case rest[0] == '"':
			i = endOfString(clean, i)
		case rest == "//" || rest[0] == '#':
			for ; i < len(clean) && clean[i] != '\n'; i++ {
				clean[i] = ' '
			}
		case rest == "/*":
			i = blankBlock(clean, i)
		default:
			i++
		}
	}
	return clean
}

// endOfString is the index after the string that begins at start.
func endOfString(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// blankBlock blanks the comment that begins at start, but for its line breaks,
// and gives the index after it. A comment without an end is left to the parser.
func blankBlock(data []byte, start int) int {
	length := bytes.Index(data[start+2:], []byte("*/"))
	if length < 0 {
		return len(data)
	}
	end := start + 2 + length + 2
	for i := start; i < end; i++ {
		if data[i] != '\n' {
			data[i] = ' '
		}
	}
	return end
}
