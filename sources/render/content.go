package render

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// converter turns the nodes of one document into values. An alias shares the
// value of its anchor, so what it costs is counted and not spent.
type converter struct {
	limits  *Options
	words   *words
	line    int // where the document begins
	weight  int // values so far, aliases expanded
	deepest int // greatest depth so far
	anchors map[*yaml.Node]*anchored
}

// anchored is the value of an anchor; it is nil in the map while it is being made.
type anchored struct {
	value          any
	weight, height int
}

func (c *converter) value(n *yaml.Node, depth int) (any, *mistake) {
	if n.Kind == yaml.AliasNode {
		return c.alias(n, depth)
	}
	if n.Anchor == "" {
		return c.plain(n, depth)
	}
	if c.anchors == nil {
		c.anchors = map[*yaml.Node]*anchored{}
	}
	c.anchors[n] = nil
	weight, deepest := c.weight, c.deepest
	c.deepest = depth
	value, err := c.plain(n, depth)
	c.anchors[n] = &anchored{value: value, weight: c.weight - weight, height: c.deepest - depth}
	c.deepest = max(c.deepest, deepest)
	return value, err
}

func (c *converter) count(n *yaml.Node, weight, depth int) *mistake {
	if c.weight += weight; c.weight > c.limits.MaxNodes {
		return nodeMistake(n, tooMany(c.limits))
	}
	if depth > c.limits.MaxDepth {
		return nodeMistake(n, tooDeep(c.limits))
	}
	c.deepest = max(c.deepest, depth)
	return nil
}

func (c *converter) alias(n *yaml.Node, depth int) (any, *mistake) {
	// The parser keeps anchors from one document to the next, which YAML does not.
	if n.Alias.Line < c.line {
		return nil, nodeMistake(n, fmt.Sprintf("unknown anchor '%s' referenced: an anchor ends with its document", n.Value))
	}
	known, met := c.anchors[n.Alias]
	if !met {
		// Only where the anchor stands in a part that is converted later.
		return c.value(n.Alias, depth)
	}
	if known == nil {
		return nil, nodeMistake(n, fmt.Sprintf("the value of anchor '%s' contains itself", n.Value))
	}
	return known.value, c.count(n, known.weight, depth+known.height)
}

func (c *converter) plain(n *yaml.Node, depth int) (any, *mistake) {
	if err := c.count(n, 1+len(n.Value)/64, depth); err != nil {
		return nil, err
	}
	switch n.Kind {
	case yaml.MappingNode:
		return c.mapping(n, depth)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, child := range n.Content {
			value, err := c.value(child, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	}
	value, err := scalarValue(n)
	if text, isText := value.(string); isText {
		return c.words.boxed(text), err
	}
	return value, err
}

func (c *converter) mapping(n *yaml.Node, depth int) (any, *mistake) {
	object := make(map[string]any, len(n.Content)/2)
	var merged *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		keyNode, valueNode := n.Content[i], n.Content[i+1]
		if isMerge(keyNode) {
			if merged != nil {
				return nil, nodeMistake(keyNode, "the key << appears twice; write <<: [*a, *b]")
			}
			merged = valueNode
			continue
		}
		key, err := keyText(keyNode)
		if err != nil {
			return nil, err
		}
		key = c.words.word(key)
		if _, twice := object[key]; twice {
			return nil, duplicateKey(n, keyNode, key)
		}
		if object[key], err = c.value(valueNode, depth+1); err != nil {
			return nil, err
		}
	}
	if merged != nil {
		return object, c.merge(object, merged, depth)
	}
	return object, nil
}

// merge adds what the key << brings, as in the YAML 1.1 merge type: keys of
// the object itself win, and of several mappings the earlier one.
func (c *converter) merge(object map[string]any, from *yaml.Node, depth int) *mistake {
	mappings := []*yaml.Node{from}
	if target := resolveAlias(from); target.Kind == yaml.SequenceNode {
		mappings = target.Content
	}
	for _, node := range mappings {
		if resolveAlias(node).Kind != yaml.MappingNode {
			return nodeMistake(node, "the key << needs a mapping or a list of mappings")
		}
		value, err := c.value(node, depth+1)
		if err != nil {
			return err
		}
		for key, v := range value.(map[string]any) {
			if _, own := object[key]; !own {
				object[key] = v
			}
		}
	}
	return nil
}

// isMerge reports whether a key is << as written; quoted, it is a key like any other.
func isMerge(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.Tag == "!!merge" }

func resolveAlias(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// keyText is a key as it is written: 1, on and true are the keys "1", "on" and "true".
func keyText(key *yaml.Node) (string, *mistake) {
	target := resolveAlias(key)
	if target.Kind != yaml.ScalarNode {
		return "", nodeMistake(key, "a key must be a single value, not a mapping or a list; quote it if it is a template")
	}
	if isEmptyValue(target) {
		return "", nodeMistake(key, "a key is missing before the colon")
	}
	return target.Value, nil
}

func duplicateKey(n, again *yaml.Node, key string) *mistake {
	for i := 0; i < len(n.Content); i += 2 {
		if text, err := keyText(n.Content[i]); err == nil && text == key && !isMerge(n.Content[i]) {
			first := n.Content[i]
			return nodeMistake(again, fmt.Sprintf("the key %s is already set at line %d, column %d; remove one of the two",
				strconv.Quote(key), first.Line, first.Column))
		}
	}
	return nodeMistake(again, "the key "+strconv.Quote(key)+" is set twice")
}

// words keeps one copy of each short text. Manifests say the same few words
// over and over.
type words struct {
	known map[string]any
}

const (
	maxWord  = 64      // bytes
	maxWords = 1 << 12 // entries
)

func newWords() *words { return &words{known: map[string]any{}} }

// boxed is text as an interface value that is shared by all its copies.
func (w *words) boxed(text string) any {
	if len(text) > maxWord {
		return text
	}
	if known, ok := w.known[text]; ok {
		return known
	}
	var value any = text
	if len(w.known) < maxWords {
		w.known[text] = value
	}
	return value
}

func (w *words) word(text string) string { return w.boxed(text).(string) }
