package render

import (
	"errors"
	"strings"
)

var errNesting = errors.New("brackets or operators are nested too deep, or brackets are not closed")

// nester follows how deep a parser may have to call itself: through the
// brackets that are open, the signs before each of them, and the chains that go
// on in it. It knows neither texts nor comments, so it may say too much.
type nester struct {
	chains  string
	open    []openBracket
	depth   int
	signs   int // in a row
	deepest int
}

type openBracket struct {
	kind   byte
	before int // the depth around it
}

// nesting is the greatest depth in data.
func nesting(data []byte, chains string) int {
	n := nester{chains: chains}
	for _, c := range data {
		n.next(c)
		n.deepest = max(n.deepest, n.depth+n.signs)
	}
	return n.deepest
}

func (n *nester) next(c byte) {
	switch c {
	case ' ', '\t', '\r':
		return
	case '!', '-', '+', '~', '*', '&', '<', '>', '=':
		n.signs++
		return
	case '(', '[', '{':
		n.open = append(n.open, openBracket{c, n.depth + n.signs})
		n.depth = n.base()
	case ')', ']', '}':
		n.close("([{"[strings.IndexByte(")]}", c)])
	case ',', ';':
		n.depth = n.base()
	case '\n':
		if len(n.open) == 0 || n.open[len(n.open)-1].kind == '{' {
			n.depth = n.base()
		}
	}
	if strings.IndexByte(n.chains, c) >= 0 {
		n.depth++
	}
	n.signs = 0
}

// base is the depth at which each item within the innermost bracket begins.
func (n *nester) base() int {
	if len(n.open) == 0 {
		return 0
	}
	return n.open[len(n.open)-1].before + 1
}

// close ends the innermost bracket of a kind, and those within it that were
// never closed, as happens in texts.
func (n *nester) close(kind byte) {
	for i := len(n.open) - 1; i >= 0; i-- {
		if n.open[i].kind == kind {
			n.depth = n.open[i].before
			n.open = n.open[:i]
			return
		}
	}
}
